//! `bindery image resolve`: what references name at this moment.

use std::io::Read;
use std::path::{Path, PathBuf};

use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_oci::Platform;
use bindery_reference::{Form, Note, ParseError, Reference};
use bindery_registry::{ImageQuery, ResolvedImage};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::output::Output;
use crate::session::Session;

use crate::report::warn;

/// Print the digest that each reference names at this moment, one a line, in the order asked
///
/// Of an image for several platforms it is the digest of the index, unless --platform asks for one of them. A reference that holds a
/// digest is answered without asking anybody, unless --verify says so. If any of the references cannot be resolved, all errors are
/// reported and no digest is printed.
///
/// JSON: `{"images": [{"asked", "reference", "digest", "pinned", "media_type", "size"}]}`, where `reference` is what was asked for, in
/// full, and `pinned` is there if --form asks for more than the digest; the last two are missing where the registry did not tell them
#[derive(Args)]
pub struct Resolve {
    /// Reference of an image, as in `quay.io/team/app:1.4`
    #[arg(value_name = "REF", required_unless_present = "from")]
    references: Vec<String>,
    /// Take more references from this file, one a line, `-` for standard input; blank lines and lines that begin with # are skipped
    #[arg(long, value_name = "LIST")]
    from: Option<PathBuf>,
    /// Print the image for this platform, as in `linux/amd64` or `linux/arm/v7`
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
    /// Fail unless each image is there for all of these platforms
    #[arg(long, value_name = "PLATFORM,…", value_delimiter = ',', value_parser = platform)]
    require_platform: Vec<Platform>,
    /// Ask the registry also for references that hold a digest
    #[arg(long)]
    verify: bool,
    /// What to print of each image
    #[arg(long, value_name = "FORM", default_value = "digest")]
    form: Printed,
    #[command(flatten)]
    output: Output,
}

/// What is printed of an image.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Printed {
    /// The digest alone
    Digest,
    /// `host/name@digest`, without the host for Docker Hub
    Name,
    /// As `name`, with the tag: `host/name:tag@digest`
    Tag,
    /// As `name`, with the host also for Docker Hub
    Host,
    /// `host/name:tag@digest`, with the host also for Docker Hub
    TagHost,
}

/// One reference as asked for, and where.
struct Asked {
    text: String,
    /// The list and the line in it; `None` for the command line.
    place: Option<(PathBuf, usize)>,
}

#[derive(Serialize)]
struct Answers {
    images: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    asked: String,
    reference: String,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

impl Printed {
    fn form(self) -> Option<Form> {
        match self {
            Self::Digest => None,
            Self::Name => Some(Form::Name),
            Self::Tag => Some(Form::Tag),
            Self::Host => Some(Form::Host),
            Self::TagHost => Some(Form::TagHost),
        }
    }
}

impl Asked {
    fn refuse(&self, error: &ParseError) -> Diagnostic {
        let status = if self.place.is_some() {
            Kind::Invalid
        } else {
            Kind::Usage
        };
        let mut failure = Diagnostic::new(status, error.to_string());
        failure.hint = error.hint();
        match &self.place {
            Some((list, line)) => failure.at(list, Some((*line, 1))),
            None => failure,
        }
    }
}

impl Row {
    fn new(asked: String, reference: &Reference, image: ResolvedImage, form: Printed) -> Self {
        let descriptor = image.descriptor;
        Self {
            asked,
            reference: reference.to_string(),
            pinned: form
                .form()
                .map(|form| form.write(reference, &descriptor.digest)),
            digest: descriptor.digest.to_string(),
            media_type: descriptor.media_type.map(|it| it.to_string()),
            size: descriptor.size,
        }
    }
}

impl Resolve {
    /// Prints the digests.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        if self.from.as_deref() == Some(Path::new("-"))
            && session.reads_logins_from_standard_input()
        {
            let message = "standard input cannot be both `--from` and `--auth-file`";
            let failure = Diagnostic::new(Kind::Usage, message);
            return Err(failure.hint("write one of them to a file").into());
        }
        let asked = self.asked()?;
        let mut failures = Vec::new();
        let mut references = Vec::with_capacity(asked.len());
        for asked in &asked {
            match Reference::parse(&asked.text) {
                Ok(reference) => references.push(reference),
                Err(error) => failures.push(asked.refuse(&error)),
            }
        }
        Diagnostics::check(failures)?;
        for reference in references
            .iter()
            .filter(|it| it.notes().contains(&Note::ImplicitLatest))
        {
            warn(
                &format!("`{}` has no tag, so `latest` is meant", reference.name()),
                "",
            );
        }

        let client = session.registry()?;
        let query = ImageQuery {
            platform: self.platform.clone(),
            required: self.require_platform.clone(),
            verify: self.verify,
            platforms: false,
        };
        let jobs = session.network()?.jobs.get();
        let answers = session.wait_for(client.resolve_all(&references, &query, jobs))?;

        let mut images = Vec::with_capacity(asked.len());
        let mut failures: Vec<Diagnostic> = Vec::new();
        for ((asked, reference), answer) in asked.into_iter().zip(&references).zip(answers) {
            match answer {
                Ok(image) => images.push(Row::new(asked.text, reference, image, self.form)),
                Err(error) => {
                    let failure = Diagnostic::from(&error);
                    // A reference that is asked for twice fails once.
                    if !failures.contains(&failure) {
                        failures.push(failure);
                    }
                }
            }
        }
        Diagnostics::check(failures)?;
        self.output.write(&Answers { images }, |answers| {
            answers
                .images
                .iter()
                .map(|row| format!("{}\n", row.pinned.as_ref().unwrap_or(&row.digest)))
                .collect()
        })
    }

    /// All references, those of the command line first.
    fn asked(&self) -> Result<Vec<Asked>, Diagnostic> {
        let mut asked: Vec<Asked> = self
            .references
            .iter()
            .map(|text| Asked {
                text: text.clone(),
                place: None,
            })
            .collect();
        if let Some(list) = &self.from {
            let text = read(list).map_err(|error| {
                let message = format!("cannot read the list of references `{}`", list.display());
                Diagnostic::new(Kind::Invalid, message).cause(error)
            })?;
            let lines = text
                .lines()
                .enumerate()
                .map(|(number, line)| (number, line.trim()));
            let references = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
            asked.extend(references.map(|(number, line)| Asked {
                text: line.to_owned(),
                place: Some((list.clone(), number + 1)),
            }));
        }
        Ok(asked)
    }
}

fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text).map_err(|error| format!("{error}; {}", error.hint()))
}

fn read(list: &Path) -> std::io::Result<String> {
    if list != Path::new("-") {
        return std::fs::read_to_string(list);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}
