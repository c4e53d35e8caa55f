//! Binds `{{greeting[language]}}` to a word of welcome.

use bindery_plugin::{Answer, BindError, Binder, Host, Match, export_plugin};

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

export_plugin! { name: "greeting", binders: [Greeting] }

#[cfg(test)]
mod tests {
    use bindery_plugin::{json, testing::FakeHost};

    #[test]
    fn greets_in_the_languages_it_knows() {
        let greeting = FakeHost::new().open(super::plugin(), json!({})).unwrap();
        assert_eq!(
            greeting.bind("greeting", "greeting[en]").unwrap().value(),
            "hello"
        );

        let error = greeting.bind("greeting", "greeting[tlh]").unwrap_err();
        assert_eq!(error.message(), "no greeting in `tlh`");
        assert_eq!(error.hint_text(), Some("known languages: en"));
    }
}
