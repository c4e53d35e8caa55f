//! Values are equal after they were written and read, in every form.

use bindery_target_aurora::thrift::table::{Response, SERVICES, STRUCTS};
use bindery_target_aurora::thrift::{Message, MessageKind, Struct, named, tbinary, tjson};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::everything::{EVERYTHING, Generator};

#[track_caller]
fn check(value: &Struct) {
    let ty = value.ty();
    let text = named::write(value);
    assert_eq!(named::read(ty, &text).unwrap(), *value, "{text}");
    assert_eq!(
        named::from_json(ty, named::to_json(value)).unwrap(),
        *value,
        "{text}"
    );
    let json = tjson::write(value);
    assert_eq!(tjson::read(ty, &json).unwrap(), *value, "{text}");
    let binary = tbinary::write(value);
    assert_eq!(tbinary::read(ty, &binary).unwrap(), *value, "{text}");
}

#[track_caller]
fn check_message(message: &Message) {
    let json = tjson::write_message(message);
    assert_eq!(tjson::read_message(&json).unwrap(), *message);
    let binary = tbinary::write_message(message);
    assert_eq!(tbinary::read_message(&binary).unwrap(), *message);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn structs_of_the_table(which in 0..STRUCTS.len(), bytes in vec(any::<u8>(), 0..800)) {
        check(&Generator(bytes.iter()).structure(STRUCTS[which]));
    }

    #[test]
    fn every_type_there_is(bytes in vec(any::<u8>(), 0..800)) {
        check(&Generator(bytes.iter()).structure(&EVERYTHING));
    }

    #[test]
    fn messages(seqid in any::<i32>(), which in any::<usize>(), bytes in vec(any::<u8>(), 0..400)) {
        let methods: Vec<_> = SERVICES.iter().flat_map(|service| service.methods).collect();
        let method = methods[which % methods.len()];
        let mut generator = Generator(bytes.iter());
        let arguments = generator.structure(&method.arguments);
        check_message(&Message::call(method, seqid, arguments).unwrap());
        let response = generator.structure(&Response);
        let reply = Message::reply(method, seqid, response.clone()).unwrap();
        prop_assert_eq!(reply.kind(), MessageKind::Reply);
        prop_assert_eq!(reply.response(), Some(&response));
        check_message(&reply);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(which in 0..STRUCTS.len(), bytes in vec(any::<u8>(), 0..200)) {
        let _ = tbinary::read(STRUCTS[which], &bytes);
        let _ = tjson::read(STRUCTS[which], &bytes);
        let _ = tbinary::read_message(&bytes);
        let _ = tjson::read_message(&bytes);
    }

    #[test]
    fn any_change_to_bytes_is_a_value_or_an_error(
        which in 0..STRUCTS.len(),
        bytes in vec(any::<u8>(), 0..300),
        changes in vec((any::<usize>(), any::<u8>()), 1..4),
    ) {
        let value = Generator(bytes.iter()).structure(STRUCTS[which]);
        for (mut written, binary) in [(tbinary::write(&value), true), (tjson::write(&value), false)] {
            for (at, byte) in &changes {
                let at = at % written.len();
                written[at] = *byte;
            }
            let read = if binary {
                tbinary::read(value.ty(), &written)
            } else {
                tjson::read(value.ty(), &written)
            };
            // A value that was read can be written.
            if let Ok(read) = read {
                prop_assert_eq!(&tbinary::read(read.ty(), &tbinary::write(&read)).unwrap(), &read);
            }
        }
    }

    #[test]
    fn any_json_is_a_value_or_an_error(which in 0..STRUCTS.len(), text in r#"[\[\]{}",:0-9a-z.-]{0,60}"#) {
        let _ = tjson::read(STRUCTS[which], text.as_bytes());
        let _ = named::read(STRUCTS[which], &text);
    }
}
