//! Reference of an image.

use std::fmt;
use std::str::FromStr;

use crate::digest::Digest;
use crate::error::{NamePart, ParseError, ParseErrorKind};
use crate::registry::Registry;
use crate::repository::Repository;
use crate::tag::Tag;

/// Maximum length of registry and repository together in older tools, in bytes.
const MAX_NAME_IN_OLDER_TOOLS: usize = 255;

/// Reference of an image.
///
/// `Display` formats the canonical form: registry and repository in full, then the tag (`latest` if there is neither tag nor digest), then
/// the digest. Parsing the canonical form returns an equal reference, with two exceptions: the default tag `latest` becomes explicit, and a
/// one-part repository on Docker Hub that was created by [`Reference::new`] gains `library/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Registry.
    pub registry: Registry,
    /// Repository in the registry.
    pub repository: Repository,
    /// Tag, if the reference has one. Has no effect in a reference with a digest.
    pub tag: Option<Tag>,
    /// Digest, if the reference has one. It determines the image.
    pub digest: Option<Digest>,
}

/// Remark on a valid reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The reference has neither tag nor digest, so its tag is `latest`.
    ImplicitLatest,
    /// Registry and repository together have more than 255 bytes, which older tools reject.
    TooLongForOlderTools,
}

impl Reference {
    /// Creates a reference from its parts, without defaults: `library/` is not added.
    pub fn new(registry: Registry, repository: Repository, tag: Tag) -> Self {
        Self {
            registry,
            repository,
            tag: Some(tag),
            digest: None,
        }
    }

    /// Parses a reference as users type it, like `redis`, `quay.io/team/app:1.4` or `[::1]:5000/app@sha256:…`.
    ///
    /// The part before the first `/` is the registry if it contains a `.`, a `:` or an upper-case letter, or is `localhost`. Otherwise the
    /// whole text is a path on Docker Hub, where a path of one component is in `library/`.
    ///
    /// # Errors
    ///
    /// If a part does not match its grammar, or the whole text is 64 hex digits, like an image id. The error has the range of the invalid
    /// characters.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, kind| Err(ParseError::new(NamePart::Reference, text, at, kind));
        if text.is_empty() {
            return fail(0..0, ParseErrorKind::Empty(NamePart::Reference));
        }
        if let Some((position, space)) = text.char_indices().find(|(_, c)| c.is_whitespace()) {
            return fail(position..position + space.len_utf8(), ParseErrorKind::Space);
        }
        if let Some(end) = text.find("://") {
            return fail(0..end + 3, ParseErrorKind::Scheme);
        }
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return fail(0..text.len(), ParseErrorKind::ImageId);
        }
        let in_whole = |offset: usize| {
            move |error: ParseError| error.within(NamePart::Reference, text, offset)
        };

        let (registry, path_start) = match text.split_once('/') {
            Some((first, _)) if Registry::is_written_as_host(first) => (
                Registry::parse(first).map_err(in_whole(0))?,
                first.len() + 1,
            ),
            _ => (Registry::docker_hub(), 0),
        };
        let rest = &text[path_start..];
        let (name, digest) = match rest.split_once('@') {
            Some((name, digest)) => {
                let start = path_start + name.len() + 1;
                (name, Some(Digest::parse(digest).map_err(in_whole(start))?))
            }
            None => (rest, None),
        };
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) => {
                let start = path_start + path.len() + 1;
                (path, Some(Tag::parse(tag).map_err(in_whole(start))?))
            }
            None => (name, None),
        };
        let repository = Repository::parse(path).map_err(in_whole(path_start))?;
        let is_short =
            registry == Registry::docker_hub() && repository.components().nth(1).is_none();
        Ok(Self {
            repository: if is_short {
                repository.in_library()
            } else {
                repository
            },
            registry,
            tag,
            digest,
        })
    }

    /// Returns the name of the manifest in requests to a registry: the digest, else the tag, else `latest`.
    pub fn manifest_name(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag.as_str(),
            (None, None) => Tag::LATEST,
        }
    }

    /// Returns the reference with `digest` in place of tag and digest.
    pub fn pinned(&self, digest: Digest) -> Self {
        Self {
            registry: self.registry.clone(),
            repository: self.repository.clone(),
            tag: None,
            digest: Some(digest),
        }
    }

    /// Returns the name without tag and digest, like `quay.io/team/app`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// Returns remarks for the author of the reference.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.tag.is_none() && self.digest.is_none() {
            notes.push(Note::ImplicitLatest);
        }
        if self.name().len() > MAX_NAME_IN_OLDER_TOOLS {
            notes.push(Note::TooLongForOlderTools);
        }
        notes
    }
}

impl FromStr for Reference {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        match (&self.tag, &self.digest) {
            (Some(tag), _) => write!(f, ":{tag}")?,
            (None, None) => write!(f, ":{}", Tag::LATEST)?,
            (None, Some(_)) => {}
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[track_caller]
    fn check(input: &str, canonical: &str) {
        assert_eq!(
            Reference::parse(input).unwrap().to_string(),
            canonical,
            "from {input:?}"
        );
    }

    #[track_caller]
    fn refuse(input: &str, message: &str, hint: &str) {
        let error = Reference::parse(input).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.hint().unwrap_or_default(), hint, "for {input:?}");
    }

    #[test]
    fn short_names_get_docker_defaults() {
        check("redis", "docker.io/library/redis:latest");
        check("redis:7", "docker.io/library/redis:7");
        check("team/app:2", "docker.io/team/app:2");
        check("localhost:5000", "docker.io/library/localhost:5000");
    }

    #[test]
    fn docker_hub_has_one_canonical_name() {
        check("docker.io/ubuntu", "docker.io/library/ubuntu:latest");
        check("index.docker.io/ubuntu", "docker.io/library/ubuntu:latest");
        check("docker.io/team/app", "docker.io/team/app:latest");
        check(
            "registry-1.docker.io/ubuntu",
            "registry-1.docker.io/ubuntu:latest",
        );
    }

    #[test]
    fn only_a_host_like_first_part_is_a_registry() {
        check("host:5000/app", "host:5000/app:latest");
        check("host/app", "docker.io/host/app:latest");
        check("localhost/app", "localhost/app:latest");
        check("localhost:5000/app:1", "localhost:5000/app:1");
        check("my.host/app", "my.host/app:latest");
        check("MyHost/app", "MyHost/app:latest");
        check("[::1]:5000/a", "[::1]:5000/a:latest");
        check("[::1]/a/b/c", "[::1]/a/b/c:latest");
    }

    #[test]
    fn a_reference_may_have_tag_and_digest() {
        check(
            &format!("10.0.0.1:5000/a/b@{DIGEST}"),
            &format!("10.0.0.1:5000/a/b@{DIGEST}"),
        );
        check(
            &format!("app:1@{DIGEST}"),
            &format!("docker.io/library/app:1@{DIGEST}"),
        );
        let both = Reference::parse(&format!("app:1@{DIGEST}")).unwrap();
        assert_eq!(both.manifest_name(), DIGEST);
        let pinned = both.pinned(both.digest.clone().unwrap());
        assert_eq!(
            pinned.to_string(),
            format!("docker.io/library/app@{DIGEST}")
        );
    }

    #[test]
    fn an_image_id_is_not_a_reference_but_may_be_a_repository() {
        let id = &DIGEST[7..];
        refuse(
            id,
            &format!("`{id}` is not a valid image reference: it looks like an image id"),
            "name the image by its repository, like `team/app@sha256:…`",
        );
        check(
            &format!("host.example/{id}"),
            &format!("host.example/{id}:latest"),
        );
        check(&format!("{id}:1"), &format!("docker.io/library/{id}:1"));
    }

    #[test]
    fn tags_and_paths_have_limits() {
        let longest = "t".repeat(128);
        check(
            &format!("app:{longest}"),
            &format!("docker.io/library/app:{longest}"),
        );
        assert!(Reference::parse(&format!("app:{longest}t")).is_err());
        assert!(Reference::parse(&format!("h.example/{}", "a".repeat(256))).is_err());
    }

    #[test]
    fn errors_have_a_place_and_a_hint() {
        refuse(
            "",
            "`` is not a valid image reference: the image reference is empty",
            "write an image, as in `quay.io/team/app:1.4`",
        );
        refuse(
            "https://quay.io/a",
            "`https://quay.io/a` is not a valid image reference: it begins with a scheme",
            "leave `https://` out; image references have no scheme",
        );
        refuse(
            "quay.io/Team/app",
            "`quay.io/Team/app` is not a valid image reference: upper-case letter `T`, at character 9",
            "repositories are in lower case; only the host before the first `/` may have upper-case letters",
        );
        refuse(
            "Redis",
            "`Redis` is not a valid image reference: upper-case letter `R`, at character 1",
            "write `r`",
        );
        refuse(
            "app:",
            "`app:` is not a valid image reference: the tag is empty, at character 5",
            "write a tag after `:`, or leave the `:` out",
        );
        refuse(
            "app@",
            "`app@` is not a valid image reference: the digest is empty, at character 5",
            "write a digest after `@`, or leave the `@` out",
        );
        refuse(
            "app@sha256:12",
            "`app@sha256:12` is not a valid image reference: 2 hex digits, but `sha256` has 64, at character 12",
            "",
        );
        refuse(
            "quay.io/a..b",
            "`quay.io/a..b` is not a valid image reference: invalid separator `..`, at character 10",
            "separators are `.`, `_`, `__` or a run of `-`, between letters or digits",
        );
        refuse(
            "host:99999/a",
            "`host:99999/a` is not a valid image reference: invalid port `99999`, at character 6",
            "a port is a number from 1 to 65535",
        );
        refuse(
            "user:pw@quay.io/a",
            "`user:pw@quay.io/a` is not a valid image reference: it contains a user name, at character 1",
            "leave the user name out; credentials are configured separately",
        );
        refuse(
            "quay.io/",
            "`quay.io/` is not a valid image reference: the repository is empty, at character 9",
            "write a path, as in `team/app`",
        );
        refuse(
            "a b",
            "`a b` is not a valid image reference: white space, at character 2",
            "remove the white space",
        );
    }

    #[test]
    fn a_message_has_a_bounded_length() {
        let message = Reference::parse(&"ä".repeat(5000)).unwrap_err().to_string();
        assert!(message.chars().count() < 250, "{message}");
    }

    #[test]
    fn a_reference_from_parts_has_no_defaults() {
        let reference = Reference::new(
            Registry::docker_hub(),
            Repository::parse("python").unwrap(),
            Tag::parse("3.12").unwrap(),
        );
        assert_eq!(reference.to_string(), "docker.io/python:3.12");
        assert_eq!(reference.manifest_name(), "3.12");
        assert_eq!(reference.name(), "docker.io/python");
    }

    #[test]
    fn notes_are_about_surprises() {
        assert_eq!(
            Reference::parse("redis").unwrap().notes(),
            [Note::ImplicitLatest]
        );
        assert_eq!(Reference::parse("redis:latest").unwrap().notes(), []);
        let long = format!("h.example/{}:1", "a".repeat(250));
        assert_eq!(
            Reference::parse(&long).unwrap().notes(),
            [Note::TooLongForOlderTools]
        );
    }

    fn references() -> impl Strategy<Value = String> {
        let host = prop_oneof![
            Just(String::new()),
            "[a-z][a-z0-9]{0,5}\\.[a-zA-Z]{2,3}(:[1-9][0-9]{0,3})?/",
            "[A-Z][a-z]{1,4}/",
            Just("localhost:5000/".to_owned()),
            Just("[2001:db8::1]:443/".to_owned()),
        ];
        let component = "[a-z0-9]{1,4}((\\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}";
        let path = proptest::collection::vec(component, 1..4).prop_map(|parts| parts.join("/"));
        let tag = proptest::option::of("[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}");
        let digest = proptest::option::of("sha256:[0-9a-f]{64}");
        (host, path, tag, digest).prop_map(|(host, path, tag, digest)| {
            let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
            let digest = digest
                .map(|digest| format!("@{digest}"))
                .unwrap_or_default();
            // A first component with a dot would be a registry.
            let owner = if host.is_empty() && path.contains('/') {
                "team/"
            } else {
                ""
            };
            format!("{host}{owner}{path}{tag}{digest}")
        })
    }

    proptest! {
        #[test]
        fn formatting_and_parsing_changes_nothing(text in references()) {
            let first = Reference::parse(&text).unwrap();
            let printed = first.to_string();
            let second = Reference::parse(&printed).unwrap();
            prop_assert_eq!(&second.to_string(), &printed);
            prop_assert_eq!((&second.registry, &second.repository), (&first.registry, &first.repository));
            prop_assert_eq!(&second.digest, &first.digest);
            prop_assert_eq!(second.manifest_name(), first.manifest_name());
        }

        #[test]
        fn any_text_is_parsed_or_has_an_error_within_it(text in "\\PC{0,40}|[a-z:/@.\\[\\]-]{0,20}") {
            if let Err(error) = Reference::parse(&text) {
                let at = error.at();
                prop_assert!(at.start <= at.end && at.end <= text.len());
                prop_assert!(text.get(at).is_some(), "{:?}", error);
                let _ = error.to_string();
            }
        }
    }
}
