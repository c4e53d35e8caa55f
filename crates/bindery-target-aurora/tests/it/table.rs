//! Names, ids and order of the table.

use std::collections::HashSet;

use bindery_target_aurora::thrift::table::{self, ENUMS, SERVICES, STRUCTS};
use bindery_target_aurora::thrift::{Struct, Type, idl, named};

#[test]
fn names_and_ids_are_unique() {
    let mut names = HashSet::new();
    for ty in STRUCTS {
        assert!(names.insert(ty.name), "{}", ty.name);
    }
    for ty in ENUMS {
        assert!(names.insert(ty.name), "{}", ty.name);
        let numbers: HashSet<_> = ty.values.iter().map(|(_, number)| number).collect();
        assert_eq!(numbers.len(), ty.values.len(), "{}", ty.name);
    }
    let methods = SERVICES.iter().flat_map(|service| service.methods);
    let arguments = methods.clone().map(|method| &method.arguments);
    for ty in STRUCTS.iter().copied().chain(arguments) {
        let ids: HashSet<_> = ty.fields.iter().map(|field| field.id).collect();
        let names: HashSet<_> = ty.fields.iter().map(|field| field.name).collect();
        assert_eq!(ids.len(), ty.fields.len(), "{}", ty.name);
        assert_eq!(names.len(), ty.fields.len(), "{}", ty.name);
    }
    let names: Vec<_> = methods.map(|method| method.name).collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
}

#[test]
fn structs_contain_earlier_structs_only() {
    let mut before = HashSet::new();
    for ty in STRUCTS {
        for field in ty.fields {
            let inner = match &field.ty {
                Type::List(inner) | Type::Set(inner) | Type::Map(_, inner) => inner,
                plain => plain,
            };
            if let Type::Struct(inner) = inner {
                assert!(before.contains(inner.name), "{}.{}", ty.name, field.name);
            }
        }
        before.insert(ty.name);
    }
}

#[test]
fn methods_of_all_services_are_found() {
    for (service, method) in [
        ("ReadOnlyScheduler", "getQuota"),
        ("AuroraSchedulerManager", "killTasks"),
        ("AuroraAdmin", "pruneTasks"),
    ] {
        let found = table::method(method).unwrap();
        let mut services = SERVICES.iter();
        let owner = services.find(|service| {
            let mut methods = service.methods.iter();
            methods.any(|known| known.name == found.name)
        });
        assert_eq!(owner.unwrap().name, service);
    }
    assert!(table::method("killEverything").is_none());
}

#[test]
fn a_default_applies_until_it_is_replaced() {
    let task = Struct::new(&table::TaskConfig);
    assert_eq!(
        named::to_json(&task).to_string(),
        r#"{"container":{"mesos":{}}}"#
    );
    let docker = Struct::new(&table::DockerContainer)
        .with("image", "web")
        .unwrap();
    let docker = Struct::new(&table::Container)
        .with("docker", docker)
        .unwrap();
    let task = task.with("container", docker).unwrap();
    assert_eq!(
        named::to_json(&task).to_string(),
        r#"{"container":{"docker":{"image":"web"}}}"#
    );
}

#[test]
fn the_table_as_idl() {
    insta::assert_snapshot!(idl());
}
