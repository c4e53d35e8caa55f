//! A whole reference: which image, in which registry.

use std::fmt;
use std::str::FromStr;

use crate::digest::Digest;
use crate::error::{ParseError, Part, Problem};
use crate::registry::Registry;
use crate::repository::Repository;
use crate::tag::Tag;

/// The most bytes that older tools allow for registry and repository together.
const LONGEST_FOR_OLDER_TOOLS: usize = 255;

/// An image's name in full.
///
/// `Display` writes the canonical form: registry and repository in full, then the tag (`latest` if there is neither tag nor
/// digest), then the digest. Parsing that form gives an equal reference, but for two: a tag `latest` that was left out is
/// written out, and a one-part repository on Docker Hub made by [`Reference::new`] gains the `library/` that people mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Who keeps it.
    pub registry: Registry,
    /// Under which path.
    pub repository: Repository,
    /// The tag, if one was written. Beside a digest it is a remark.
    pub tag: Option<Tag>,
    /// The digest, if one was written. It decides what is meant.
    pub digest: Option<Digest>,
}

/// Something about a valid reference that its writer may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Neither tag nor digest was written, so `latest` is meant.
    ImplicitLatest,
    /// Registry and repository together have more than 255 bytes, which older tools refuse.
    TooLongForOlderTools,
}

impl Reference {
    /// Puts a reference together from its parts, as they are: no `library/` is added, and no tag stands for `latest`.
    pub fn new(registry: Registry, repository: Repository, tag: Tag) -> Self {
        Self {
            registry,
            repository,
            tag: Some(tag),
            digest: None,
        }
    }

    /// Parses what people type, as in `redis`, `quay.io/team/app:1.4` or `[::1]:5000/app@sha256:…`.
    ///
    /// The part before the first `/` is the registry if it holds a `.`, a `:` or a capital letter, or is `localhost`; else the
    /// whole is a path on Docker Hub, where a path of one component belongs to `library/`.
    ///
    /// # Errors
    ///
    /// If a part does not fit its grammar, or the whole is 64 hex digits, which is an image's id. The error tells which
    /// characters are wrong.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, problem| Err(ParseError::new(Part::Reference, text, at, problem));
        if text.is_empty() {
            return fail(0..0, Problem::Empty(Part::Reference));
        }
        if let Some((position, space)) = text.char_indices().find(|(_, c)| c.is_whitespace()) {
            return fail(position..position + space.len_utf8(), Problem::Space);
        }
        if let Some(end) = text.find("://") {
            return fail(0..end + 3, Problem::Scheme);
        }
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return fail(0..text.len(), Problem::ImageId);
        }
        let seen_in =
            |offset: usize| move |error: ParseError| error.within(Part::Reference, text, offset);

        let (registry, path_start) = match text.split_once('/') {
            Some((first, _)) if Registry::is_written_as_host(first) => {
                (Registry::parse(first).map_err(seen_in(0))?, first.len() + 1)
            }
            _ => (Registry::docker_hub(), 0),
        };
        let rest = &text[path_start..];
        let (name, digest) = match rest.split_once('@') {
            Some((name, digest)) => {
                let start = path_start + name.len() + 1;
                (name, Some(Digest::parse(digest).map_err(seen_in(start))?))
            }
            None => (rest, None),
        };
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) => {
                let start = path_start + path.len() + 1;
                (path, Some(Tag::parse(tag).map_err(seen_in(start))?))
            }
            None => (name, None),
        };
        let repository = Repository::parse(path).map_err(seen_in(path_start))?;
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

    /// What a registry is asked for: the digest, else the tag, else `latest`.
    pub fn manifest_name(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag.as_str(),
            (None, None) => Tag::LATEST,
        }
    }

    /// The same image, named by `digest` alone.
    pub fn pinned(&self, digest: Digest) -> Self {
        Self {
            registry: self.registry.clone(),
            repository: self.repository.clone(),
            tag: None,
            digest: Some(digest),
        }
    }

    /// The name without tag and digest, as in `quay.io/team/app`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// What the writer of this reference may want to know.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.tag.is_none() && self.digest.is_none() {
            notes.push(Note::ImplicitLatest);
        }
        if self.name().len() > LONGEST_FOR_OLDER_TOOLS {
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
    fn docker_hub_has_one_name_in_references() {
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
    fn a_digest_needs_no_tag_and_a_tag_beside_it_is_kept() {
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
    fn an_image_id_is_no_reference_but_may_be_a_repository() {
        let id = &DIGEST[7..];
        refuse(
            id,
            &format!("`{id}` is no image reference: it looks like an image id"),
            "name the image by its repository, as in `team/app@sha256:…`",
        );
        check(
            &format!("host.example/{id}"),
            &format!("host.example/{id}:latest"),
        );
        check(&format!("{id}:1"), &format!("docker.io/library/{id}:1"));
    }

    #[test]
    fn tags_and_paths_have_their_limits() {
        let longest = "t".repeat(128);
        check(
            &format!("app:{longest}"),
            &format!("docker.io/library/app:{longest}"),
        );
        assert!(Reference::parse(&format!("app:{longest}t")).is_err());
        assert!(Reference::parse(&format!("h.example/{}", "a".repeat(256))).is_err());
    }

    #[test]
    fn errors_tell_where_and_what_to_write() {
        refuse(
            "",
            "`` is no image reference: the image reference is empty",
            "write an image, as in `quay.io/team/app:1.4`",
        );
        refuse(
            "https://quay.io/a",
            "`https://quay.io/a` is no image reference: it begins with a scheme",
            "leave `https://` out; names of images have no scheme",
        );
        refuse(
            "quay.io/Team/app",
            "`quay.io/Team/app` is no image reference: capital letter `T`, at character 9",
            "repositories are written in small letters; only the host before the first `/` may hold capitals",
        );
        refuse(
            "Redis",
            "`Redis` is no image reference: capital letter `R`, at character 1",
            "write `r`",
        );
        refuse(
            "app:",
            "`app:` is no image reference: the tag is empty, at character 5",
            "write a tag after `:`, or leave the `:` out",
        );
        refuse(
            "app@",
            "`app@` is no image reference: the digest is empty, at character 5",
            "write a digest after `@`, or leave the `@` out",
        );
        refuse(
            "app@sha256:12",
            "`app@sha256:12` is no image reference: 2 hex digits, where `sha256` has 64, at character 12",
            "",
        );
        refuse(
            "quay.io/a..b",
            "`quay.io/a..b` is no image reference: separator `..`, at character 10",
            "separators are `.`, `_`, `__` or a run of `-`, between letters or digits",
        );
        refuse(
            "host:99999/a",
            "`host:99999/a` is no image reference: port `99999`, at character 6",
            "a port is a number from 1 to 65535",
        );
        refuse(
            "user:pw@quay.io/a",
            "`user:pw@quay.io/a` is no image reference: it holds a user name, at character 1",
            "leave the user name out; credentials have a place of their own",
        );
        refuse(
            "quay.io/",
            "`quay.io/` is no image reference: the repository is empty, at character 9",
            "write a path, as in `team/app`",
        );
        refuse(
            "a b",
            "`a b` is no image reference: white space, at character 2",
            "remove the white space",
        );
    }

    #[test]
    fn a_refused_text_is_repeated_in_part_only() {
        let message = Reference::parse(&"ä".repeat(5000)).unwrap_err().to_string();
        assert!(message.chars().count() < 250, "{message}");
    }

    #[test]
    fn the_parts_can_be_put_together_without_defaults() {
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
    fn notes_tell_what_surprises() {
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
            // A first component with a dot in it would be a registry.
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
        fn printing_and_parsing_again_changes_nothing(text in references()) {
            let first = Reference::parse(&text).unwrap();
            let printed = first.to_string();
            let second = Reference::parse(&printed).unwrap();
            prop_assert_eq!(&second.to_string(), &printed);
            prop_assert_eq!((&second.registry, &second.repository), (&first.registry, &first.repository));
            prop_assert_eq!(&second.digest, &first.digest);
            prop_assert_eq!(second.manifest_name(), first.manifest_name());
        }

        #[test]
        fn any_text_is_parsed_or_refused_within_itself(text in "\\PC{0,40}|[a-z:/@.\\[\\]-]{0,20}") {
            if let Err(error) = Reference::parse(&text) {
                let at = error.at();
                prop_assert!(at.start <= at.end && at.end <= text.len());
                prop_assert!(text.get(at).is_some(), "{:?}", error);
                let _ = error.to_string();
            }
        }
    }
}
