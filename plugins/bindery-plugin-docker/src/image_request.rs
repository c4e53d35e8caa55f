//! Image that a ref asks for, and the registry of its cluster.

use bindery_plugin::{BindError, BindErrorKind, Host};
use bindery_reference::{Form, ParseError, Reference, Registry, Repository, Tag};
use bindery_registry::Endpoint;

/// Registry of a cluster that names none.
pub(crate) const DOCKER_HUB: &str = "https://registry-1.docker.io";

/// Image that a ref asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ImageRequest {
    /// Address of the registry, as the cluster has it.
    pub(crate) address: String,
    /// Reference of the image. `library/` is not added, since job files contain it.
    pub(crate) reference: Reference,
}

/// Registry of a cluster.
pub(crate) struct ClusterRegistry {
    address: String,
    endpoint: Endpoint,
    form: Option<Form>,
}

impl ClusterRegistry {
    /// Returns the registry of `cluster`, the cluster of the job that contains a ref.
    pub(crate) fn find(host: &Host, cluster: Option<&str>) -> Result<Self, BindError> {
        let Some(name) = cluster else {
            let message = "an image needs a cluster, whose registry it is in";
            return Err(BindError::invalid(message).hint("name the cluster with `--cluster NAME`"));
        };
        let cluster = host.cluster(name).map_err(|error| match error.kind() {
            // An unknown cluster does not mean that the image does not exist.
            BindErrorKind::NotFound => as_invalid(&error),
            _ => error,
        })?;
        let address = cluster
            .text("docker_registry")?
            .unwrap_or(DOCKER_HUB)
            .to_owned();
        let endpoint = Endpoint::parse(&address).map_err(|error| {
            let message = format!("`docker_registry` of cluster `{name}` is not a registry");
            with_hint(BindError::invalid(message).because(&error), error.hint())
        })?;
        let form = cluster.text("docker_image_form")?.map(str::parse::<Form>);
        let form = form.transpose().map_err(|error| {
            let message = format!("invalid `docker_image_form` of cluster `{name}`");
            BindError::invalid(message).because(&error)
        })?;
        Ok(Self {
            address,
            endpoint,
            form,
        })
    }

    /// Returns the form of image names, if the cluster has one.
    pub(crate) fn form(&self) -> Option<Form> {
        self.form
    }

    /// Returns the address, as the cluster has it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Returns the request for an image of this registry; `name` and `tag` are the indices of a ref.
    pub(crate) fn request(&self, name: &str, tag: &str) -> Result<ImageRequest, BindError> {
        let invalid =
            |error: ParseError| with_hint(BindError::invalid(error.to_string()), error.hint());
        let repository = Repository::parse(name).map_err(invalid)?;
        let tag = Tag::parse(tag).map_err(invalid)?;
        let registry = match &self.endpoint.registry {
            hub if hub.is_docker_hub() => Registry::docker_hub(),
            other => other.clone(),
        };
        Ok(ImageRequest {
            address: self.address.clone(),
            reference: Reference::new(registry, repository, tag),
        })
    }
}

impl ImageRequest {
    /// Returns the name for containers: with the host of the registry, except for Docker Hub.
    pub(crate) fn name(&self) -> String {
        if self.reference.registry.is_docker_hub() {
            self.reference.repository.to_string()
        } else {
            self.reference.name()
        }
    }

    /// Returns the first component of the name if it looks like a registry, which a ref cannot name.
    pub(crate) fn registry_in_name(&self) -> Option<&str> {
        let (first, _) = self.reference.repository.as_str().split_once('/')?;
        (first.contains('.') || first == "localhost").then_some(first)
    }
}

/// Returns `error` with the kind `Invalid`.
fn as_invalid(error: &BindError) -> BindError {
    let mut invalid = BindError::invalid(error.message());
    for cause in error.causes() {
        invalid = invalid.cause(cause);
    }
    with_hint(invalid, error.hint_text().map(str::to_owned))
}

/// Returns `error` with a hint, if there is one.
pub(crate) fn with_hint(error: BindError, hint: Option<String>) -> BindError {
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
