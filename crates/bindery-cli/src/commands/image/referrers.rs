//! `bindery image referrers`: artifacts that refer to an image.

use std::collections::BTreeMap;

use bindery_diagnostic::{Diagnostic, Diagnostics};
use bindery_registry::Referrer;
use clap::Args;
use serde::Serialize;

use crate::output::Output;
use crate::registry::parse_reference;
use crate::session::Session;

/// Print the signatures, attestations and other artifacts of an image
///
/// Prints a line per artifact in the order of the registry: the digest and, if known, the type. If a registry does not support the list of
/// referrers (OCI distribution 1.1), reads the referrers tag.
///
/// JSON: `{"reference", "referrers": [{"digest", "media_type", "artifact_type", "size", "annotations"}]}`; members of a referrer
/// other than `digest` and `annotations` may be missing
#[derive(Args)]
pub struct Referrers {
    /// Image reference, as in `quay.io/team/app:1.4`
    #[arg(value_name = "REF")]
    reference: String,
    /// Print only artifacts of this type, as in `application/vnd.dev.cosign.artifact.sig.v1+json`
    #[arg(long = "type", value_name = "TYPE")]
    artifact_type: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct ReferrerList {
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
    fn new(referrer: Referrer) -> Self {
        Self {
            digest: referrer.descriptor.digest.to_string(),
            media_type: referrer
                .descriptor
                .media_type
                .map(|media_type| media_type.to_string()),
            artifact_type: referrer.artifact_type,
            size: referrer.descriptor.size,
            annotations: referrer.annotations,
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
    /// Prints the referrers.
    pub fn run(&self, session: &Session<'_>) -> Result<(), Diagnostics> {
        let reference = parse_reference(&self.reference)?;
        let client = session.registry()?;
        let referrers =
            session.wait_for(client.referrers(&reference, self.artifact_type.as_deref()))?;
        let referrers = referrers.map_err(|error| Diagnostic::from(&error))?;
        let list = ReferrerList {
            reference: reference.to_string(),
            referrers: referrers.into_iter().map(Row::new).collect(),
        };
        self.output
            .write(&list, |list| list.referrers.iter().map(Row::line).collect())
    }
}
