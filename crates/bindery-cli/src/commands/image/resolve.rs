//! `bindery image resolve`: digests of image references.

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

/// Print the digest each image reference resolves to
///
/// Prints one digest per line, in the order of the references. An image for several platforms resolves to the digest of its index, unless
/// --platform selects a platform. A reference with a digest is not sent to the registry, unless --verify is given. If a reference cannot be
/// resolved, all errors are reported and no digest is printed.
///
/// JSON: `{"images": [{"asked", "reference", "digest", "pinned", "media_type", "size"}]}`, where `reference` is the canonical
/// reference, and `pinned` is present if --form is not `digest`. `media_type` and `size` are missing if the registry did not report them
#[derive(Args)]
pub struct Resolve {
    /// Image reference, as in `quay.io/team/app:1.4`
    #[arg(value_name = "REF", required_unless_present = "from")]
    references: Vec<String>,
    /// Read more references from a file, one per line, `-` for standard input; blank lines and lines that begin with # are skipped
    #[arg(long, value_name = "LIST")]
    from: Option<PathBuf>,
    /// Resolve to the image for this platform, as in `linux/amd64` or `linux/arm/v7`
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
    /// Fail unless each image is available for these platforms
    #[arg(long, value_name = "PLATFORM,…", value_delimiter = ',', value_parser = platform)]
    require_platform: Vec<Platform>,
    /// Query the registry for references with a digest, too
    #[arg(long)]
    verify: bool,
    /// Print each image in this form
    #[arg(long, value_name = "FORM", default_value = "digest")]
    form: PrintedForm,
    #[command(flatten)]
    output: Output,
}

/// Form in which an image is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PrintedForm {
    /// The digest alone
    Digest,
    /// `host/name@digest`, without the host for Docker Hub
    Name,
    /// Same as `name`, with the tag: `host/name:tag@digest`
    Tag,
    /// Same as `name`, with the host for Docker Hub, too
    Host,
    /// `host/name:tag@digest`, with the host for Docker Hub, too
    TagHost,
}

/// Reference of the command line or of a list.
struct Argument {
    text: String,
    /// List and line number; `None` for the command line.
    place: Option<(PathBuf, usize)>,
}

#[derive(Serialize)]
struct ImageList {
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

impl PrintedForm {
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

impl Argument {
    fn invalid(&self, error: &ParseError) -> Diagnostic {
        let status = if self.place.is_some() {
            Kind::Invalid
        } else {
            Kind::Usage
        };
        let mut diagnostic = Diagnostic::new(status, error.to_string());
        diagnostic.hint = error.hint();
        match &self.place {
            Some((list, line)) => diagnostic.at(list, Some((*line, 1))),
            None => diagnostic,
        }
    }
}

impl Row {
    fn new(asked: String, reference: &Reference, image: ResolvedImage, form: PrintedForm) -> Self {
        let descriptor = image.descriptor;
        Self {
            asked,
            reference: reference.to_string(),
            pinned: form
                .form()
                .map(|form| form.write(reference, &descriptor.digest)),
            digest: descriptor.digest.to_string(),
            media_type: descriptor
                .media_type
                .map(|media_type| media_type.to_string()),
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
            let error = Diagnostic::new(Kind::Usage, message);
            return Err(error.hint("write one of them to a file").into());
        }
        let arguments = self.arguments()?;
        let mut errors = Vec::new();
        let mut references = Vec::with_capacity(arguments.len());
        for argument in &arguments {
            match Reference::parse(&argument.text) {
                Ok(reference) => references.push(reference),
                Err(error) => errors.push(argument.invalid(&error)),
            }
        }
        Diagnostics::check(errors)?;
        for reference in references
            .iter()
            .filter(|reference| reference.notes().contains(&Note::ImplicitLatest))
        {
            warn(
                &format!("`{}` has no tag; using `latest`", reference.name()),
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

        let mut images = Vec::with_capacity(arguments.len());
        let mut errors: Vec<Diagnostic> = Vec::new();
        for ((argument, reference), answer) in arguments.into_iter().zip(&references).zip(answers) {
            match answer {
                Ok(image) => images.push(Row::new(argument.text, reference, image, self.form)),
                Err(error) => {
                    let diagnostic = Diagnostic::from(&error);
                    // A reference that is given twice fails once.
                    if !errors.contains(&diagnostic) {
                        errors.push(diagnostic);
                    }
                }
            }
        }
        Diagnostics::check(errors)?;
        self.output.write(&ImageList { images }, |list| {
            list.images
                .iter()
                .map(|row| format!("{}\n", row.pinned.as_ref().unwrap_or(&row.digest)))
                .collect()
        })
    }

    /// Returns the references of the command line, then the references of the list.
    fn arguments(&self) -> Result<Vec<Argument>, Diagnostic> {
        let mut arguments: Vec<Argument> = self
            .references
            .iter()
            .map(|text| Argument {
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
            arguments.extend(references.map(|(number, line)| Argument {
                text: line.to_owned(),
                place: Some((list.clone(), number + 1)),
            }));
        }
        Ok(arguments)
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
