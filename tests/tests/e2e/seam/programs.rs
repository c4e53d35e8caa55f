//! Programs as plugins: `[exec.NAME]`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bindery_tests::{Bindery, Ran, run_by};

/// A user with a program as the plugin `site`, which binds `site[*]`; `more` is further lines of its table.
fn user(script: &str, more: &str) -> Bindery {
    let bindery = Bindery::new();
    let program = bindery.write("../bin/site", script);
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    bindery.configure_fully(&format!(
        "[exec.site]\ncommand = [\"../../bin/site\", \"argument\"]\nbinders.site = \"site[*]\"\n{more}"
    ))
}

fn bind(bindery: &Bindery, text: &str) -> Ran {
    bindery.write("text", text);
    bindery.run(["render", "--text", "text"])
}

#[track_caller]
fn refuse(script: &str, more: &str, words: &[&str]) {
    let told = bind(&user(script, more), "{{site[a]}}").failure(4);
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
}

/// Answers `open`, and `bind` with what follows.
fn answering(bind: &str) -> String {
    format!(
        "#!/bin/sh\n\
         while IFS= read -r line; do\n  \
           id=${{line#*:}} id=${{id%%,*}}\n  \
           case $line in\n    \
             *'\"method\":\"open\"'*) echo \"{{\\\"id\\\":$id,\\\"result\\\":{{}}}}\";;\n    \
             *) {bind};;\n  \
           esac\n\
         done\n"
    )
}

#[test]
fn a_program_answers_refs() {
    let script = answering(
        "echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[{\\\"value\\\":\\\"$1 ${TOKEN-unset} ${OTHER-unset} ${HOME-unset} $PWD\\\"}]}}\"",
    );
    let bindery = user(&script, "env = [\"TOKEN\"]\n")
        .env("TOKEN", "seen")
        .env("OTHER", "hidden");
    let bound = bind(&bindery, "{{site[a]}} {{other[a]}}").success();
    assert_eq!(bound, "argument seen unset unset / {{other[a]}}");
}

/// Answers a ref with what the host answers to this question, its quotes taken away.
fn asking(question: &str) -> String {
    answering(&format!(
        "echo '{question}'; IFS= read -r told; told=$(printf %s \"$told\" | tr -d '\"'); \
         echo \"{{\\\"id\\\":$id,\\\"result\\\":{{\\\"answers\\\":[{{\\\"value\\\":\\\"$told\\\"}}]}}}}\""
    ))
}

#[test]
fn a_program_learns_what_its_host_can() {
    let told = |question: &str| bind(&user(&asking(question), ""), "{{site[a]}}").success();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        told(r#"{"id":7,"method":"call","params":{"method":"host.about","input":{}}}"#),
        format!("{{id:7,result:{{methods:[host.about],version:{version}}}}}")
    );
    for (question, message) in [
        (
            r#"{"id":7,"method":"call","params":{"method":"host.tea","input":null}}"#,
            "the host has no method `host.tea`",
        ),
        (
            r#"{"id":7,"method":"tea"}"#,
            "there is no `tea` to ask the host for",
        ),
    ] {
        let told = told(question);
        assert!(told.starts_with("{id:7,error:{code:invalid,"), "{told}");
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn a_program_that_cannot_be_started_is_told_with_what_to_do() {
    for (script, mode, words) in [
        ("#!/bin/sh\n", 0o644, "hint: let it be run: `chmod +x`"),
        ("#!/gone/sh\n", 0o755, "hint: the interpreter that its"),
        ("echo\n", 0o755, "hint: let its first line name its"),
    ] {
        let bindery = user(script, "");
        let program = bindery.home().join("bin/site");
        fs::set_permissions(&program, PermissionsExt::from_mode(mode)).unwrap();
        let told = bind(&bindery, "{{site[a]}}").failure(4);
        assert!(
            told.contains("cannot be started") && told.contains(words),
            "{told}"
        );
    }
}

#[test]
fn a_program_that_fails_is_told_with_what_it_said() {
    refuse(
        &answering("echo the disk is full >&2; exit 3"),
        "",
        &[
            "plugin `site` ended while it was asked to `bind`: exit status: 3",
            "it said: the disk is full",
        ],
    );
    refuse(
        "#!/bin/sh\necho no licence >&2\nexit 1\n",
        "",
        &[
            "cannot be opened",
            "ended while it was asked to `open`: exit status: 1",
            "it said: no licence",
        ],
    );
    let error = "echo \"{\\\"id\\\":$id,\\\"error\\\":{\\\"code\\\":\\\"not-found\\\",\\\"message\\\":\\\"no such release\\\",\\\"hint\\\":\\\"stage it\\\"}}\"";
    refuse(
        &answering(error),
        "",
        &["cause: no such release", "hint: stage it"],
    );
}

#[test]
fn a_program_that_does_not_keep_to_the_protocol_is_told_so() {
    refuse(
        &answering("echo hello"),
        "",
        &["wrote a line that is not of the protocol"],
    );
    refuse(
        &answering("echo '{\"id\":99,\"result\":{}}'"),
        "",
        &["answered what was not asked"],
    );
    refuse(
        &answering("echo \"{\\\"id\\\":$id}\""),
        "",
        &["answered `bind` with neither result nor error"],
    );
    refuse(
        &answering("echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[]}}\""),
        "",
        &["gave 0 answers to 1 refs"],
    );
    refuse(
        &answering("echo \"{\\\"id\\\":$id,\\\"result\\\":5}\""),
        "",
        &["answered `bind` in an unknown form"],
    );
    refuse(
        &answering("exec yes | tr -d '\\n'"),
        "[limits]\nplugin_answer = 100000\n",
        &["wrote a line of more than 100000 bytes"],
    );
}

#[test]
fn what_is_no_json_object_in_utf_8_ends_the_session() {
    let answer = |value: &str| {
        format!("printf '{{\"id\":%s,\"result\":{{\"answers\":[{{\"value\":{value}}}]}}}}\\n' $id")
    };
    let deep = "head -c 100000 /dev/zero | tr '\\0' '['; echo";
    for line in [
        answer("NaN"),
        answer("1e999"),
        answer("\"\\377\""),
        answer("\"\\\\ud800\""),
        answer("{{}"),
        deep.to_owned(),
        "echo".to_owned(),
        "printf '\\0\\n'".to_owned(),
        "echo \"{\\\"id\\\":$id,\\\"error\\\":\\\"no\\\"}\"".to_owned(),
        "echo '{\"id\":-1,\"result\":{}}'".to_owned(),
    ] {
        refuse(
            &answering(&line),
            "",
            &["plugin `site` wrote a line that is not of the protocol"],
        );
    }
    // What was said before anything was asked is looked at when something is.
    refuse(
        "#!/bin/sh\necho Welcome; exec cat\n",
        "",
        &[
            "(plugin `site`) cannot be opened",
            "wrote a line that is not of the protocol",
        ],
    );
}

#[test]
fn a_program_that_says_something_for_ever_has_no_more_time_than_others() {
    let flood =
        "exec yes '{\"method\":\"log\",\"params\":{\"level\":\"debug\",\"message\":\"m\"}}'";
    let limit = "time_limit = 1\n";
    refuse(
        &answering(flood),
        limit,
        &["did not answer `bind` within 1 s"],
    );
    let answer =
        "echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[{\\\"value\\\":\\\"v\\\"}]}}\"";
    let ran = bind(
        &user(&answering(&format!("{answer}; {flood}")), limit),
        "{{site[a]}}",
    );
    assert_eq!(ran.success(), "v");
}

#[test]
fn a_program_that_does_not_read_what_it_is_asked_holds_nobody_up() {
    let deaf = "#!/bin/sh\nIFS= read -r line\necho '{\"id\":1,\"result\":{}}'\nexec sleep 1000\n";
    let bindery = user(deaf, "time_limit = 1\n");
    // More than a pipe holds.
    let text: String = (0..20_000)
        .map(|at| format!("{{{{site[{at}]}}}}\n"))
        .collect();
    let told = bind(&bindery, &text).failure(4);
    let why = "plugin `site` did not answer `bind` within 1 s";
    assert_eq!(told.matches(why).count(), 20_000);
}

#[test]
fn an_error_for_each_of_many_refs_in_one_line_shows_a_part_of_it() {
    let error =
        "echo \"{\\\"id\\\":$id,\\\"error\\\":{\\\"message\\\":\\\"closed on sundays\\\"}}\"";
    let bindery = user(&answering(error), "");
    let text: String = (0..20_000)
        .map(|at| format!("{{{{site[{at}]}}}}"))
        .collect();
    bindery.write("text", &text);
    // Less than the line for each of them.
    let limited = "ulimit -v 3000000; exec \"$0\" \"$@\"";
    let command = bindery.command(["render", "--text", "text"]);
    let arguments = ["-c", limited].map(OsStr::new);
    let told = Ran::of(run_by(Path::new("/bin/sh"), &arguments, &command)).failure(4);
    assert_eq!(told.matches("cause: closed on sundays").count(), 20_000);
    assert!(
        told.contains("at text:1:288876"),
        "the place of the last one"
    );
}

#[test]
fn a_program_that_hangs_is_ended() {
    refuse(
        &answering("echo $$ > \"$0.pid\"; exec sleep 1000"),
        "time_limit = 1\n",
        &["did not answer `bind` within 1 s"],
    );
    let script = answering("echo $$ > \"$0.pid\"; exec sleep 1000");
    let bindery = user(&script, "time_limit = 1\n");
    bind(&bindery, "{{site[a]}}").failure(4);
    let pid = fs::read_to_string(bindery.home().join("bin/site.pid")).unwrap();
    assert!(
        !Path::new("/proc").join(pid.trim()).exists(),
        "it still runs"
    );
}

#[test]
fn a_program_that_cannot_be_run_or_trusted_is_told_before_it_is() {
    let bindery = Bindery::new().configure_fully(
        "[exec.site]\ncommand = [\"no-such-program\"]\nbinders.site = \"site[*]\"\n",
    );
    let told = bind(&bindery, "{{site[a]}}").failure(3);
    assert!(
        told.contains("there is no program `no-such-program`"),
        "{told}"
    );
    let bindery = user(&answering("exit 1"), "");
    let program = bindery.home().join("bin/site");
    fs::set_permissions(&program, PermissionsExt::from_mode(0o777)).unwrap();
    let told = bind(&bindery, "{{site[a]}}").failure(8);
    assert!(told.contains("it can be written by everybody"), "{told}");
}

#[test]
fn a_program_that_others_could_exchange_is_not_run() {
    let bindery = user(&answering("touch \"$0.ran\""), "");
    let open = bindery.home().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).unwrap();
    let script = bindery.home().join("bin/site").display().to_string();
    let link = |name: &str, to: &str| {
        let link = open.join(name);
        std::os::unix::fs::symlink(to, &link).unwrap();
        link.display().to_string()
    };
    let run_by = bindery.write(
        "../bin/run-by",
        &format!("#!{}\n", link("shell", "/bin/sh")),
    );
    fs::set_permissions(&run_by, PermissionsExt::from_mode(0o755)).unwrap();
    let bindery = [
        vec![link("sh", "/bin/sh"), script.clone()],
        vec!["/bin/sh".to_owned(), link("site", &script)],
        vec![run_by.display().to_string()],
    ]
    .into_iter()
    .fold(bindery, |bindery, command| {
        let bindery = bindery.configure_fully(&format!(
            "[exec.site]\ncommand = {command:?}\nbinders.site = \"site[*]\"\n"
        ));
        let told = bind(&bindery, "{{site[a]}}").failure(8);
        let why = format!("a link that lies in `{}`", open.display());
        assert!(
            told.contains("is not trusted") && told.contains(&why),
            "{told}"
        );
        bindery
    });
    assert!(!bindery.home().join("bin/site.ran").exists());
}

#[test]
fn a_program_is_started_once_and_only_if_it_is_needed() {
    let script = answering(
        "echo x >> \"$0.count\"; n=$(printf %s \"$line\" | grep -o '\"address\"' | wc -l); a='{\"value\":\"v\"}'; i=1; r=$a; while [ $i -lt $n ]; do r=$r,$a; i=$((i+1)); done; echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[$r]}}\"",
    );
    let bindery = user(&script, "");
    assert_eq!(bind(&bindery, "nothing").success(), "nothing");
    assert!(!bindery.home().join("bin/site.count").exists());
    let text: String = (0..100)
        .map(|number| format!("{{{{site[{number}]}}}}"))
        .collect();
    assert_eq!(bind(&bindery, &text).success(), "v".repeat(100));
    let count = fs::read_to_string(bindery.home().join("bin/site.count")).unwrap();
    assert_eq!(count, "x\n", "one batch");
}
