//! Fixtures: recording, replay_binders, writing, parsing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bindery_core::{Answer, Binder, Evidence, Matcher, Ref, Request, Type, Value, bind_all, json};
use bindery_diagnostic::{Diagnostic, Kind};
use bindery_fixture::{Fixture, FixtureKey, RecordingBinder, replay_binders};
use proptest::prelude::*;

/// Binder that gives every kind of answer to `greeting[…]` and counts requests.
struct Live {
    matcher: Matcher,
    asked: Rc<Cell<usize>>,
}

impl Binder for Live {
    fn name(&self) -> &str {
        "greeting"
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.matcher.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        self.asked.set(self.asked.get() + requests.len());
        let answer = |request: &Request| {
            match &*request.parts[1] {
            "struct" => Ok(Answer {
                value: json::parse(
                    r#"{"a": {"x": 1, "y": 2.5}, "big": 123456789012345678901234567890, "text": "é\n"}"#,
                )
                .unwrap(),
                evidence: Evidence::parse(r#"{"seen": ["x", null]}"#).unwrap(),
            }),
            "en" => Ok(Answer {
                value: Value::string("hello {{later[x]}}"),
                evidence: Evidence::default(),
            }),
            other => Err(Diagnostic { causes: vec!["near".to_owned(), "far".to_owned()], hint: Some("ask\u{1f600}".to_owned()), ..Diagnostic::new(Kind::Denied, format!("no `{other}` for you")) }),
        }
        };
        requests.iter().map(answer).collect()
    }
}

const TEXT: &str = "{{greeting[struct].text}} {{greeting[en]}} {{greeting[no]}} {{greeting[en]}}";

/// Returns the bound text and the errors.
fn pass<B: Binder>(binders: &[B], text: &str) -> (String, Vec<Diagnostic>) {
    let object = Type::String
        .construct(&[Value::string(text)], &[], None)
        .unwrap();
    let bound = bind_all(&[object], binders);
    let text = bound.objects[0].as_ref().unwrap().display().unwrap();
    (
        text,
        bound.errors.into_iter().map(|error| error.source).collect(),
    )
}

/// Returns the result of a live pass, the recorded fixture and the number of refs that the binder was asked for.
fn record() -> ((String, Vec<Diagnostic>), Fixture, usize) {
    let fixture = Rc::new(RefCell::new(Fixture::default()));
    fixture.borrow_mut().add_binder("greeting", "greeting[*]");
    fixture.borrow_mut().add_binder("later", "later[*]");
    let asked = Rc::default();
    let live = Live {
        matcher: Matcher::parse("greeting[*]").unwrap(),
        asked: Rc::clone(&asked),
    };
    let recording = [RecordingBinder::new(
        live,
        Some("west"),
        Rc::clone(&fixture),
    )];
    let said = pass(&recording, TEXT);
    assert_eq!(
        pass(&recording, TEXT),
        said,
        "a recorded request is not repeated"
    );
    let fixture = fixture.borrow().clone();
    (said, fixture, asked.get())
}

fn replay(fixture: Fixture, cluster: Option<&str>, text: &str) -> (String, Vec<Diagnostic>) {
    let binders = replay_binders(&Rc::new(fixture), &"f.jsonl".into(), cluster);
    pass(&binders, text)
}

#[test]
fn answers_are_replayed_after_a_round_trip() {
    let (said, fixture, asked) = record();
    assert_eq!(asked, 3);
    let text = fixture.to_text().unwrap();
    let read = Fixture::parse(&text).unwrap();
    assert_eq!(read.to_text().unwrap(), text);
    let (found, mut errors) = replay(read, Some("west"), TEXT);
    // No binder of the live pass claims `later`.
    let missing = errors.pop().unwrap();
    assert_eq!((found, errors), said);
    assert_eq!(missing.message, "no answer is recorded in `f.jsonl`");
    assert_eq!(
        missing.hint.as_deref(),
        Some(
            "run `bindery plugin record FILE… --to f.jsonl` to record answers for all refs of these files"
        )
    );
}

#[test]
fn the_text_is_sorted_with_one_request_per_line() {
    let text = record().1.to_text().unwrap();
    assert_eq!(
        text,
        r#"{"binders": [{"name": "greeting", "pattern": "greeting[*]"}, {"name": "later", "pattern": "later[*]"}], "fixture": 1}
{"address": "greeting[en]", "answer": "hello {{later[x]}}", "binder": "greeting", "cluster": "west"}
{"address": "greeting[no]", "binder": "greeting", "cluster": "west", "error": {"causes": ["near", "far"], "hint": "ask\ud83d\ude00", "kind": "denied", "message": "no `no` for you"}}
{"address": "greeting[struct]", "answer": {"a": {"x": 1, "y": 2.5}, "big": 123456789012345678901234567890, "text": "\u00e9\n"}, "binder": "greeting", "cluster": "west", "evidence": {"seen": ["x", null]}}
"#
    );
}

#[test]
fn an_answer_is_for_one_cluster() {
    let (_, fixture, _) = record();
    let (text, errors) = replay(fixture, Some("east"), "{{greeting[en]}}");
    assert_eq!((text.as_str(), errors.len()), ("{{greeting[en]}}", 1));
}

#[track_caller]
fn check_error(text: &str, line: usize, reason: &str) {
    let error = Fixture::parse(text).unwrap_err();
    assert_eq!((error.line, &*error.reason), (line, reason), "of {text}");
}

#[test]
fn an_invalid_file_is_refused_with_its_line() {
    const HEAD: &str = "{\"binders\": [], \"fixture\": 1}\n";
    check_error("", 1, "it is empty");
    check_error("{}", 1, "the first line has no version");
    check_error("{\"fixture\": 2, \"binders\": []}", 1, "it has version 2");
    check_error(&format!("{HEAD}[]"), 2, "the line is not a JSON object");
    check_error(
        &format!("{HEAD}<<<<"),
        2,
        "Expecting value: line 1 column 1 (char 0)",
    );
    check_error(
        &format!("{HEAD}{{\"address\": \"a b\"}}"),
        2,
        "`a b` is not a valid ref",
    );
    let line = "{\"address\": \"a\", \"binder\": \"b\", \"answer\": \"x\"}\n";
    check_error(&format!("{HEAD}{line}{line}"), 3, "`a` is listed twice");
    check_error(
        &format!("{HEAD}{}", line.replace("\"x\"", "1")),
        2,
        "`a` has neither an answer, a text or an object, nor an error",
    );
    check_error(
        "{\"fixture\": 1, \"binders\": [{\"name\": \"b\", \"pattern\": \"[*]\"}]}",
        1,
        "pattern `[*]` cannot be used: it must begin with a name",
    );
}

proptest! {
    #[test]
    fn any_text_survives_a_round_trip(texts in proptest::collection::vec(".*", 6), evidence in any::<i64>()) {
        let key = |number: usize| FixtureKey {
            address: format!("a[{number}]"),
            cluster: Some(texts[0].clone()),
            binder: texts[1].clone(),
        };
        let answer = Answer {
            value: Value::map([(texts[2].as_str(), Value::string(texts[3].as_str()))]),
            evidence: Evidence::from(Value::integer(evidence)),
        };
        let error = Diagnostic { causes: texts.clone(), hint: Some(texts[5].clone()), ..Diagnostic::new(Kind::NoAnswer, texts[4].clone()) };
        let mut fixture = Fixture::default();
        fixture.insert(key(1), Ok(answer.clone()));
        fixture.insert(key(2), Err(error.clone()));
        let text = fixture.to_text().unwrap();
        prop_assert_eq!(text.lines().count(), 3);
        prop_assert!(text.is_ascii());
        let read = Fixture::parse(&text).unwrap();
        let found = read.get(&key(1)).unwrap().as_ref().unwrap();
        prop_assert_eq!(
            json::write(&found.value, json::Style::default()).unwrap(),
            json::write(&answer.value, json::Style::default()).unwrap()
        );
        prop_assert_eq!(found.evidence.to_json(), answer.evidence.to_json());
        prop_assert_eq!(read.get(&key(2)).unwrap().as_ref().unwrap_err(), &error);
    }

    #[test]
    fn any_text_is_a_fixture_or_refused(text in ".*", line in ".*") {
        let _ = Fixture::parse(&text);
        let head = r#"{"binders": [], "fixture": 1}"#;
        let _ = Fixture::parse(&format!("{head}\n{line}"));
    }
}
