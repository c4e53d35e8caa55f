//! `bindery auth explain`: origin and receivers of the credential for a reference.

use bindery_credentials::{Credential, CredentialFiles, CredentialSource, Location, SearchOutcome};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{CredentialStep, StepResult};
use bindery_reference::{Reference, Registry};
use clap::Args;
use serde::Serialize;

use crate::output::{Output, columns};
use crate::session::Session;

/// Show the origin and the receivers of the credential for a reference
///
/// Asks plugins, files and credential helpers one after the other, as a command would, but no registry. Prints no secret. A source that
/// fails is part of the output and not an error of this command.
///
/// JSON: `{"registry", "repository", "asked": [{"by", "registries", "plugin", "source", "file", "named_by", "variable", "helper", "answer",
/// "key", "credential", "user", "problem", "hint"}], "outcome", "sent": [{"to", "what", "when"}]}`. `by` is `plugin`, `helper`, `file`,
/// `variable` or `standard-input`; `answer` is `found`, `no-entry`, `absent` (the file does not exist), `other-registry` (the entry is for other
/// registries), `failed` or `not-asked`; `credential` is `password`, `identity-token` or `registry-token`; `outcome` is `found`, `anonymous` or `failed`;
/// `to` is `registry` or `token-server`. Members that do not apply are left out
#[derive(Args)]
pub struct Explain {
    /// Image reference, as in `quay.io/team/app:1.4`, or a registry; end the name of a registry without a dot with `/`
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Explanation {
    registry: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    asked: Vec<Row>,
    outcome: FinalOutcome,
    sent: Vec<Sent>,
}

/// Source of credentials and its answer.
#[derive(Default, Serialize)]
struct Row {
    /// Source, in the form for people.
    #[serde(skip)]
    place: String,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    registries: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plugin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    named_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    helper: Option<String>,
    #[serde(flatten)]
    answer: SourceAnswer,
}

#[derive(Default, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
enum SourceAnswer {
    Absent,
    NoEntry,
    OtherRegistry,
    #[default]
    NotAsked,
    Found {
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        credential: CredentialKind,
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<String>,
    },
    Failed {
        problem: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum CredentialKind {
    Password,
    IdentityToken,
    RegistryToken,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum FinalOutcome {
    Found,
    Anonymous,
    Failed,
}

#[derive(Serialize)]
struct Sent {
    to: Receiver,
    what: CredentialKind,
    when: &'static str,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Receiver {
    Registry,
    TokenServer,
}

impl Explain {
    /// Prints each source with its answer, and the receivers of the credential.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let (registry, repository) = self.target()?;
        let mut search = Search::default();
        if !session.configuration()?.auth.is_empty() {
            let plugins = session.plugins()?;
            crate::plugins::warn(plugins.problems());
            let path = repository.as_deref().unwrap_or_default();
            let steps = plugins.search_credential(&registry.to_string(), path, &["pull"]);
            search.take_plugins(steps);
        }
        search.take_places(session.logins(), &registry, repository.as_deref());
        let explanation = Explanation {
            registry: registry.to_string(),
            repository,
            outcome: search.outcome,
            sent: sent(search.credential.as_ref()),
            asked: search.asked,
        };
        self.output
            .write(&explanation, |explanation| text(explanation, &registry))
    }

    /// Returns the registry and, if the reference names one, the repository.
    fn target(&self) -> Result<(Registry, Option<String>), Diagnostic> {
        let text = self.reference.as_str();
        let refuse = |error: bindery_reference::ParseError| {
            let mut diagnostic = Diagnostic::new(Kind::Usage, error.to_string());
            diagnostic.hint = error.hint();
            diagnostic
        };
        let alone = text.strip_suffix('/').or_else(|| {
            let host = text.split(':').next().unwrap_or_default();
            let is_host = host.contains('.') || host == "localhost" || host.starts_with('[');
            (is_host && !text.contains('/')).then_some(text)
        });
        match alone {
            Some(registry) => Ok((Registry::parse(registry).map_err(refuse)?, None)),
            None => {
                let reference = Reference::parse(text).map_err(refuse)?;
                let repository = reference.repository.to_string();
                Ok((reference.registry, Some(repository)))
            }
        }
    }
}

/// Search so far.
struct Search {
    asked: Vec<Row>,
    outcome: FinalOutcome,
    credential: Option<Credential>,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            asked: Vec::new(),
            outcome: FinalOutcome::Anonymous,
            credential: None,
        }
    }
}

impl Search {
    fn take_plugins(&mut self, steps: Vec<CredentialStep<'_>>) {
        for CredentialStep {
            entry,
            source,
            result,
        } in steps
        {
            let registries = entry.registry.as_str();
            let source = source.map(str::to_owned);
            let of = source.iter().map(|source| format!(", source {source}"));
            let of: String = of.collect();
            let place = format!("plugin {}{of} ([[auth]] for {registries})", entry.plugin);
            let answer = match result {
                StepResult::OtherRegistry => SourceAnswer::OtherRegistry,
                StepResult::NoCredential => SourceAnswer::NoEntry,
                StepResult::NotAsked => SourceAnswer::NotAsked,
                StepResult::Found(credential) => self.take_credential(None, credential),
                StepResult::Failed(error) => {
                    self.outcome = FinalOutcome::Failed;
                    let texts = [error.message].into_iter().chain(error.causes);
                    SourceAnswer::Failed {
                        problem: texts.collect::<Vec<_>>().join(": "),
                        hint: error.hint,
                    }
                }
            };
            self.asked.push(Row {
                place,
                by: "plugin",
                registries: Some(registries.to_owned()),
                plugin: Some(entry.plugin.clone()),
                source,
                answer,
                ..Row::default()
            });
        }
    }

    fn take_places(
        &mut self,
        logins: &CredentialFiles,
        registry: &Registry,
        repository: Option<&str>,
    ) {
        if self.outcome != FinalOutcome::Anonymous {
            self.asked.extend(logins.iter().map(Row::of));
            return;
        }
        for step in logins.search(registry, repository.unwrap_or_default()) {
            let ends_search = step.ends_search();
            let mut row = Row::of(step.source);
            if let Some(helper) = step.helper {
                row.place = format!("{helper} of {}", row.place);
                row.by = "helper";
                row.helper = Some(helper);
            }
            row.answer = match step.outcome {
                SearchOutcome::Absent => SourceAnswer::Absent,
                SearchOutcome::NoEntry => SourceAnswer::NoEntry,
                SearchOutcome::NotAsked => SourceAnswer::NotAsked,
                SearchOutcome::Found { key, credential } => {
                    self.take_credential(Some(key), credential)
                }
                SearchOutcome::Failed(error) => {
                    if ends_search {
                        self.outcome = FinalOutcome::Failed;
                    }
                    SourceAnswer::Failed {
                        problem: error.to_line(),
                        hint: error.hint(),
                    }
                }
            };
            self.asked.push(row);
        }
    }

    fn take_credential(&mut self, key: Option<String>, credential: Credential) -> SourceAnswer {
        let answer = SourceAnswer::Found {
            key,
            credential: CredentialKind::of(&credential),
            user: credential.username().map(str::to_owned),
        };
        self.outcome = FinalOutcome::Found;
        self.credential = Some(credential);
        answer
    }
}

impl Row {
    /// Returns the row of a place that is not asked.
    fn of(place: &CredentialSource) -> Self {
        let row = Row {
            named_by: place.named_by,
            ..Row::default()
        };
        match &place.location {
            Location::File(path) | Location::LegacyFile(path) => Row {
                place: path.display().to_string(),
                by: "file",
                file: Some(path.display().to_string()),
                ..row
            },
            Location::StandardInput => Row {
                place: "standard input".to_owned(),
                by: "standard-input",
                ..row
            },
            Location::Text(_) => Row {
                place: place.named_by.unwrap_or_default().to_owned(),
                by: "variable",
                variable: place.named_by,
                named_by: None,
                ..row
            },
        }
    }
}

impl CredentialKind {
    fn of(credential: &Credential) -> Self {
        match credential {
            Credential::Basic { .. } => Self::Password,
            Credential::Identity { .. } => Self::IdentityToken,
            Credential::Registry { .. } => Self::RegistryToken,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::IdentityToken => "identity token",
            Self::RegistryToken => "registry token",
        }
    }
}

/// Returns the receivers of a credential.
fn sent(credential: Option<&Credential>) -> Vec<Sent> {
    let send = |to, what, when| Sent { to, what, when };
    match credential.map(CredentialKind::of) {
        None => Vec::new(),
        Some(what @ CredentialKind::Password) => vec![
            send(
                Receiver::Registry,
                what,
                "with each request, if it asks for a password (Basic)",
            ),
            send(
                Receiver::TokenServer,
                what,
                "and not to the registry, if the registry asks for a token (Bearer)",
            ),
        ],
        Some(what @ CredentialKind::IdentityToken) => vec![send(
            Receiver::TokenServer,
            what,
            "by POST and not to the registry, if the registry asks for a token (Bearer)",
        )],
        Some(what @ CredentialKind::RegistryToken) => vec![send(
            Receiver::Registry,
            what,
            "with each request, if it asks for any credential",
        )],
    }
}

fn text(explanation: &Explanation, registry: &Registry) -> String {
    let mut text = format!("registry    {}\n", explanation.registry);
    if let Some(repository) = &explanation.repository {
        text = format!("{text}repository  {repository}\n");
    }
    let rows = explanation.asked.iter().flat_map(|row| {
        let (word, more) = describe(&row.answer);
        let named_by = row.named_by.map(|name| format!(" ({name})"));
        let mut line = format!("{}{}", row.place, named_by.unwrap_or_default());
        if !more.is_empty() {
            line = format!("{line}: {more}");
        }
        let hint = match &row.answer {
            SourceAnswer::Failed { hint, .. } => hint.as_ref(),
            _ => None,
        };
        let hint = hint.map(|hint| vec![String::new(), format!("hint: {hint}")]);
        [vec![word.to_owned(), line]].into_iter().chain(hint)
    });
    let rows = columns(&rows.collect::<Vec<_>>());
    text = format!("{text}asked\n{}", indented(&rows));
    let sent = explanation.sent.iter().map(|sent| {
        let to = match sent.to {
            Receiver::Registry => registry.api_host(),
            Receiver::TokenServer => format!("the token server of {}", registry.api_host()),
        };
        let what = match sent.what {
            CredentialKind::Password => "user name and password",
            token => token.as_str(),
        };
        format!("{what} to {to}, {}\n", sent.when)
    });
    let sent: String = match explanation.outcome {
        FinalOutcome::Found => sent.collect(),
        FinalOutcome::Anonymous => "nothing: requests are anonymous\n".to_owned(),
        FinalOutcome::Failed => "nothing: commands that need a credential fail\n".to_owned(),
    };
    format!("{text}sent\n{}", indented(&sent))
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}

/// Returns an answer in a word, and its details.
fn describe(answer: &SourceAnswer) -> (&'static str, String) {
    match answer {
        SourceAnswer::Absent => ("no file", String::new()),
        SourceAnswer::NoEntry => ("no entry", String::new()),
        SourceAnswer::OtherRegistry => ("for other registries", String::new()),
        SourceAnswer::NotAsked => ("not asked", String::new()),
        SourceAnswer::Found {
            key,
            credential,
            user,
        } => {
            let key = key.as_ref().map(|key| format!("entry {key}"));
            let user = user.as_ref().map(|user| format!("user {user}"));
            let parts = [key, user, Some(credential.as_str().to_owned())];
            let parts: Vec<_> = parts.into_iter().flatten().collect();
            ("used", parts.join(", "))
        }
        SourceAnswer::Failed { problem, .. } => ("failed", problem.clone()),
    }
}
