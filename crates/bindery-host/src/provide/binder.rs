//! A plugin's binder, as the template core sees binders.

use std::sync::Arc;

use bindery_abi::{
    Request as AbiRequest,
    stable::{RString, RVec},
};
use bindery_core::{Answer, Binder, Matcher, Ref, Request};
use bindery_diagnostic::Diagnostic;

use crate::{BinderDescription, Plugin, provide::credentials::Chain};

/// A binder of a plugin. The plugin is opened when the binder is first asked.
pub struct PluginBinder {
    chain: Arc<Chain>,
    place: usize,
    name: String,
    matcher: Matcher,
    reviews: bool,
    cluster: String,
}

impl PluginBinder {
    /// The binder that the plugin at `place` describes so; its pattern was checked when the file was read.
    pub(crate) fn new(
        chain: Arc<Chain>,
        place: usize,
        binder: &BinderDescription,
        cluster: Option<&str>,
    ) -> Self {
        Self {
            chain,
            place,
            name: binder.name.clone(),
            matcher: Matcher::parse(&binder.pattern)
                .expect("patterns are checked when a file is read"),
            reviews: binder.reviews,
            cluster: cluster.unwrap_or_default().to_owned(),
        }
    }

    /// The plugin.
    pub fn plugin(&self) -> &Plugin {
        &self.chain.plugins[self.place]
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
        let asked = requests.iter().map(|request| AbiRequest {
            binder: self.name.as_str().into(),
            address: request.address.address().into(),
            parts: request
                .parts
                .iter()
                .map(|part| part.as_str().into())
                .collect::<RVec<RString>>(),
            cluster: self.cluster.as_str().into(),
        });
        match self.plugin().bind(asked.collect()) {
            Ok(answers) => answers,
            Err(error) => requests.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn review(&self, recalled: &[(Request, Answer)]) -> Vec<Result<(), Diagnostic>> {
        if !self.reviews {
            return recalled.iter().map(|_| Ok(())).collect();
        }
        match self.plugin().review(&self.name, &self.cluster, recalled) {
            Ok(reviews) => reviews,
            Err(error) => recalled.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}
