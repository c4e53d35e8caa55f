//! How much of a reference stands beside its digest when it is written down.

use std::str::FromStr;

use crate::digest::Digest;
use crate::reference::Reference;
use crate::tag::Tag;

/// In which words an image is named together with its digest. The digest decides in each of them what is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `[host[:port]/]name@digest`, without the host for Docker Hub.
    #[default]
    Name,
    /// As [`Form::Name`], and keeps the tag: `name:tag@digest`.
    Tag,
    /// As [`Form::Name`], and names the host of Docker Hub too: `docker.io/name@digest`.
    Host,
    /// Both: `docker.io/name:tag@digest`.
    TagHost,
}

/// A text names no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no form of a reference; there are: name, tag, host, tag-host")]
pub struct FormError(String);

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Tag, Self::Host, Self::TagHost];

    /// `reference` with `digest`, in this form. A tag that was left out is `latest`, but not beside a digest.
    pub fn write(self, reference: &Reference, digest: &Digest) -> String {
        let (keeps_tag, keeps_host) = match self {
            Self::Name => (false, false),
            Self::Tag => (true, false),
            Self::Host => (false, true),
            Self::TagHost => (true, true),
        };
        let mut text = match keeps_host || !reference.registry.is_docker_hub() {
            true => reference.name(),
            false => reference.repository.to_string(),
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
    fn docker_hub_is_left_out_unless_it_is_asked_for() {
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
    fn a_digest_that_was_written_needs_no_tag() {
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
    fn other_words_are_refused() {
        let error = "digest".parse::<Form>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`digest` is no form of a reference; there are: name, tag, host, tag-host"
        );
    }
}
