//! `bindery image referrers`: what refers to an image.

use std::collections::BTreeMap;

use bindery_diagnostic::{Diagnostic, Diagnostics};
use bindery_registry::Referrer;
use clap::Args;
use serde::Serialize;

use crate::output::Output;
use crate::registry::parse_reference;
use crate::session::Session;

/// Print what refers to an image: signatures, attestations, bills of materials
///
/// One a line, in the registry's order: the digest and, if it is known, the type of the artifact. Where a registry keeps no such list
/// (OCI distribution 1.1), the tag that stands for it is read.
///
/// JSON: `{"reference", "referrers": [{"digest", "media_type", "artifact_type", "size", "annotations"}]}`; of a referrer only the digest
/// and the annotations are always there
#[derive(Args)]
pub struct Referrers {
    /// Reference of an image, as in `quay.io/team/app:1.4`
    #[arg(value_name = "REF")]
    reference: String,
    /// Only artifacts of this type, as in `application/vnd.dev.cosign.artifact.sig.v1+json`
    #[arg(long = "type", value_name = "TYPE")]
    artifact_type: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Answer {
    reference: String,
    referrers: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    annotations: BTreeMap<String, String>,
}

impl Row {
    fn new(found: Referrer) -> Self {
        Self {
            digest: found.descriptor.digest.to_string(),
            media_type: found.descriptor.media_type.map(|it| it.to_string()),
            artifact_type: found.artifact_type,
            size: found.descriptor.size,
            annotations: found.annotations,
        }
    }

    fn line(&self) -> String {
        match &self.artifact_type {
            Some(kind) => format!("{} {kind}\n", self.digest),
            None => format!("{}\n", self.digest),
        }
    }
}

impl Referrers {
    /// Prints them.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let reference = parse_reference(&self.reference)?;
        let client = session.registry()?;
        let found =
            session.wait_for(client.referrers(&reference, self.artifact_type.as_deref()))?;
        let found = found.map_err(|error| Diagnostic::from(&error))?;
        let answer = Answer {
            reference: reference.to_string(),
            referrers: found.into_iter().map(Row::new).collect(),
        };
        self.output.write(&answer, |answer| {
            answer.referrers.iter().map(Row::line).collect()
        })
    }
}
