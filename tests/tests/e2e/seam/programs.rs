//! Programs as plugins: `[exec.NAME]`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bindery_tests::{Bindery, Ran, run_by};

/// Returns a user of a program as the plugin `site`, which binds `site[*]`; `more` has further lines of its table.
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

/// Returns a script that answers `open`, and `bind` with the given command.
fn script_for_bind(bind: &str) -> String {
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
    let script = script_for_bind(
        "echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[{\\\"value\\\":\\\"$1 ${TOKEN-unset} ${OTHER-unset} ${HOME-unset} $PWD\\\"}]}}\"",
    );
    let bindery = user(&script, "env = [\"TOKEN\"]\n")
        .env("TOKEN", "seen")
        .env("OTHER", "hidden");
    let bound = bind(&bindery, "{{site[a]}} {{other[a]}}").success();
    assert_eq!(bound, "argument seen unset unset / {{other[a]}}");
}

/// Returns a script that answers a ref with the host's response to this request, without quotes.
fn script_with_request(question: &str) -> String {
    script_for_bind(&format!(
        "echo '{question}'; IFS= read -r told; told=$(printf %s \"$told\" | tr -d '\"'); \
         echo \"{{\\\"id\\\":$id,\\\"result\\\":{{\\\"answers\\\":[{{\\\"value\\\":\\\"$told\\\"}}]}}}}\""
    ))
}

#[test]
fn a_program_can_ask_for_the_host_s_methods() {
    let told =
        |question: &str| bind(&user(&script_with_request(question), ""), "{{site[a]}}").success();
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
            "the host has no request `tea`",
        ),
    ] {
        let told = told(question);
        assert!(told.starts_with("{id:7,error:{code:invalid,"), "{told}");
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn a_program_that_cannot_be_started_is_an_error_with_a_hint() {
    for (script, mode, words) in [
        ("#!/bin/sh\n", 0o644, "hint: make it executable: `chmod +x`"),
        ("#!/gone/sh\n", 0o755, "hint: install the interpreter"),
        (
            "echo\n",
            0o755,
            "hint: name its interpreter in its first line",
        ),
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
fn the_error_of_a_failed_program_has_its_output() {
    refuse(
        &script_for_bind("echo the disk is full >&2; exit 3"),
        "",
        &[
            "plugin `site` ended during `bind`: exit status: 3",
            "its standard error: the disk is full",
        ],
    );
    refuse(
        "#!/bin/sh\necho no licence >&2\nexit 1\n",
        "",
        &[
            "cannot be opened",
            "ended during `open`: exit status: 1",
            "its standard error: no licence",
        ],
    );
    let error = "echo \"{\\\"id\\\":$id,\\\"error\\\":{\\\"code\\\":\\\"not-found\\\",\\\"message\\\":\\\"no such release\\\",\\\"hint\\\":\\\"stage it\\\"}}\"";
    refuse(
        &script_for_bind(error),
        "",
        &["cause: no such release", "hint: stage it"],
    );
}

#[test]
fn violations_of_the_protocol_are_errors() {
    refuse(
        &script_for_bind("echo hello"),
        "",
        &["wrote a line that is not of the protocol"],
    );
    refuse(
        &script_for_bind("echo '{\"id\":99,\"result\":{}}'"),
        "",
        &["answered a request that does not exist"],
    );
    refuse(
        &script_for_bind("echo \"{\\\"id\\\":$id}\""),
        "",
        &["answered `bind` with neither result nor error"],
    );
    refuse(
        &script_for_bind("echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[]}}\""),
        "",
        &["gave 0 answers to 1 refs"],
    );
    refuse(
        &script_for_bind("echo \"{\\\"id\\\":$id,\\\"result\\\":5}\""),
        "",
        &["answered `bind` in an unknown form"],
    );
    refuse(
        &script_for_bind("exec yes | tr -d '\\n'"),
        "[limits]\nplugin_answer = 100000\n",
        &["wrote a line of more than 100000 bytes"],
    );
}

#[test]
fn a_line_that_is_not_a_json_object_ends_the_session() {
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
            &script_for_bind(&line),
            "",
            &["plugin `site` wrote a line that is not of the protocol"],
        );
    }
    // Output before the first request is read with the response to it.
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
fn endless_output_does_not_extend_the_time_limit() {
    let flood =
        "exec yes '{\"method\":\"log\",\"params\":{\"level\":\"debug\",\"message\":\"m\"}}'";
    let limit = "time_limit = 1\n";
    refuse(
        &script_for_bind(flood),
        limit,
        &["did not answer `bind` within 1 s"],
    );
    let answer =
        "echo \"{\\\"id\\\":$id,\\\"result\\\":{\\\"answers\\\":[{\\\"value\\\":\\\"v\\\"}]}}\"";
    let ran = bind(
        &user(&script_for_bind(&format!("{answer}; {flood}")), limit),
        "{{site[a]}}",
    );
    assert_eq!(ran.success(), "v");
}

#[test]
fn a_program_that_does_not_read_requests_is_ended() {
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
fn long_lines_with_errors_are_shortened() {
    let error =
        "echo \"{\\\"id\\\":$id,\\\"error\\\":{\\\"message\\\":\\\"closed on sundays\\\"}}\"";
    let bindery = user(&script_for_bind(error), "");
    let text: String = (0..20_000)
        .map(|at| format!("{{{{site[{at}]}}}}"))
        .collect();
    bindery.write("text", &text);
    // Less than one line for each of them.
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
        &script_for_bind("echo $$ > \"$0.pid\"; exec sleep 1000"),
        "time_limit = 1\n",
        &["did not answer `bind` within 1 s"],
    );
    let script = script_for_bind("echo $$ > \"$0.pid\"; exec sleep 1000");
    let bindery = user(&script, "time_limit = 1\n");
    bind(&bindery, "{{site[a]}}").failure(4);
    let pid = fs::read_to_string(bindery.home().join("bin/site.pid")).unwrap();
    assert!(
        !Path::new("/proc").join(pid.trim()).exists(),
        "it still runs"
    );
}

#[test]
fn a_program_that_cannot_be_run_or_trusted_is_refused() {
    let bindery = Bindery::new().configure_fully(
        "[exec.site]\ncommand = [\"no-such-program\"]\nbinders.site = \"site[*]\"\n",
    );
    let told = bind(&bindery, "{{site[a]}}").failure(3);
    assert!(
        told.contains("there is no program `no-such-program`"),
        "{told}"
    );
    let bindery = user(&script_for_bind("exit 1"), "");
    let program = bindery.home().join("bin/site");
    fs::set_permissions(&program, PermissionsExt::from_mode(0o777)).unwrap();
    let told = bind(&bindery, "{{site[a]}}").failure(8);
    assert!(told.contains("it is writable by everyone"), "{told}");
}

#[test]
fn a_program_that_other_users_could_exchange_is_not_run() {
    let bindery = user(&script_for_bind("touch \"$0.ran\""), "");
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
        let why = format!("a link that is in `{}`", open.display());
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
    let script = script_for_bind(
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
