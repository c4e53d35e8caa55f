//! Docker binder of the suite `aurora`. Its answers are computed from the request, without a registry.

use std::rc::Rc;

use bindery_cluster::Clusters;
use bindery_core::{Answer, Binder, Matcher, Ref, Request, Value};
use bindery_diagnostic::{Diagnostic, Kind};
use sha2::{Digest, Sha256};

/// Registry of clusters that do not name one; its host is not part of an answer.
const DEFAULT_REGISTRY: &str = "https://registry-1.docker.io";

/// Answers `docker.image[name][tag]` for the jobs of one cluster.
pub(crate) struct Docker {
    matcher: Matcher,
    clusters: Rc<Clusters>,
    cluster: String,
}

impl Docker {
    pub(crate) fn of(clusters: Rc<Clusters>, cluster: String) -> Self {
        Self {
            matcher: Matcher::parse("docker.image[*][*]").expect("the pattern is valid"),
            clusters,
            cluster,
        }
    }

    fn answer(&self, name: &str, tag: &str) -> Result<String, String> {
        let cluster = self
            .clusters
            .get(&self.cluster)
            .map_err(|error| error.to_string())?;
        if name.starts_with("missing/") {
            return Err(format!("Unable to resolve image {name}:{tag}"));
        }
        let registry = cluster.get("docker_registry");
        let registry = registry.and_then(|registry| registry.as_str());
        let registry = registry.unwrap_or(DEFAULT_REGISTRY);
        let digest: String = Sha256::digest(format!("{registry}|{name}|{tag}"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let reference = format!("{name}@sha256:{digest}");
        if registry == DEFAULT_REGISTRY {
            return Ok(reference);
        }
        let location = registry
            .split_once("://")
            .map_or(registry, |(_, location)| location);
        let host = location.split('/').next().unwrap_or_default();
        Ok(format!("{host}/{reference}"))
    }
}

impl Binder for Docker {
    fn name(&self) -> &str {
        "docker"
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.matcher.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let answer = |request: &Request| match &request.parts[..] {
            [_, _, name, tag] => self.answer(name, tag),
            parts => Err(format!("{} parts instead of four", parts.len())),
        };
        requests
            .iter()
            .map(|request| match answer(request) {
                Ok(text) => Ok(Answer::new(Value::string(text))),
                Err(message) => Err(Diagnostic::new(Kind::Failed, message)),
            })
            .collect()
    }
}
