//! Rendering through the public interface: sources of answers, warnings and errors.

use std::cell::RefCell;
use std::path::Path;

use bindery_core::{Binder, Value};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_lockfile::RecallPolicy;
use bindery_render::{
    BinderSource, Binding, FixedBinders, Input, LockFile, LockSource, RecordSource, RenderError,
    Rendered, Renderer, ReplaySource, Selection, binder_fn,
};

const JOB: &str =
    "jobs = [Service(cluster = 'west', role = 'www', environment = 'prod', name = 'hello',
    task = SimpleTask('hello', 'run {{image[web][1.4]}}'))]";

/// Returns a source that binds `image[NAME][TAG]` to `NAME:TAG`, and fails for the tag `gone`.
fn images() -> FixedBinders {
    let image = binder_fn("image", "image[*][*]", |request| {
        match &request.parts[2][..] {
            "gone" => Err(Diagnostic::new(Kind::NotFound, "there is no tag `gone`")),
            tag => Ok(Value::string(format!("{}:{tag}", request.parts[1]))),
        }
    });
    FixedBinders(vec![Box::new(image.unwrap())])
}

fn render(text: &str, binders: &dyn BinderSource) -> Result<Rendered, RenderError> {
    let input = Input::text("hello.aurora", text);
    Renderer::new(binders).jobs(&input, &Selection::default(), &[])
}

fn command_line(rendered: &Rendered) -> String {
    let document = bindery_job::BoundJob::document(&rendered.jobs).unwrap();
    let line = document.lines().find(|line| line.contains("cmdline"));
    line.unwrap().trim().to_owned()
}

#[test]
fn answers_have_the_keys_of_a_lock_file() {
    let rendered = render(JOB, &images()).unwrap();
    assert_eq!(command_line(&rendered), "\"cmdline\": \"run web:1.4\",");
    let [answer] = &rendered.answers[..] else {
        panic!("{:?}", rendered.answers)
    };
    assert_eq!(answer.key.address, "image[web][1.4]");
    assert_eq!(answer.key.cluster.as_deref(), Some("west"));
    assert_eq!(answer.key.binder, "image");
}

#[test]
fn errors_of_all_jobs_are_reported_together() {
    let text = "job = Service(cluster = 'west', role = 'www', environment = 'prod', task = SimpleTask('t', '{{image[web][gone]}}'))
jobs = [job(name = 'a'), job(name = 'b', task = SimpleTask('t', '{{unknown}}'))]";
    let error = render(text, &images()).unwrap_err();
    let messages: Vec<_> = error.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "binder `image` could not bind `image[web][gone]`",
            "nothing binds ref `unknown`"
        ]
    );
    assert_eq!(error.errors.kind(), Kind::Failed);
    let place = error.errors.iter().next().unwrap().place.as_ref().unwrap();
    assert_eq!(place.file(), Path::new("hello.aurora"));
}

#[test]
fn warnings_come_with_the_errors_after_them() {
    let input = Input::text("hello.aurora", JOB.replace("1.4", "gone"));
    let role: Binding = "role=other".parse().unwrap();
    let binders = images();
    let result = Renderer::new(&binders).jobs(&input, &Selection::default(), &[role]);
    let warnings = result.unwrap_err().warnings;
    let messages: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages[0],
        "binding `role` does not change a job with a field `role`"
    );
}

#[test]
fn printed_text_goes_to_the_caller() {
    thread_local! {
        static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
    }
    let binders = images();
    let renderer = Renderer {
        print: std::rc::Rc::new(|text| PRINTED.with_borrow_mut(|printed| printed.push_str(text))),
        ..Renderer::new(&binders)
    };
    let input = Input::text("hello.aurora", format!("print('loading')\n{JOB}"));
    renderer.jobs(&input, &Selection::default(), &[]).unwrap();
    assert_eq!(PRINTED.take(), "loading\n");
}

#[test]
fn locked_refs_need_an_entry() {
    let folder = tempfile::tempdir().unwrap();
    let lock = LockFile::read(folder.path().join("bindery.lock")).unwrap();
    assert!(!lock.exists());
    let binders = images();
    let source = LockSource::new(&lock, RecallPolicy::Locked, &binders);
    let error = render(JOB, &source).unwrap_err();
    assert_eq!(error.errors.kind(), Kind::Invalid);
    let source = LockSource::new(&lock, RecallPolicy::Known, &binders);
    assert!(render(JOB, &source).is_ok());
}

#[test]
fn recording_answers_in_place_of_the_binder() {
    let binders = images();
    let pattern = |_: &str| Some("image[*][*]".to_owned());
    let recorder = RecordSource::new(&binders, &pattern);
    let expected = command_line(&render(JOB, &recorder).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bindery.fixture.jsonl");
    std::fs::write(&file, recorder.to_text().unwrap()).unwrap();

    let replay = ReplaySource::read(&file).unwrap();
    assert_eq!(command_line(&render(JOB, &replay).unwrap()), expected);
    assert!(render(&JOB.replace("1.4", "1.5"), &replay).is_err());
    assert_eq!(
        ReplaySource::nearest(folder.path(), folder.path()),
        Some(file)
    );
}

#[test]
fn text_keeps_every_byte_that_is_not_a_bound_ref() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("motd");
    std::fs::write(&file, "{{greeting}} {{image[web][1.4]}}\r\n{{open}}").unwrap();
    let greeting: Binding = "greeting=hello".parse().unwrap();
    let binders = images();
    let rendered = Renderer::new(&binders).text(&file, None, &[greeting]);
    let rendered = rendered.unwrap();
    assert_eq!(rendered.text, "hello web:1.4\r\n{{open}}");
    assert_eq!(rendered.answers.len(), 1);
}

#[test]
fn closure_is_a_source() {
    let source = |cluster: Option<&str>| -> Result<Vec<Box<dyn Binder>>, Diagnostics> {
        assert_eq!(cluster, Some("west"));
        Err(Diagnostic::new(Kind::Invalid, "no binders today").into())
    };
    let error = render(JOB, &source).unwrap_err();
    assert_eq!(
        error.errors.iter().next().unwrap().message,
        "no binders today"
    );
}
