//! Stock cluster traits: the keys of `clusters.json` that an Aurora client reads, with their types and defaults.
//!
//! Contains only data. The traits have the names of the original's classes, which appear in messages about keys. The `docker` plugin
//! declares `docker_registry`.

use bindery_plugin::{Field, Trait, export_plugin};

/// Keys of every cluster.
const NAMING: Trait = Trait::new(
    "NameTrait",
    &[Field::string("name")
        .required()
        .help("Name of the cluster, the first part of a job key")],
);

/// Keys for connections to the scheduler.
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

/// Keys for running commands in the sandboxes of tasks.
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

    /// Checks the fields of a trait: name, type, whether required, default.
    #[track_caller]
    fn check(name: &str, expected: &[(&str, &str, bool, bindery_plugin::Json)]) {
        let description = testing::description(super::plugin());
        let traits = description["traits"].as_array().unwrap();
        let declared = traits.iter().find(|known| known["name"] == name).unwrap();
        let fields: Vec<_> = declared["fields"].as_array().unwrap().iter().collect();
        assert_eq!(fields.len(), expected.len(), "fields of {name}");
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
