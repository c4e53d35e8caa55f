//! Binds `{{greeting[language]}}` to a greeting, and lists the languages for job files and on the command line.

use bindery_plugin::{
    Answer, Arguments, BindError, Binder, Command, Data, Definition, Error, Host, Match,
    export_plugin,
};

/// `GREETING_LANGUAGES` in job files.
const LANGUAGES: Definition =
    Definition::constant("GREETING_LANGUAGES", Data::List(&[Data::Text("en")]))
        .help("The languages that can be greeted in");

struct Greeting;

impl Binder for Greeting {
    const NAME: &'static str = "greeting";
    const PATTERN: &'static str = "greeting[*]";

    fn bind(&self, _host: &Host, found: &Match) -> Result<Answer, BindError> {
        match found.index(0) {
            "en" => Ok(Answer::text("hello")),
            other => Err(BindError::not_found(format!("no greeting in `{other}`"))
                .hint("known languages: en")),
        }
    }
}

/// `bindery greeting languages`
struct Languages;

impl Command for Languages {
    const NAME: &'static str = "languages";
    const ABOUT: &'static str = "Print the languages, one a line";

    fn run(&self, host: &Host, _arguments: &Arguments) -> Result<u8, Error> {
        host.print("en");
        Ok(0)
    }
}

export_plugin! {
    name: "greeting",
    binders: [Greeting],
    schema: [LANGUAGES],
    commands: [Languages],
}

#[cfg(test)]
mod tests {
    use bindery_plugin::{
        json,
        testing::{FakeHost, breaches},
    };

    #[test]
    fn greets_in_known_languages() {
        let greeting = FakeHost::new().open(super::plugin(), json!({})).unwrap();
        assert_eq!(
            greeting.bind("greeting", "greeting[en]").unwrap().value(),
            "hello"
        );

        let host = FakeHost::new();
        let greeting = host.open(super::plugin(), json!({})).unwrap();
        assert_eq!(greeting.run(&["languages"]), Ok(0));
        assert_eq!(host.printed(), ["en"]);

        let error = greeting.bind("greeting", "greeting[tlh]").unwrap_err();
        assert_eq!(error.message(), "no greeting in `tlh`");
        assert_eq!(error.hint_text(), Some("known languages: en"));
    }

    #[test]
    fn keeps_the_contract_of_plugins() {
        let examples = [
            ("greeting[en]", Ok(json!("hello"))),
            ("greeting[tlh]", Err("no greeting in `tlh`")),
        ];
        let found = breaches(super::plugin(), &FakeHost::new(), &json!({}), &examples);
        assert_eq!(found, [""; 0]);
    }
}
