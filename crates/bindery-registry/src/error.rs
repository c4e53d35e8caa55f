//! Why a reference has no descriptor.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bindery_credentials::KeychainError;
use bindery_reference::{Digest, ParseError};
use bindery_secret::RedactedUrl;

use crate::answer::Answer;
use crate::mirrors::Cause;
use crate::oci::{ManifestProblem, Platform};
use crate::subject::{Part, Subject};
use crate::token::{ChallengeError, TokenProblem};

/// Why a registry did not tell what a reference names.
///
/// Each message names registry, repository and tag; the request and the server's own words are in `source()`.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry does not have it.
    #[error("{}", Absent(reference, *missing))]
    NotFound {
        /// What was asked for.
        reference: Arc<Subject>,
        /// How much of it is not there.
        missing: Missing,
        /// What the registry said.
        source: Arc<Answer>,
    },
    /// The registry has it, but in a format that was not asked for.
    #[error("`{}` has `{}` only in a format that this client does not read", reference.registry, reference.in_registry())]
    OtherFormat {
        /// What was asked for.
        reference: Arc<Subject>,
        /// What the registry said.
        source: Arc<Answer>,
    },
    /// The registry, or its token server, does not let us.
    #[error("{}", Refused(reference, user.as_deref(), why))]
    Denied {
        /// What was asked for.
        reference: Arc<Subject>,
        /// As whom we asked.
        user: Option<Arc<str>>,
        /// What was the matter.
        why: Denial,
        /// What was said.
        source: Arc<Answer>,
    },
    /// The registry answers too many requests for its liking.
    #[error("`{}` asks to wait {}before `{}` is asked for again", reference.registry, Wait(*retry_after), reference.in_registry())]
    RateLimited {
        /// What was asked for.
        reference: Arc<Subject>,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
        /// What was said.
        source: Arc<Answer>,
    },
    /// Nobody answered.
    #[error("`{server}` does not answer for `{reference}`")]
    NoAnswer {
        /// Who did not: the registry or its token server.
        server: Arc<str>,
        /// What was asked for.
        reference: Arc<Subject>,
        /// Why.
        source: Arc<bindery_http::Error>,
    },
    /// The answer cannot be used as it came: too long, or redirected to where we do not go; or our own settings are wrong.
    #[error("`{reference}` cannot be asked for at `{server}`")]
    Exchange {
        /// Who was asked: the registry or its token server.
        server: Arc<str>,
        /// What was asked for.
        reference: Arc<Subject>,
        /// Why.
        source: Arc<bindery_http::Error>,
    },
    /// The registry says one digest and sends the bytes of another.
    #[error("`{reference}` does not match its digest: `{}` says `{told}` and sends `{found}`", reference.registry)]
    Mismatch {
        /// What was asked for.
        reference: Arc<Subject>,
        /// The digest in the answer's header or in the reference.
        told: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// What came under the tag is no manifest.
    #[error("`{}` sends no manifest for `{}`", reference.registry, reference.in_registry())]
    NoManifest {
        /// What was asked for.
        reference: Arc<Subject>,
        /// Why it is none.
        source: ManifestProblem,
    },
    /// There is no image for a platform that was asked for.
    #[error("`{reference}` has no image for {}", Listed(wanted))]
    NoPlatform {
        /// What was asked for.
        reference: Arc<Subject>,
        /// The platforms that are missing.
        wanted: Vec<Platform>,
        /// The platforms that are there, in the order of the index.
        available: Vec<Platform>,
    },
    /// A platform was asked for, and what came has none: it is an artifact, or does not say.
    #[error("`{reference}` tells no platform: {why}")]
    NoImage {
        /// What was asked for.
        reference: Arc<Subject>,
        /// What it is in place of an image.
        why: String,
    },
    /// Indexes point at indexes without end.
    #[error("`{reference}` is an index of too many indexes")]
    Nested {
        /// What was asked for.
        reference: Arc<Subject>,
    },
    /// A list is not one, or does not come to an end.
    #[error("`{}` does not list what `{}` has", reference.registry, reference.repository)]
    NoList {
        /// What was asked for.
        reference: Arc<Subject>,
        /// What is wrong with the list.
        source: ListProblem,
    },
    /// The registry wants something before it answers, and does not say what in a way that we understand.
    #[error("`{registry}` wants a credential and does not say which")]
    Challenge {
        /// The registry.
        registry: Arc<str>,
        /// What is wrong with its words.
        source: ChallengeError,
    },
    /// The registry sends us for a token to where it would be in the open.
    #[error("`{registry}` has its tokens at `{realm}`, which is not protected by TLS")]
    Realm {
        /// The registry.
        registry: Arc<str>,
        /// Where.
        realm: RedactedUrl,
    },
    /// The registry sends us for a token to what is no address.
    #[error("`{registry}` has its tokens at `{realm}`, which is no http or https address")]
    RealmAddress {
        /// The registry.
        registry: Arc<str>,
        /// Where.
        realm: RedactedUrl,
    },
    /// The token server's answer holds no token.
    #[error("`{realm}` gives no token for `{reference}`")]
    NoToken {
        /// What the token is for.
        reference: Arc<Subject>,
        /// The token server.
        realm: RedactedUrl,
        /// What is wrong with its answer.
        source: TokenProblem,
    },
    /// An answer that makes no sense here, or tells of trouble on the server's side.
    #[error("`{server}` does not tell what `{reference}` is")]
    Unexpected {
        /// Who answered: the registry or its token server.
        server: Arc<str>,
        /// What was asked for.
        reference: Arc<Subject>,
        /// What was said.
        source: Arc<Answer>,
    },
    /// The registry's own error, after its mirrors were of no use either.
    #[error("{own}")]
    AfterMirrors {
        /// What came of asking the registry itself.
        own: Arc<Error>,
        /// Its causes, and why each mirror was passed over.
        source: Arc<Cause>,
    },
    /// Our own side could not tell who we are.
    #[error("the credential for `{registry}` cannot be had")]
    Keychain {
        /// The registry.
        registry: Arc<str>,
        /// Why.
        source: KeychainError,
    },
}

/// What is wrong with a list that a registry sends page by page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListProblem {
    /// A page is no JSON of the protocol.
    #[error("the answer is not what a registry sends: {0}")]
    NotJson(String),
    /// A tag in it is none.
    #[error("it lists a tag that is none")]
    Tag(#[source] ParseError),
    /// A page points at one that was read before.
    #[error("page `{0}` follows itself")]
    Loop(RedactedUrl),
    /// A page points at another server, or at nothing.
    #[error("the next page would be at `{0}`, which is not the registry's")]
    Elsewhere(RedactedUrl),
    /// It has more pages or entries than any repository.
    #[error("it has more than {0}")]
    TooLong(&'static str),
    /// The tag that is to list them names something else.
    #[error("the tag `{0}` is kept for the list, and holds something else")]
    TagTaken(String),
}

/// How much of a reference a registry does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// The repository.
    Repository,
    /// The tag or digest; some registries say so as well when the repository is not there.
    Manifest,
}

/// What was the matter with our right to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// A credential is wanted, and none is known.
    NoCredential,
    /// The credential is known to the registry, or none was wanted, and that is not enough. For tokens, with the scope asked for.
    NotEnough {
        /// The scope of the token that was refused.
        scope: Option<String>,
    },
    /// The user name or password is wrong.
    WrongCredential {
        /// Who says so: the registry or its token server.
        server: Arc<str>,
    },
}

/// What people do different things about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It is not there (404).
    NotFound,
    /// We may not (401, 403).
    Denied,
    /// Nobody answered.
    NoAnswer,
    /// Everything else.
    Failed,
}

impl Error {
    /// What came of asking the registry itself, whatever its mirrors said.
    pub fn at_registry(&self) -> &Self {
        match self {
            Error::AfterMirrors { own, .. } => own,
            error => error,
        }
    }

    /// Which kind of trouble it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::NotFound { .. } | Error::NoPlatform { .. } => ErrorKind::NotFound,
            Error::Denied { .. } => ErrorKind::Denied,
            Error::NoAnswer { .. } => ErrorKind::NoAnswer,
            // Somebody saw to it that nobody was asked: no answer either.
            Error::Exchange { source, .. }
                if matches!(**source, bindery_http::Error::Offline { .. }) =>
            {
                ErrorKind::NoAnswer
            }
            Error::AfterMirrors { own, .. } => own.kind(),
            _ => ErrorKind::Failed,
        }
    }

    /// What to do about it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::NotFound {
                reference, missing, ..
            } => Some(match missing {
                _ if is_short_on_hub(reference) => library_hint(reference),
                Missing::Repository => format!("check the spelling of `{}`", reference.repository),
                Missing::Manifest if reference.part == Part::Blob => {
                    "ask who runs the registry: the image is not whole".into()
                }
                Missing::Manifest => format!(
                    "check the spelling, and that `{}` was pushed to `{}`",
                    reference.manifest_name(),
                    reference.name()
                ),
            }),
            Error::OtherFormat { .. } => {
                Some("push the image again as an OCI or Docker schema 2 image".into())
            }
            Error::Denied {
                reference,
                why,
                user,
                ..
            } => Some(match (why, user) {
                (Denial::NoCredential, _) if reference.registry.is_docker_hub() => {
                    hub_hint(reference)
                }
                (Denial::NoCredential, _) => format!(
                    "give a credential for `{}`, as through an `[[auth]]` entry",
                    reference.registry
                ),
                (Denial::WrongCredential { .. }, Some(_)) => {
                    "check user name and password; they may have been changed".into()
                }
                (Denial::WrongCredential { .. }, None) => {
                    "log in again: tokens end, and may be taken back".into()
                }
                (Denial::NotEnough { .. }, None) if reference.registry.is_docker_hub() => {
                    hub_hint(reference)
                }
                (Denial::NotEnough { .. }, None) => format!(
                    "check the spelling; if it is right, give a credential for `{}`, as through an `[[auth]]` entry",
                    reference.registry
                ),
                (Denial::NotEnough { .. }, Some(user)) => format!(
                    "check the spelling; some registries say this of what they do not have; else ask for `{user}` to be let in"
                ),
            }),
            Error::RateLimited { reference, .. } => Some(format!(
                "wait, or give a credential for `{}`: registries let known users ask more often",
                reference.registry
            )),
            Error::NoAnswer { source, .. } | Error::Exchange { source, .. } => source.hint(),
            Error::Mismatch { .. } => Some(
                "do not use the image; ask who runs the registry, or the cache in front of it"
                    .into(),
            ),
            Error::NoPlatform { available, .. } if available.is_empty() => {
                Some("it has none that names its platform".into())
            }
            Error::NoPlatform { available, .. } => {
                Some(format!("there is one for {}", Listed(available)))
            }
            Error::NoImage { .. } => Some("ask for it without a platform".into()),
            Error::Nested { .. } => {
                Some("name the image by its digest, or ask who pushed it".into())
            }
            Error::NoList {
                source: ListProblem::TagTaken(tag),
                ..
            } => Some(format!("ask who pushed `{tag}` to give it another name")),
            Error::NoManifest { .. } | Error::NoList { .. } => Some(
                "check that the address is a registry's, and not that of a page in front of it"
                    .into(),
            ),
            Error::Challenge { .. } | Error::RealmAddress { .. } | Error::NoToken { .. } => {
                Some("ask who runs the registry to check its `auth` settings".into())
            }
            Error::Realm { registry, .. } => Some(format!(
                "if the network is trusted, `insecure = true` in the `[registry.\"{registry}\"]` table allows it"
            )),
            Error::Unexpected { source, .. } if source.retry_after.is_some() => Some(format!(
                "try again later; the server asks to wait {}",
                Wait(source.retry_after).to_string().trim_end()
            )),
            Error::Unexpected { source, .. } if source.status.is_server_error() => {
                Some("try again later, or ask who runs the server".into())
            }
            Error::Unexpected { .. } => Some("check that the address is a registry's".into()),
            Error::Keychain { source, .. } => source.hint(),
            Error::AfterMirrors { own, .. } => own.hint(),
        }
    }
}

fn is_short_on_hub(reference: &Subject) -> bool {
    reference.registry.is_docker_hub() && !reference.repository.as_str().contains('/')
}

fn library_hint(reference: &Subject) -> String {
    format!(
        "Docker's official images are kept under `library/`: write `library/{}`",
        reference.repository
    )
}

/// Docker Hub does not tell a missing repository from a private one.
fn hub_hint(reference: &Subject) -> String {
    if is_short_on_hub(reference) {
        library_hint(reference)
    } else {
        format!(
            "check the spelling of `{}`; if it is private, give a credential for `docker.io`",
            reference.repository
        )
    }
}

struct Absent<'a>(&'a Subject, Missing);

impl fmt::Display for Absent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Absent(reference, missing) = self;
        let name = reference.name();
        match (missing, &reference.digest) {
            (Missing::Repository, _) => write!(f, "no repository `{name}`"),
            (Missing::Manifest, Some(digest)) if reference.part == Part::Blob => {
                write!(f, "no blob `{digest}` in `{name}`")
            }
            (Missing::Manifest, Some(digest)) => write!(f, "no manifest `{digest}` in `{name}`"),
            (Missing::Manifest, None) => {
                write!(f, "no tag `{}` in `{name}`", reference.manifest_name())
            }
        }
    }
}

struct Refused<'a>(&'a Subject, Option<&'a str>, &'a Denial);

impl fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused(reference, user, why) = self;
        let registry = &reference.registry;
        let what = reference.in_registry();
        match (why, user) {
            (Denial::NoCredential, _) => write!(
                f,
                "`{registry}` wants a credential for `{what}`, and none is known"
            ),
            (Denial::WrongCredential { server }, Some(user)) => write!(
                f,
                "`{server}` does not accept the credential of user `{user}` for `{reference}`"
            ),
            (Denial::WrongCredential { server }, None) => {
                write!(
                    f,
                    "`{server}` does not accept the token it was shown for `{reference}`"
                )
            }
            (Denial::NotEnough { scope }, user) => {
                match user {
                    Some(user) => write!(f, "`{registry}` refuses `{what}` to user `{user}`")?,
                    None => write!(f, "`{registry}` refuses `{what}` to anonymous users")?,
                }
                match scope {
                    Some(scope) => write!(f, " (scope `{scope}`)"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// How many platforms a message names.
const SHOWN_PLATFORMS: usize = 40;

struct Listed<'a>(&'a [Platform]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, platform) in self.0.iter().take(SHOWN_PLATFORMS).enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}`{platform}`")?;
        }
        match self.0.len().checked_sub(SHOWN_PLATFORMS) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}

struct Wait(Option<Duration>);

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(time) => write!(f, "{} s ", time.as_secs()),
            None => Ok(()),
        }
    }
}
