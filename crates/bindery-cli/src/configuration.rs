//! `bindery.toml`: settings of the machine and the user.
//!
//! Files are read in order of rising precedence. A later file replaces earlier settings key by key: tables are merged, and every other value,
//! lists included, is replaced as a whole. Relative paths start at the folder of the file that contains them. A file in the folder of a job
//! file is never read: a repository must not be able to choose the code that runs on the machine.

mod limits;
mod toml_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bindery_core::Matcher;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_host::{AuthEntry, RegistryPattern};
use bindery_reference::Registry;
use bindery_registry::{Endpoint, RegistrySettings};
use serde_json::{Map, Value};

pub use self::limits::Limits;
pub use self::toml_file::toml_value;
use self::toml_file::{Entry, Section, TomlFile};

/// Settings of all files.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// `[plugins]`.
    pub plugins: Plugins,
    /// `[[auth]]`, in order.
    pub auth: Vec<AuthEntry>,
    /// `[registry."host:port"]`.
    pub registries: BTreeMap<Registry, RegistrySettings>,
    /// `[limits]`.
    pub limits: Limits,
    /// `[exec.NAME]`: programs that are plugins.
    pub programs: BTreeMap<String, Program>,
    /// `[plugin.NAME]`: sections of plugins.
    pub sections: BTreeMap<String, Map<String, Value>>,
}

/// Search for plugins, and their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plugins {
    /// Folders that are searched.
    pub path: Vec<PathBuf>,
    /// Names of the plugins whose binders are asked first, in this order.
    pub order: Vec<String>,
    /// Required SHA-256 of a plugin's file by the name of the plugin, as 64 lower-case hexadecimal digits.
    pub pin: BTreeMap<String, String>,
}

/// Program that is a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The program and its arguments. A program with a slash is a path; other programs are searched for in `PATH`.
    pub command: Vec<String>,
    /// Patterns of its binders, by name.
    pub binders: BTreeMap<String, String>,
    /// Environment variables that are passed to the program.
    pub env: Vec<String>,
    /// Time limit of a response in seconds; `None` for the limit of all plugins.
    pub time_limit: Option<u64>,
}

const TABLES: &[&str] = &["auth", "exec", "limits", "plugin", "plugins", "registry"];
const PROGRAM_KEYS: &[&str] = &["binders", "command", "env", "time_limit"];
const PLUGINS_KEYS: &[&str] = &["order", "path", "pin"];
const REGISTRY_KEYS: &[&str] = &[
    "ca",
    "cert",
    "insecure",
    "key",
    "mirrors",
    "path",
    "plain_http",
];

impl Configuration {
    /// Reads `files` in order of rising precedence. A file that does not exist is skipped.
    pub fn read(files: &[PathBuf]) -> Result<Self, Diagnostics> {
        let mut configuration = Self::default();
        for path in files {
            if let Some(file) = TomlFile::read(path)? {
                configuration.apply(&file)?;
            }
        }
        Ok(configuration)
    }

    /// Reads one file, which must exist.
    pub fn read_named(path: &Path) -> Result<Self, Diagnostics> {
        let file = TomlFile::read(path)?.ok_or_else(|| {
            let message = format!("there is no configuration file `{}`", path.display());
            Diagnostic::new(Kind::Invalid, message)
        })?;
        let mut configuration = Self::default();
        configuration.apply(&file)?;
        Ok(configuration)
    }

    /// Applies the settings of `file` over the settings of earlier files. All errors of the file are reported together.
    fn apply(&mut self, file: &TomlFile) -> Result<(), Diagnostics> {
        let mut errors = Vec::new();
        let table = file.parse()?;
        Section::top(file, table.get_ref(), &mut errors).each(|entry, errors| match entry.key {
            "plugins" => self.apply_plugins(entry, errors),
            "plugin" => self.apply_sections(entry, errors),
            "registry" => self.apply_registries(entry, errors),
            "limits" => self.apply_limits(entry, errors),
            "auth" => {
                self.auth = auth(entry)?;
                Ok(())
            }
            "exec" => self.apply_programs(entry, errors),
            _ => Err(entry.unknown(TABLES)),
        });
        errors.sort_by_key(|error| error.place.as_ref().and_then(|place| place.position()));
        Diagnostics::check(errors)
    }

    fn apply_plugins(
        &mut self,
        entry: &Entry<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        entry.section(errors)?.each(|entry, errors| {
            match entry.key {
                "path" => self.plugins.path = entry.paths()?,
                "order" => {
                    self.plugins.order = entry.texts()?.into_iter().map(str::to_owned).collect()
                }
                "pin" => entry.section(errors)?.each(|entry, _| {
                    self.plugins.pin.insert(entry.key.to_owned(), pin(entry)?);
                    Ok(())
                }),
                _ => return Err(entry.unknown(PLUGINS_KEYS)),
            }
            Ok(())
        });
        Ok(())
    }

    fn apply_sections(
        &mut self,
        entry: &Entry<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        entry.section(errors)?.each(|entry, errors| {
            let section = self.sections.entry(entry.key.to_owned()).or_default();
            entry.section(errors)?.each(|entry, _| {
                section.insert(entry.key.to_owned(), entry.json()?);
                Ok(())
            });
            Ok(())
        });
        Ok(())
    }

    fn apply_registries(
        &mut self,
        entry: &Entry<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        entry.section(errors)?.each(|entry, errors| {
            // One spelling for all names of a registry, so that later files find the settings of earlier ones.
            let registry = match Registry::parse(entry.key) {
                Ok(registry) if registry.is_docker_hub() => Registry::docker_hub(),
                Ok(registry) => {
                    let name = registry.to_string().to_ascii_lowercase();
                    Registry::parse(&name).map_err(|error| entry.refuse(error.to_string()))?
                }
                Err(error) => return Err(entry.refuse(error.to_string())),
            };
            let settings = self.registries.entry(registry).or_default();
            entry.section(errors)?.each(|entry, _| {
                match entry.key {
                    "plain_http" => settings.plain_http = Some(entry.boolean()?),
                    "insecure" => settings.insecure = entry.boolean()?,
                    "ca" => settings.ca = Some(entry.utf8_path()?.into()),
                    "cert" => settings.cert = Some(entry.utf8_path()?.into()),
                    "key" => settings.key = Some(entry.utf8_path()?.into()),
                    "path" => settings.path = Some(entry.text()?.to_owned()),
                    "mirrors" => settings.mirrors = mirrors(entry)?,
                    _ => return Err(entry.unknown(REGISTRY_KEYS)),
                }
                Ok(())
            });
            Ok(())
        });
        Ok(())
    }

    fn apply_programs(
        &mut self,
        entry: &Entry<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        entry.section(errors)?.each(|entry, errors| {
            self.programs
                .insert(entry.key.to_owned(), program(entry, errors)?);
            Ok(())
        });
        Ok(())
    }

    fn apply_limits(
        &mut self,
        entry: &Entry<'_>,
        errors: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        entry.section(errors)?.each(|entry, _| {
            if !self.limits.set(entry.key, || entry.count())? {
                return Err(entry.unknown(limits::KEYS));
            }
            Ok(())
        });
        Ok(())
    }
}

/// Checks the name of a plugin or a binder, which becomes a part of lock files, messages and paths.
fn check_name(entry: &Entry<'_>) -> Result<(), Diagnostic> {
    if bindery_host::is_name(entry.key) {
        return Ok(());
    }
    Err(entry
        .refuse(format!(
            "`{}` is not a valid name of a plugin or a binder",
            entry.name
        ))
        .hint("use letters, digits, `_`, `-` and `.`"))
}

/// Reads a table `[exec.NAME]`. The table of a later file replaces an earlier one as a whole, since parts of two programs do not fit together.
fn program(entry: &Entry<'_>, errors: &mut Vec<Diagnostic>) -> Result<Program, Diagnostic> {
    let mut program = Program {
        command: Vec::new(),
        binders: BTreeMap::new(),
        env: Vec::new(),
        time_limit: None,
    };
    let earlier = errors.len();
    check_name(entry)?;
    entry.section(errors)?.each(|entry, errors| {
        match entry.key {
            "command" => program.command = entry.command()?,
            "env" => program.env = entry.texts()?.into_iter().map(str::to_owned).collect(),
            "time_limit" => program.time_limit = Some(entry.count()?),
            "binders" => entry.section(errors)?.each(|entry, _| {
                check_name(entry)?;
                let pattern = entry.text()?;
                Matcher::parse(pattern).map_err(|error| {
                    entry.invalid(format!("invalid pattern `{pattern}`: {error}"))
                })?;
                program
                    .binders
                    .insert(entry.key.to_owned(), pattern.to_owned());
                Ok(())
            }),
            _ => return Err(entry.unknown(PROGRAM_KEYS)),
        }
        Ok(())
    });
    // The errors inside of the table come before the missing keys.
    if errors.len() > earlier {
        return Ok(program);
    }
    if program.command.is_empty() {
        return Err(entry.refuse(format!("`command` is missing in `{}`", entry.name)));
    }
    if program.binders.is_empty() {
        let message = format!("`binders` is missing in `{}`", entry.name);
        return Err(entry
            .refuse(message)
            .hint("write `binders.NAME = \"NAME[*]\"`, with a `[*]` for each index"));
    }
    Ok(program)
}

/// Reads the tables `[[auth]]`.
fn auth(entry: &Entry<'_>) -> Result<Vec<AuthEntry>, Diagnostic> {
    let sources = entry.tables()?.into_iter().map(|table| {
        let required = |key: &str| {
            table
                .get(key)
                .ok_or_else(|| table.invalid(format!("`{key}` is missing in `[[auth]]`")))
        };
        let plugin = required("plugin")?.text()?.to_owned();
        let registry = required("registry")?;
        let registry = RegistryPattern::parse(registry.text()?).map_err(|error| {
            registry
                .invalid(error.to_string())
                .hint("write `host:port`, `*.example.org`, or `*` for all")
        })?;
        let source = table
            .get("source")
            .map(|entry| entry.text().map(str::to_owned))
            .transpose()?;
        let others = table
            .entries()
            .filter(|entry| !["plugin", "registry", "source"].contains(&entry.key));
        let config = others
            .map(|entry| Ok((entry.key.to_owned(), entry.json()?)))
            .collect::<Result<_, Diagnostic>>()?;
        Ok(AuthEntry {
            plugin,
            source,
            registry,
            config,
        })
    });
    sources.collect()
}

/// Reads the addresses of mirrors.
fn mirrors(entry: &Entry<'_>) -> Result<Vec<Endpoint>, Diagnostic> {
    let parse = |address: &str| {
        Endpoint::parse(address).map_err(|error| {
            let diagnostic = entry.invalid(error.to_string()).sources_of(&error);
            match error.hint() {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            }
        })
    };
    entry.texts()?.into_iter().map(parse).collect()
}

/// Reads a SHA-256 with or without the prefix `sha256:`.
fn pin(entry: &Entry<'_>) -> Result<String, Diagnostic> {
    let text = entry.text()?;
    let digest = text.strip_prefix("sha256:").unwrap_or(text);
    if digest.len() == 64
        && digest
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Ok(digest.to_owned());
    }
    let message = format!(
        "`{}` must be `sha256:` and 64 lower-case hexadecimal digits",
        entry.name
    );
    Err(entry.invalid(message).hint("`sha256sum FILE` prints them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> (tempfile::TempDir, Result<Configuration, Diagnostics>) {
        let folder = tempfile::tempdir().unwrap();
        let write = |(number, text): (usize, &&str)| {
            let file = folder.path().join(number.to_string()).join("bindery.toml");
            std::fs::create_dir(file.parent().unwrap()).unwrap();
            std::fs::write(&file, text).unwrap();
            file
        };
        let files: Vec<PathBuf> = texts.iter().enumerate().map(write).collect();
        let configuration = Configuration::read(&files);
        (folder, configuration)
    }

    #[track_caller]
    fn check_errors(text: &str, expected: &str) {
        let (folder, configuration) = read(&[text]);
        let file = folder.path().join("0").join("bindery.toml");
        let errors = configuration.unwrap_err();
        assert_eq!(errors.kind(), Kind::Invalid);
        assert_eq!(
            errors
                .to_string()
                .replace(&file.display().to_string(), "bindery.toml"),
            expected,
            "from {text}"
        );
    }

    #[test]
    fn later_files_win_key_by_key() {
        let (folder, configuration) = read(&[
            r#"
            [plugins]
            path = ["a", "/b"]
            order = ["site"]
            pin.docker = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
            [[auth]]
            plugin = "auth"
            registry = "*"
            [registry."localhost:5000"]
            plain_http = true
            ca = "ca.pem"
            [limits]
            steps = 5
            [plugin.site]
            url = "u"
            list = [1, 2.5, true, { a = "b" }]
            "#,
            r#"
            [plugins]
            path = ["c"]
            pin.site = "1111111111111111111111111111111111111111111111111111111111111111"
            [[auth]]
            plugin = "vault"
            registry = "registry.example.org"
            source = "token"
            role = "puller"
            [registry."localhost:5000"]
            plain_http = false
            [registry."Other.Example.org"]
            insecure = true
            [registry."index.docker.io"]
            path = "mirror"
            [limits]
            depth = 0x10
            [plugin.site]
            url = "v"
            "#,
        ]);
        let configuration = configuration.unwrap();
        let first = folder.path().join("0");
        assert_eq!(
            configuration.plugins.path,
            [folder.path().join("1").join("c")]
        );
        assert_eq!(configuration.plugins.order, ["site"]);
        assert_eq!(configuration.plugins.pin.len(), 2);
        let [auth] = &configuration.auth[..] else {
            panic!("one entry, not {:?}", configuration.auth)
        };
        assert_eq!(
            (auth.plugin.as_str(), auth.source.as_deref()),
            ("vault", Some("token"))
        );
        assert_eq!(auth.registry.as_str(), "registry.example.org");
        assert_eq!(
            Value::Object(auth.config.clone()),
            serde_json::json!({"role": "puller"})
        );
        let registries: BTreeMap<String, &RegistrySettings> = configuration
            .registries
            .iter()
            .map(|(registry, settings)| (registry.to_string(), settings))
            .collect();
        assert_eq!(
            serde_json::to_value(registries).unwrap(),
            serde_json::json!({
                "localhost:5000": {"plain_http": false, "ca": first.join("ca.pem")},
                "other.example.org": {"insecure": true},
                "docker.io": {"path": "mirror"},
            })
        );
        assert_eq!(configuration.limits.evaluation.depth, 16);
        assert_eq!(configuration.limits.evaluation.steps, 5);
        assert_eq!(
            serde_json::to_value(&configuration.limits.configured).unwrap(),
            serde_json::json!({"depth": 16, "steps": 5})
        );
        assert_eq!(
            serde_json::to_value(&configuration.sections).unwrap(),
            serde_json::json!({"site": {"url": "v", "list": [1, 2.5, true, {"a": "b"}]}})
        );
    }

    #[test]
    fn missing_files_are_skipped_but_a_named_one_must_exist() {
        let missing = PathBuf::from("/nonexistent/bindery.toml");
        assert!(Configuration::read(std::slice::from_ref(&missing)).is_ok());
        let error = Configuration::read_named(&missing).unwrap_err();
        assert_eq!(
            error.to_string(),
            "error: there is no configuration file `/nonexistent/bindery.toml`\n"
        );
    }

    #[test]
    fn error_for_an_unknown_key_lists_the_allowed_keys() {
        check_errors(
            "[plugin]\n[plugins]\npaths = []\n",
            "error: unknown key `plugins.paths`\n  at bindery.toml:3:1\nhint: allowed keys: order, path, pin\n",
        );
        check_errors(
            "[registry.\"localhost:5000\"]\nplian_http = true",
            "error: unknown key `registry.\"localhost:5000\".plian_http`\n  at bindery.toml:2:1\nhint: allowed keys: ca, cert, insecure, key, mirrors, path, plain_http\n",
        );
        check_errors(
            "colour = 1",
            "error: unknown key `colour`\n  at bindery.toml:1:1\nhint: allowed keys: auth, exec, limits, plugin, plugins, registry\n",
        );
    }

    #[test]
    fn values_of_another_type_are_refused() {
        check_errors(
            "plugins.path = \"a\"",
            "error: `plugins.path` must be a list of texts, not a text\n  at bindery.toml:1:16\n",
        );
        check_errors(
            "[limits]\nsteps = 0\n",
            "error: `limits.steps` must be a positive integer, not 0\n  at bindery.toml:2:9\n",
        );
        check_errors(
            "[registry.h]\nmirrors = [\"https://m\", \"https://al:canary@n\"]\n",
            "error: the registry address `https://n` contains a user name or password\n  at bindery.toml:2:11\nhint: leave the user name out, and give the credential with an auth plugin\n",
        );
        check_errors(
            "limits = 5",
            "error: `limits` must be a table, not 5\n  at bindery.toml:1:10\n",
        );
        check_errors(
            "auth = [5]",
            "error: `auth` must be a list of tables, not a list\n  at bindery.toml:1:8\n",
        );
        check_errors(
            "[plugin.site]\nratio = inf\n",
            "error: `plugin.site.ratio` has no form in JSON, in which plugins receive it\n  at bindery.toml:2:9\n",
        );
        check_errors(
            "[plugins.pin]\nsite = \"sha256:abc\"\n",
            "error: `plugins.pin.site` must be `sha256:` and 64 lower-case hexadecimal digits\n  at bindery.toml:2:8\nhint: `sha256sum FILE` prints them\n",
        );
    }

    #[test]
    fn names_that_do_not_fit_into_a_path_or_a_message_are_refused() {
        let refuse = |toml: &str, name: &str, at: &str| {
            let expected = format!(
                "error: `{name}` is not a valid name of a plugin or a binder\n  at bindery.toml:{at}\nhint: use letters, digits, `_`, `-` and `.`\n"
            );
            check_errors(toml, &expected);
        };
        for name in ["..", ".", "", "a b", "a/../b", "\u{fc}"] {
            let toml = format!("[exec.{name:?}]\ncommand = [\"/bin/x\"]\nbinders.x = \"x[*]\"\n");
            refuse(&toml, &format!("exec.{name:?}"), "1:7");
        }
        let toml = "[exec.x]\ncommand = [\"/bin/x\"]\nbinders.\"a b\" = \"x[*]\"\n";
        refuse(toml, "exec.x.binders.\"a b\"", "3:9");
    }

    #[test]
    fn all_errors_of_a_file_are_reported_together() {
        check_errors(
            "x = 1\n[exec.site]\ncommand = []\n[limits]\nsteps = -1\n[[auth]]\nfile = \"f\"\n",
            "error: unknown key `x`\n  at bindery.toml:1:1\nhint: allowed keys: auth, exec, limits, plugin, plugins, registry\n\
             error: `exec.site.command` must be a program and its arguments, not a list\n  at bindery.toml:3:11\n\
             error: `limits.steps` must be a positive integer, not -1\n  at bindery.toml:5:9\n\
             error: `plugin` is missing in `[[auth]]`\n  at bindery.toml:6:1\n",
        );
    }

    #[test]
    fn bad_toml_has_a_place() {
        check_errors(
            "[plugins]\npath = \n",
            "error: the configuration file is not valid TOML\n  at bindery.toml:2:8\n  cause: string values must be quoted, expected literal string\n",
        );
    }
}
