//! What is asked of which registry, for one ref.

use bindery_plugin::{BindError, BindErrorKind, Host};
use bindery_reference::{Form, ParseError, Reference, Registry, Repository, Tag};
use bindery_registry::Endpoint;

/// The registry of a cluster that names none.
pub(crate) const DOCKER_HUB: &str = "https://registry-1.docker.io";

/// An image in a cluster's registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    /// The registry's address as the cluster has it.
    pub(crate) address: String,
    /// The image. No `library/` is added to it: job files write it themselves.
    pub(crate) reference: Reference,
}

/// A cluster's registry.
pub(crate) struct Place {
    address: String,
    endpoint: Endpoint,
    form: Option<Form>,
}

impl Place {
    /// The registry of `cluster`, which a ref's job is for.
    pub(crate) fn of(host: &Host, cluster: Option<&str>) -> Result<Self, BindError> {
        let Some(name) = cluster else {
            let message = "an image needs a cluster: it comes from the registry of the cluster";
            return Err(BindError::invalid(message).hint("name the cluster with `--cluster NAME`"));
        };
        let cluster = host.cluster(name).map_err(|error| match error.kind() {
            // That the cluster is not there says nothing about the image.
            BindErrorKind::NotFound => as_invalid(&error),
            _ => error,
        })?;
        let address = cluster
            .text("docker_registry")?
            .unwrap_or(DOCKER_HUB)
            .to_owned();
        let endpoint = Endpoint::parse(&address).map_err(|error| {
            let wrong = BindError::invalid(format!(
                "`docker_registry` of cluster `{name}` is no registry"
            ))
            .because(&error);
            match error.hint() {
                Some(hint) => wrong.hint(hint),
                None => wrong,
            }
        })?;
        let form = cluster.text("docker_image_form")?.map(str::parse::<Form>);
        let form = form.transpose().map_err(|error| {
            let message = format!("`docker_image_form` of cluster `{name}` cannot be used");
            BindError::invalid(message).because(&error)
        })?;
        Ok(Self {
            address,
            endpoint,
            form,
        })
    }

    /// How the cluster wants its images named, if it says so.
    pub(crate) fn form(&self) -> Option<Form> {
        self.form
    }

    /// The address as the cluster has it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What the indices of a ref ask of this registry.
    pub(crate) fn question(&self, name: &str, tag: &str) -> Result<Question, BindError> {
        let invalid = |error: ParseError| {
            let wrong = BindError::invalid(error.to_string());
            match error.hint() {
                Some(hint) => wrong.hint(hint),
                None => wrong,
            }
        };
        let repository = Repository::parse(name).map_err(invalid)?;
        let tag = Tag::parse(tag).map_err(invalid)?;
        let registry = match &self.endpoint.registry {
            hub if hub.is_docker_hub() => Registry::docker_hub(),
            other => other.clone(),
        };
        Ok(Question {
            address: self.address.clone(),
            reference: Reference::new(registry, repository, tag),
        })
    }
}

impl Question {
    /// The image's name as containers are told: with the registry's host, but for Docker Hub.
    pub(crate) fn name(&self) -> String {
        if self.reference.registry.is_docker_hub() {
            self.reference.repository.to_string()
        } else {
            self.reference.name()
        }
    }

    /// The first part of the name, if it looks like a registry: people write one where there is no place for it.
    pub(crate) fn registry_in_name(&self) -> Option<&str> {
        let (first, _) = self.reference.repository.as_str().split_once('/')?;
        (first.contains('.') || first == "localhost").then_some(first)
    }
}

fn as_invalid(error: &BindError) -> BindError {
    let mut invalid = BindError::invalid(error.message());
    for cause in error.causes() {
        invalid = invalid.cause(cause);
    }
    match error.hint_text() {
        Some(hint) => invalid.hint(hint),
        None => invalid,
    }
}
