//! Credentials from a named environment variable or a file.
//!
//! Has one source, `account`, with the settings of an `[[auth]]` entry of `bindery.toml`; the README lists them. Secrets are sent only to
//! the host: errors name the variable or the file, never its contents.

mod entry;
mod file;

use std::env;

use bindery_plugin::{AuthSource, Credential, CredentialQuery, Error, Host, export_plugin};

use crate::entry::Entry;

/// Source of the account in an entry.
struct Account;

impl AuthSource for Account {
    const NAME: &'static str = "account";

    fn credential(
        &self,
        host: &Host,
        query: &CredentialQuery,
    ) -> Result<Option<Credential>, Error> {
        let entry: Entry = query.config()?;
        entry
            .credential(&|name| env::var_os(name), &|warning| host.warn(warning))
            .map(Some)
    }
}

export_plugin! { name: "auth", auth: [Account] }
