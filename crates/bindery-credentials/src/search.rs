//! Where credentials may be, and the search through all of these places.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use bindery_reference::Registry;
use bindery_secret::Secret;

use crate::credential::Credential;
use crate::docker_config::{DockerConfig, Form};
use crate::helper::Helpers;
use crate::keychain::{Keychain, KeychainError};

/// A place where credentials may be.
#[derive(Clone, Debug)]
pub struct Place {
    /// The place itself.
    pub source: Source,
    /// The option or variable that leads there, for people who want to know.
    pub named_by: Option<&'static str>,
    /// Whether it is an error if it cannot be used; else that is a warning, and the search goes on.
    pub is_required: bool,
}

/// What a [`Place`] is.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file of the form of Docker's `config.json`.
    File(PathBuf),
    /// A file of the form of the `.dockercfg` of old.
    LegacyFile(PathBuf),
    /// Standard input, in the form of `config.json`.
    StandardInput,
    /// A text of the form of `config.json`, with `auths` alone: what a variable holds.
    Text(Secret),
}

impl Place {
    /// The place as a message names it: a file in backticks.
    pub fn name(&self) -> String {
        match (&self.source, self.named_by) {
            (Source::File(path) | Source::LegacyFile(path), _) => format!("`{}`", path.display()),
            (Source::StandardInput, _) => "standard input".to_owned(),
            (Source::Text(_), Some(name)) => format!("`{name}`"),
            (Source::Text(_), None) => "a text".to_owned(),
        }
    }

    fn answers(&self, answer: Answer) -> Step<'_> {
        Step {
            place: self,
            helper: None,
            answer,
        }
    }

    fn file(&self) -> Option<&PathBuf> {
        match &self.source {
            Source::File(path) | Source::LegacyFile(path) => Some(path),
            Source::StandardInput | Source::Text(_) => None,
        }
    }

    fn read(&self) -> Result<DockerConfig, KeychainError> {
        match &self.source {
            Source::File(path) => DockerConfig::read(path, Form::Config),
            Source::LegacyFile(path) => DockerConfig::read(path, Form::Legacy),
            Source::StandardInput => {
                DockerConfig::read_from(std::io::stdin().lock(), &self.name(), Form::Config)
            }
            Source::Text(text) => {
                DockerConfig::parse(text.expose().as_bytes(), &self.name(), Form::Variable)
            }
        }
    }
}

type Warn = dyn Fn(&str, &str) + Send + Sync;

/// Looks for credentials in many places; the first that has an entry wins.
///
/// Nothing is read before somebody asks, and nothing twice.
pub struct Places {
    places: Vec<(Place, OnceLock<Contents>)>,
    helpers: Helpers,
    warn: Box<Warn>,
    /// What was told already, by the registry that it was told for.
    told: Mutex<Vec<(Registry, String)>>,
}

enum Contents {
    Absent,
    Config(DockerConfig),
    Unusable(KeychainError),
}

/// One question of a search, and the answer.
#[derive(Debug)]
pub struct Step<'p> {
    /// Who was asked, or who named the helper that was asked.
    pub place: &'p Place,
    /// The credential helper that was asked, if it was not the place itself.
    pub helper: Option<String>,
    /// What the answer was.
    pub answer: Answer,
}

/// An answer of a [`Step`].
#[derive(Debug)]
pub enum Answer {
    /// There is no such file.
    Absent,
    /// There is nothing for this registry and repository.
    NoEntry,
    /// There is a credential.
    Found {
        /// What it is found under.
        key: String,
        /// The credential.
        credential: Credential,
    },
    /// There may be one, but it cannot be had.
    Failed(KeychainError),
    /// The search had ended before.
    NotAsked,
}

impl Answer {
    fn of(found: Option<(String, Credential)>) -> Self {
        match found {
            Some((key, credential)) => Answer::Found { key, credential },
            None => Answer::NoEntry,
        }
    }
}

impl Step<'_> {
    /// Whether nobody is asked after this answer: there is a credential, or there should be one here and nowhere else.
    pub fn ends_search(&self) -> bool {
        match self.answer {
            Answer::Found { .. } | Answer::NotAsked => true,
            Answer::Failed(_) => self.place.is_required && self.helper.is_none(),
            Answer::Absent | Answer::NoEntry => false,
        }
    }
}

impl Places {
    /// Looks in these places, in their order; one that is named a second time counts where it was named first.
    ///
    /// `warn` takes what a user should know although the search goes on: what it is, and what to do about it or an empty text.
    /// Each is told once, and no secret is in it.
    pub fn new(
        places: impl IntoIterator<Item = Place>,
        helpers: Helpers,
        warn: impl Fn(&str, &str) + Send + Sync + 'static,
    ) -> Self {
        let mut files = HashSet::new();
        let places = places
            .into_iter()
            .filter(|place| place.file().is_none_or(|file| files.insert(file.clone())))
            .map(|place| (place, OnceLock::new()));
        Self {
            places: places.collect(),
            helpers,
            warn: Box::new(warn),
            told: Mutex::default(),
        }
    }

    /// The places in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().map(|(place, _)| place)
    }

    /// Asks one place after the other until one has a credential, and tells all that was said.
    ///
    /// What is odd about a file is warned of; what fails stands in the steps only.
    pub fn search(&self, registry: &Registry, repository: &str) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        for (place, contents) in &self.places {
            if steps.last().is_some_and(Step::ends_search) {
                steps.push(place.answers(Answer::NotAsked));
                continue;
            }
            match contents.get_or_init(|| self.read(place)) {
                Contents::Absent => steps.push(place.answers(Answer::Absent)),
                Contents::Unusable(error) => {
                    steps.push(place.answers(Answer::Failed(error.clone())));
                }
                Contents::Config(config) => {
                    steps.extend(self.ask_helper(place, config, registry));
                    if !steps.last().is_some_and(Step::ends_search) {
                        let found = config.find(registry, repository);
                        let found =
                            found.map(|(key, credential)| (key.to_owned(), credential.clone()));
                        steps.push(place.answers(Answer::of(found)));
                    }
                }
            }
        }
        steps
    }

    fn ask_helper<'p>(
        &self,
        place: &'p Place,
        config: &DockerConfig,
        registry: &Registry,
    ) -> Option<Step<'p>> {
        let name = config.helper(registry)?;
        let found = self.helpers.ask(name, &config.servers(registry));
        Some(Step {
            place,
            helper: Some(Helpers::program(name)),
            answer: found.map_or_else(Answer::Failed, Answer::of),
        })
    }

    /// What went wrong when credentials were looked for, each with the registry that they were for: it may be why that registry
    /// refuses us later.
    pub fn troubles(&self) -> Vec<(Registry, String)> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }

    fn read(&self, place: &Place) -> Contents {
        let is_absent = |error: &KeychainError| {
            matches!(error, KeychainError::Read { source, .. }
                if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
        };
        match place.read() {
            Ok(config) => {
                for warning in config.warnings() {
                    (self.warn)(warning, "");
                }
                Contents::Config(config)
            }
            Err(error) if is_absent(&error) && !place.is_required => Contents::Absent,
            Err(error) => Contents::Unusable(error),
        }
    }

    fn tell(&self, registry: &Registry, error: &KeychainError) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = (registry.clone(), error.in_words());
        if told.iter().all(|(_, text)| *text != trouble.1) {
            (self.warn)(&trouble.1, &error.hint().unwrap_or_default());
        }
        if !told.contains(&trouble) {
            told.push(trouble);
        }
    }
}

impl Keychain for Places {
    /// The first credential of a [search](Places::search). What fails on the way is warned of.
    ///
    /// # Errors
    ///
    /// If a place that is required cannot be used.
    fn credential(
        &self,
        registry: &Registry,
        repository: &str,
        _: &[&str],
    ) -> Result<Option<Credential>, KeychainError> {
        for step in self.search(registry, repository) {
            let is_last = step.ends_search();
            match step.answer {
                Answer::Found { credential, .. } => return Ok(Some(credential)),
                Answer::Failed(error) if is_last => return Err(error),
                Answer::Failed(error) => self.tell(registry, &error),
                Answer::Absent | Answer::NoEntry | Answer::NotAsked => {}
            }
        }
        Ok(None)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::sync::Arc;

    use super::*;

    /// Places below one folder, and what was warned of.
    struct Case {
        folder: tempfile::TempDir,
        warnings: Arc<Mutex<Vec<String>>>,
    }

    impl Case {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
                warnings: Arc::default(),
            }
        }

        fn file(self, name: &str, text: &str) -> Self {
            let path = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            self
        }

        fn place(&self, name: &str) -> Place {
            Place {
                source: Source::File(self.folder.path().join(name)),
                named_by: None,
                is_required: false,
            }
        }

        fn search_in(&self, places: Vec<Place>) -> Places {
            let warnings = Arc::clone(&self.warnings);
            Places::new(
                places,
                Helpers::new("/no/such/folder"),
                move |warning, _| {
                    warnings.lock().unwrap().push(warning.to_owned());
                },
            )
        }

        /// What was warned of, without the folder.
        fn warnings(&self) -> Vec<String> {
            self.shown(&self.warnings.lock().unwrap())
        }

        fn shown(&self, texts: &[String]) -> Vec<String> {
            let folder = format!("{}/", self.folder.path().display());
            texts.iter().map(|text| text.replace(&folder, "")).collect()
        }
    }

    fn login(host: &str, user: &str) -> String {
        format!(r#"{{"auths":{{"{host}":{{"username":"{user}","password":"canary"}}}}}}"#)
    }

    #[track_caller]
    fn check(places: &Places, registry: &str, expected: Option<&str>) {
        let registry = Registry::parse(registry).unwrap();
        let found = places.credential(&registry, "team/app", &["pull"]).unwrap();
        let user = found.as_ref().and_then(Credential::username);
        assert_eq!(user, expected, "for {registry}");
    }

    #[test]
    fn the_first_place_with_an_entry_wins() {
        let case = Case::new()
            .file("first", &login("a.example", "first"))
            .file("second", &login("a.example", "second"))
            .file("third", &login("b.example", "third"))
            .file(
                "legacy",
                r#"{"c.example":{"username":"old","password":"p"}}"#,
            );
        let variable = Place {
            source: Source::Text(Secret::from(login("b.example", "variable"))),
            named_by: Some("THE_VARIABLE"),
            is_required: false,
        };
        let legacy = Place {
            source: Source::LegacyFile(case.folder.path().join("legacy")),
            ..case.place("")
        };
        let places = case.search_in(vec![
            case.place("none"),
            case.place("first/below a file"),
            case.place("first"),
            variable,
            case.place("second"),
            case.place("third"),
            legacy,
        ]);
        check(&places, "a.example", Some("first"));
        check(&places, "b.example", Some("variable"));
        check(&places, "c.example", Some("old"));
        check(&places, "d.example", None);
        assert!(case.warnings().is_empty(), "{:?}", case.warnings());
        assert!(places.troubles().is_empty());
    }

    #[test]
    fn a_place_that_cannot_be_used_is_warned_of_once_and_passed_over() {
        let case = Case::new()
            .file("broken", "canary")
            .file("good", &login("a.example", "good"));
        let variable = Place {
            source: Source::Text(Secret::new("{\"canary\":1}")),
            named_by: Some("THE_VARIABLE"),
            is_required: false,
        };
        let places = case.search_in(vec![case.place("broken"), variable, case.place("good")]);
        check(&places, "a.example", Some("good"));
        check(&places, "b.example", None);
        let expected = [
            "`broken` is no Docker configuration: line 1, column 1",
            "`THE_VARIABLE` is no Docker configuration: line 1, column 9",
        ];
        assert_eq!(case.warnings(), expected);
        let troubles = places.troubles();
        let hosts: Vec<_> = troubles.iter().map(|(host, _)| host.to_string()).collect();
        assert_eq!(hosts, ["a.example", "a.example", "b.example", "b.example"]);
        let texts: Vec<_> = troubles.into_iter().map(|(_, text)| text).collect();
        assert_eq!(case.shown(&texts), [expected, expected].concat());
    }

    #[test]
    fn a_place_that_is_required_is_an_error() {
        let case = Case::new()
            .file("broken", "canary")
            .file("good", &login("a.example", "good"));
        for (name, expected) in [
            (
                "none",
                "cannot read `none`: No such file or directory (os error 2)",
            ),
            (
                "broken",
                "`broken` is no Docker configuration: line 1, column 1",
            ),
        ] {
            let required = Place {
                is_required: true,
                ..case.place(name)
            };
            let places = case.search_in(vec![required, case.place("good")]);
            let registry = Registry::parse("a.example").unwrap();
            for _ in 0..2 {
                let error = places.credential(&registry, "a", &["pull"]).unwrap_err();
                assert_eq!(case.shown(&[error.in_words()]), [expected]);
            }
        }
        assert!(case.warnings().is_empty(), "{:?}", case.warnings());
    }

    #[test]
    fn files_are_read_when_somebody_asks_and_once() {
        let case = Case::new();
        // The same file twice, as where a variable names what is the default.
        let places = case.search_in(vec![case.place("late"), case.place("late")]);
        let case = case.file("late", &login("a.example", "late"));
        let late = case.folder.path().join("late");
        std::fs::set_permissions(&late, Permissions::from_mode(0o644)).unwrap();
        check(&places, "a.example", Some("late"));
        std::fs::remove_file(late).unwrap();
        check(&places, "a.example", Some("late"));
        check(&places, "b.example", None);
        assert_eq!(
            case.warnings(),
            ["`late` holds credentials and may be read by others; `chmod 600 late` ends that"]
        );
    }

    #[test]
    fn a_helper_that_is_missing_costs_a_warning() {
        let config =
            r#"{"credsStore":"gone","auths":{"b.example":{"username":"plain","password":"p"}}}"#;
        let case = Case::new()
            .file("config", config)
            .file("next", &login("a.example", "next"));
        let required = Place {
            is_required: true,
            ..case.place("config")
        };
        let places = case.search_in(vec![required, case.place("next")]);
        check(&places, "a.example", Some("next"));
        check(&places, "b.example", Some("plain"));
        check(&places, "a.example", Some("next"));
        let warning = |host: &str| {
            format!(
                "credential helper `docker-credential-gone` gives no answer for `{host}`: it is not on the search path for programs"
            )
        };
        assert_eq!(
            case.warnings(),
            [warning("a.example"), warning("b.example")]
        );
        assert_eq!(places.troubles().len(), 2, "{:?}", places.troubles());
    }

    #[test]
    fn a_search_tells_who_was_asked_and_what_was_said() {
        let config = r#"{"credHelpers":{"a.example":"gone"},"auths":{"a.example/team":{"identitytoken":"canary"}}}"#;
        let case = Case::new().file("config", config).file("broken", "[");
        let places = case.search_in(vec![
            case.place("none"),
            case.place("broken"),
            case.place("config"),
            case.place("later"),
        ]);
        let registry = Registry::parse("a.example").unwrap();
        let steps = places.search(&registry, "team/app");
        let told: Vec<String> = steps
            .iter()
            .map(|step| {
                let name = Path::new(step.place.name().trim_matches('`'))
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                let helper = step.helper.as_deref().unwrap_or("-");
                let answer = match &step.answer {
                    Answer::Found { key, credential } => format!("{key}: {}", credential.kind()),
                    Answer::Failed(_) => "failed".to_owned(),
                    other => format!("{other:?}"),
                };
                format!("{name} {helper} {answer}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "none - Absent",
                "broken - failed",
                "config docker-credential-gone failed",
                "config - a.example/team: identity token",
                "later - NotAsked",
            ]
        );
        assert!(!format!("{steps:?}").contains("canary"));
        assert!(case.warnings().is_empty());
    }
}
