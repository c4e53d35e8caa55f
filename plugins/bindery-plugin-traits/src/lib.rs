//! The stock cluster traits: which keys of `clusters.json` an Aurora client reads, with their types and defaults.
//!
//! Data only. The traits have the names of the original's classes, which stand in messages about keys. `docker_registry` is
//! declared by the `docker` plugin, whose business it is.

use bindery_plugin::{Field, Trait, export_plugin};

/// What every cluster has.
const NAMING: Trait = Trait::new(
    "NameTrait",
    &[Field::string("name")
        .required()
        .help("Name of the cluster, the first part of a job key")],
);

/// How the scheduler is found and talked to.
const SCHEDULER: Trait = Trait::new(
    "SchedulerClientTrait",
    &[
        Field::string("zk").help("Hosts of ZooKeeper, separated by commas, without ports"),
        Field::integer("zk_port")
            .or_integer(2181)
            .help("Port of ZooKeeper, the same on all hosts"),
        Field::string("scheduler_zk_path")
            .help("Path in ZooKeeper under which schedulers announce themselves; needed with `zk`"),
        Field::string("scheduler_uri").help("Address of the scheduler, used if there is no `zk`"),
        Field::string("proxy_url").help("Base of the links that are printed for people"),
        Field::string("auth_mechanism")
            .or("UNAUTHENTICATED")
            .help("How the client proves to the scheduler who it is"),
    ],
);

/// Where a task's files are on the machines of the cluster; needed only to run commands there.
const COMMAND_RUNNER: Trait = Trait::new(
    "CommandRunnerTrait",
    &[
        Field::string("slave_root")
            .required()
            .help("Folder under which sandboxes are"),
        Field::string("slave_run_directory")
            .required()
            .help("Folder of a run within its sandbox, usually `latest`"),
    ],
);

export_plugin! { name: "traits", traits: [NAMING, SCHEDULER, COMMAND_RUNNER] }

#[cfg(test)]
mod tests {
    use bindery_plugin::{json, testing};

    /// Name, type, whether required, default.
    #[track_caller]
    fn check(group: &str, expected: &[(&str, &str, bool, bindery_plugin::Json)]) {
        let description = testing::description(super::plugin());
        let groups = description["traits"].as_array().unwrap();
        let found = groups.iter().find(|found| found["name"] == group).unwrap();
        let fields: Vec<_> = found["fields"].as_array().unwrap().iter().collect();
        assert_eq!(fields.len(), expected.len(), "fields of {group}");
        for (field, (name, kind, required, default)) in fields.iter().zip(expected) {
            let found = (
                &field["name"],
                &field["type"],
                &field["required"],
                &field["default"],
            );
            assert_eq!(
                found,
                (&json!(name), &json!(kind), &json!(required), default)
            );
            assert!(
                !field["help"].as_str().unwrap().is_empty(),
                "{name} has no help"
            );
        }
    }

    #[test]
    fn naming_needs_a_name() {
        check("NameTrait", &[("name", "String", true, json!(null))]);
    }

    #[test]
    fn scheduler_has_the_keys_of_the_original_client() {
        check(
            "SchedulerClientTrait",
            &[
                ("zk", "String", false, json!(null)),
                ("zk_port", "Integer", false, json!(2181)),
                ("scheduler_zk_path", "String", false, json!(null)),
                ("scheduler_uri", "String", false, json!(null)),
                ("proxy_url", "String", false, json!(null)),
                ("auth_mechanism", "String", false, json!("UNAUTHENTICATED")),
            ],
        );
    }

    #[test]
    fn command_runner_needs_both_folders() {
        check(
            "CommandRunnerTrait",
            &[
                ("slave_root", "String", true, json!(null)),
                ("slave_run_directory", "String", true, json!(null)),
            ],
        );
    }
}
