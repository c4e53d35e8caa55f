//! `bindery auth explain`: where the credential for a reference comes from, and who would see it.

use bindery_credentials::{Credential, CredentialFiles, CredentialSource, Location, SearchOutcome};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{AuthAnswer, AuthStep};
use bindery_reference::{Reference, Registry};
use clap::Args;
use serde::Serialize;

use crate::output::{Output, columns};
use crate::plugins;
use crate::session::Session;

/// Tell who is asked for the credential for a reference, what each answers, and what would be sent to whom
///
/// Plugins, files and credential helpers are really asked, one after the other; no registry is. No secret is shown. What cannot be
/// asked is an answer like any other, and no error of this command.
///
/// JSON: `{"registry", "repository", "asked": [{"by", "registries", "plugin", "source", "file", "named_by", "variable", "helper", "answer",
/// "key", "credential", "user", "problem", "hint"}], "outcome", "sent": [{"to", "what", "when"}]}`. `by` is `plugin`, `helper`, `file`,
/// `variable` or `standard-input`; `answer` is `found`, `no-entry`, `absent` (no such file), `other-registry` (the entry is for others),
/// `failed` or `not-asked`; `credential` is `password`, `identity-token` or `registry-token`; `outcome` is `found`, `anonymous` or `failed`;
/// `to` is `registry` or `token-server`. What does not apply is left out
#[derive(Args)]
pub struct Explain {
    /// Reference of an image, as in `quay.io/team/app:1.4`, or a registry; one without a dot in its name has a `/` behind it
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Sheet {
    registry: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    asked: Vec<Row>,
    outcome: Outcome,
    sent: Vec<Sent>,
}

/// One question and its answer.
#[derive(Default, Serialize)]
struct Row {
    /// Who was asked, as a person reads it.
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
    said: Said,
}

#[derive(Default, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
enum Said {
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
enum Outcome {
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
    /// Prints who was asked and what came of it.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let (registry, repository) = self.target()?;
        let mut search = Search::default();
        if !session.configuration()?.auth.is_empty() {
            let found = session.plugins()?;
            plugins::warn(found.problems());
            let path = repository.as_deref().unwrap_or_default();
            let steps = found.search_credential(&registry.to_string(), path, &["pull"]);
            search.take_plugins(steps.map_err(|error| {
                Diagnostic::new(Kind::Internal, error.message).hint(error.hint.unwrap_or_default())
            })?);
        }
        search.take_places(session.logins(), &registry, repository.as_deref());
        let sheet = Sheet {
            registry: registry.to_string(),
            repository,
            outcome: search.outcome,
            sent: sent(search.credential.as_ref()),
            asked: search.asked,
        };
        self.output.write(&sheet, |sheet| text(sheet, &registry))
    }

    /// The registry, and the repository if one is named.
    fn target(&self) -> Result<(Registry, Option<String>), Diagnostic> {
        let text = self.reference.as_str();
        let refuse = |error: bindery_reference::ParseError| {
            let mut failure = Diagnostic::new(Kind::Usage, error.to_string());
            failure.hint = error.hint();
            failure
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

/// The search as far as it has come.
struct Search {
    asked: Vec<Row>,
    outcome: Outcome,
    credential: Option<Credential>,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            asked: Vec::new(),
            outcome: Outcome::Anonymous,
            credential: None,
        }
    }
}

impl Search {
    fn take_plugins(&mut self, steps: Vec<AuthStep<'_>>) {
        for AuthStep {
            entry,
            source,
            answer,
        } in steps
        {
            let registries = entry.registry.as_str();
            let source = source.map(str::to_owned);
            let of = source.iter().map(|source| format!(", source {source}"));
            let of: String = of.collect();
            let place = format!("plugin {}{of} ([[auth]] for {registries})", entry.plugin);
            let said = match answer {
                AuthAnswer::OtherRegistry => Said::OtherRegistry,
                AuthAnswer::NoCredential => Said::NoEntry,
                AuthAnswer::NotAsked => Said::NotAsked,
                AuthAnswer::Found(credential) => self.found(None, credential),
                AuthAnswer::Failed(error) => {
                    self.outcome = Outcome::Failed;
                    let texts = [error.message].into_iter().chain(error.causes);
                    Said::Failed {
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
                said,
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
        if self.outcome != Outcome::Anonymous {
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
            row.said = match step.outcome {
                SearchOutcome::Absent => Said::Absent,
                SearchOutcome::NoEntry => Said::NoEntry,
                SearchOutcome::NotAsked => Said::NotAsked,
                SearchOutcome::Found { key, credential } => self.found(Some(key), credential),
                SearchOutcome::Failed(error) => {
                    if ends_search {
                        self.outcome = Outcome::Failed;
                    }
                    Said::Failed {
                        problem: error.to_line(),
                        hint: error.hint(),
                    }
                }
            };
            self.asked.push(row);
        }
    }

    fn found(&mut self, key: Option<String>, credential: Credential) -> Said {
        let said = Said::Found {
            key,
            credential: CredentialKind::of(&credential),
            user: credential.username().map(str::to_owned),
        };
        self.outcome = Outcome::Found;
        self.credential = Some(credential);
        said
    }
}

impl Row {
    /// A place that was not asked.
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

/// Who would see a credential.
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
                "and to nobody else, if the registry asks for a token (Bearer)",
            ),
        ],
        Some(what @ CredentialKind::IdentityToken) => vec![send(
            Receiver::TokenServer,
            what,
            "by POST and to nobody else, if the registry asks for a token (Bearer)",
        )],
        Some(what @ CredentialKind::RegistryToken) => vec![send(
            Receiver::Registry,
            what,
            "with each request, if it asks for any credential",
        )],
    }
}

fn text(sheet: &Sheet, registry: &Registry) -> String {
    let mut text = format!("registry    {}\n", sheet.registry);
    if let Some(repository) = &sheet.repository {
        text = format!("{text}repository  {repository}\n");
    }
    let rows = sheet.asked.iter().flat_map(|row| {
        let (word, more) = told(&row.said);
        let named_by = row.named_by.map(|name| format!(" ({name})"));
        let mut line = format!("{}{}", row.place, named_by.unwrap_or_default());
        if !more.is_empty() {
            line = format!("{line}: {more}");
        }
        let hint = match &row.said {
            Said::Failed { hint, .. } => hint.as_ref(),
            _ => None,
        };
        let hint = hint.map(|hint| vec![String::new(), format!("hint: {hint}")]);
        [vec![word.to_owned(), line]].into_iter().chain(hint)
    });
    let rows = columns(&rows.collect::<Vec<_>>());
    text = format!("{text}asked\n{}", indented(&rows));
    let sent = sheet.sent.iter().map(|sent| {
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
    let sent: String = match sheet.outcome {
        Outcome::Found => sent.collect(),
        Outcome::Anonymous => "nothing: the registry is asked as anybody\n".to_owned(),
        Outcome::Failed => "nothing: commands that need a credential fail\n".to_owned(),
    };
    format!("{text}sent\n{}", indented(&sent))
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}

/// An answer in a word, and what more there is to it.
fn told(said: &Said) -> (&'static str, String) {
    match said {
        Said::Absent => ("no file", String::new()),
        Said::NoEntry => ("no entry", String::new()),
        Said::OtherRegistry => ("for others", String::new()),
        Said::NotAsked => ("not asked", String::new()),
        Said::Found {
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
        Said::Failed { problem, .. } => ("failed", problem.clone()),
    }
}
