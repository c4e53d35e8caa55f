//! Credentials from a named environment variable or a file.
//!
//! One source, `account`, set by an `[[auth]]` entry of `bindery.toml`; the README shows the forms. A secret goes to the host
//! and nowhere else: errors name the variable or the file, never what it holds.

mod entry;
mod file;

use std::env;

use bindery_plugin::{AuthSource, Credential, CredentialQuery, Error, Host, export_plugin};

use crate::entry::Entry;

/// The account that an entry describes.
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
