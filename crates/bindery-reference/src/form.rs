//! Forms in which a reference is written with its digest.

use std::str::FromStr;

use crate::digest::Digest;
use crate::reference::Reference;
use crate::tag::Tag;

/// Form of a reference with its digest. In each form the digest determines the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `[host[:port]/]name@digest`, without the host for Docker Hub.
    #[default]
    Name,
    /// [`Form::Name`] with the tag: `name:tag@digest`.
    Tag,
    /// [`Form::Name`] with the host of Docker Hub too: `docker.io/name@digest`.
    Host,
    /// [`Form::Name`] with the tag and the host of Docker Hub: `docker.io/name:tag@digest`.
    TagHost,
}

/// Error for a text that is not the name of a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a form of a reference; the forms are: name, tag, host, tag-host")]
pub struct FormError(String);

impl Form {
    /// All forms.
    pub const ALL: [Self; 4] = [Self::Name, Self::Tag, Self::Host, Self::TagHost];

    /// Returns `reference` with `digest`, in this form. The default tag `latest` is added only to a reference without a digest.
    pub fn write(self, reference: &Reference, digest: &Digest) -> String {
        let (keeps_tag, keeps_host) = match self {
            Self::Name => (false, false),
            Self::Tag => (true, false),
            Self::Host => (false, true),
            Self::TagHost => (true, true),
        };
        let mut text = if keeps_host || !reference.registry.is_docker_hub() {
            reference.name()
        } else {
            reference.repository.to_string()
        };
        let tag = match (&reference.tag, &reference.digest) {
            (Some(tag), _) => Some(tag.as_str()),
            (None, None) => Some(Tag::LATEST),
            (None, Some(_)) => None,
        };
        if let Some(tag) = tag.filter(|_| keeps_tag) {
            text.push(':');
            text.push_str(tag);
        }
        text.push('@');
        text.push_str(digest.as_str());
        text
    }
}

impl FromStr for Form {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        match text {
            "name" => Ok(Self::Name),
            "tag" => Ok(Self::Tag),
            "host" => Ok(Self::Host),
            "tag-host" => Ok(Self::TagHost),
            other => Err(FormError(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[track_caller]
    fn check(reference: &str, expected: [&str; 4]) {
        let reference = Reference::parse(reference).unwrap();
        let digest = Digest::parse(DIGEST).unwrap();
        for (form, expected) in ["name", "tag", "host", "tag-host"].iter().zip(expected) {
            let found = form.parse::<Form>().unwrap().write(&reference, &digest);
            assert_eq!(found, format!("{expected}@{DIGEST}"), "{form}");
        }
    }

    #[test]
    fn the_host_of_docker_hub_is_optional() {
        check(
            "python:3.12",
            [
                "library/python",
                "library/python:3.12",
                "docker.io/library/python",
                "docker.io/library/python:3.12",
            ],
        );
        check(
            "h.example:5000/a/b",
            [
                "h.example:5000/a/b",
                "h.example:5000/a/b:latest",
                "h.example:5000/a/b",
                "h.example:5000/a/b:latest",
            ],
        );
    }

    #[test]
    fn a_reference_with_a_digest_gains_no_tag() {
        check(&format!("h.example/a@{DIGEST}"), ["h.example/a"; 4]);
        check(
            &format!("h.example/a:1@{DIGEST}"),
            [
                "h.example/a",
                "h.example/a:1",
                "h.example/a",
                "h.example/a:1",
            ],
        );
    }

    #[test]
    fn other_names_are_refused() {
        let error = "digest".parse::<Form>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`digest` is not a form of a reference; the forms are: name, tag, host, tag-host"
        );
    }
}
