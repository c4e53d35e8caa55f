//! Binders of plugins, as the template core calls them.

use std::sync::Arc;

use bindery_abi::Request as AbiRequest;
use bindery_abi::stable::{RString, RVec};
use bindery_core::{Answer, Binder, Matcher, Ref, Request};
use bindery_diagnostic::Diagnostic;
use serde::Deserialize;
use serde_json::json;

use crate::description::BinderDescription;
use crate::failure::WireFailure;
use crate::plugin::Plugin;
use crate::provide::answer::{read_answer, to_json};

/// Binder of a plugin. The plugin is opened when the binder is first asked.
pub struct PluginBinder {
    plugins: Arc<[Plugin]>,
    index: usize,
    name: String,
    matcher: Matcher,
    reviews: bool,
    cluster: String,
}

impl PluginBinder {
    /// Creates the described binder of the plugin at `index`; the pattern must be valid.
    pub(crate) fn new(
        plugins: Arc<[Plugin]>,
        index: usize,
        binder: &BinderDescription,
        cluster: Option<&str>,
    ) -> Self {
        Self {
            plugins,
            index,
            name: binder.name.clone(),
            matcher: Matcher::parse(&binder.pattern)
                .expect("the inspection of a plugin checks its patterns"),
            reviews: binder.reviews,
            cluster: cluster.unwrap_or_default().to_owned(),
        }
    }

    /// Returns the plugin.
    pub fn plugin(&self) -> &Plugin {
        &self.plugins[self.index]
    }

    fn bind_all(
        &self,
        requests: &[Request],
    ) -> Result<Vec<Result<Answer, Diagnostic>>, Diagnostic> {
        let plugin = self.plugin();
        let batch = requests.iter().map(|request| AbiRequest {
            binder: self.name.as_str().into(),
            address: request.address.address().into(),
            parts: request
                .parts
                .iter()
                .map(|part| part.as_str().into())
                .collect::<RVec<RString>>(),
            cluster: self.cluster.as_str().into(),
        });
        let answers = plugin.bind(batch.collect())?.into_iter();
        let read = |answer| read_answer(answer).map_err(|did| plugin.fault(&did));
        Ok(answers.map(|answer| answer.and_then(read)).collect())
    }

    fn review_all(
        &self,
        recalled: &[(Request, Answer)],
    ) -> Result<Vec<Result<(), Diagnostic>>, Diagnostic> {
        let plugin = self.plugin();
        let cluster = (!self.cluster.is_empty()).then_some(&self.cluster);
        let answers: Vec<_> = recalled
            .iter()
            .map(|(request, answer)| {
                json!({
                    "address": request.address.address(),
                    "parts": request.parts,
                    "cluster": cluster,
                    "value": to_json(&answer.value),
                    "evidence": answer.evidence.value().map(to_json),
                })
            })
            .collect();
        let input = json!({"binder": self.name, "recalled": answers});
        let reviews = plugin.call("binder.review", &input)?;
        let reviews: Vec<Option<WireFailure>> = Deserialize::deserialize(reviews)
            .map_err(|_| plugin.fault("gave a review of an unknown form"))?;
        if reviews.len() != recalled.len() {
            let (gave, asked) = (reviews.len(), recalled.len());
            return Err(plugin.fault(&format!("gave {gave} reviews of {asked} answers")));
        }
        let read = |failure: Option<WireFailure>| match failure {
            None => Ok(()),
            Some(failure) => Err(plugin.convert(failure)),
        };
        Ok(reviews.into_iter().map(read).collect())
    }
}

impl Binder for PluginBinder {
    fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.matcher.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let answers = self.bind_all(requests);
        answers.unwrap_or_else(|error| vec![Err(error); requests.len()])
    }

    fn review(&self, recalled: &[(Request, Answer)]) -> Vec<Result<(), Diagnostic>> {
        if !self.reviews {
            return vec![Ok(()); recalled.len()];
        }
        let reviews = self.review_all(recalled);
        reviews.unwrap_or_else(|error| vec![Err(error); recalled.len()])
    }
}
