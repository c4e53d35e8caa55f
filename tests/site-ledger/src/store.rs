//! Storage of the ledger: one JSON file for each release, `NAME/VERSION.json`, in a folder or on a web server.

use std::{
    fs,
    io::{Error as IoError, ErrorKind, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    path::Path,
    time::Duration,
};

use bindery_plugin::{Error, Host, Json};

/// Ledger of a cluster.
pub struct Store {
    uri: String,
    timeout: Duration,
}

impl Store {
    pub fn of(host: &Host, cluster: &str) -> Result<Self, Error> {
        let keys = host.cluster(cluster)?;
        let uri = keys.text("ledger_uri")?.unwrap_or_default().to_owned();
        let seconds = keys.get("ledger_timeout").and_then(Json::as_u64);
        let timeout = Duration::from_secs(seconds.unwrap_or(10).max(1));
        Ok(Self { uri, timeout })
    }

    /// Returns the entry of a release, if it exists: `uri`, `sha`, `mode` and `released`.
    pub fn find(&self, name: &str, version: &str) -> Result<Option<Json>, Error> {
        let place = format!("{}/{}.json", word(name)?, word(version)?);
        let text = match self.uri.strip_prefix("http://") {
            Some(address) => self.fetch(address, &place),
            None => fs::read_to_string(Path::new(&self.uri).join(&place)),
        };
        match text.and_then(|text| text.parse().map_err(IoError::other)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            found => found.map(Some).map_err(|error| self.broken(&error)),
        }
    }

    /// Returns the entry of a release that must exist.
    pub fn get(&self, name: &str, version: &str) -> Result<Json, Error> {
        let missing = || format!("the ledger `{}` has no `{name}` {version}", self.uri);
        let found = self.find(name, version)?;
        found.ok_or_else(|| Error::not_found(missing()))
    }

    /// Writes the entry of a release atomically.
    pub fn put(&self, name: &str, version: &str, entry: &Json) -> Result<(), Error> {
        if self.uri.contains("://") {
            return Err(Error::invalid("this ledger can only be read"));
        }
        let folder = Path::new(&self.uri).join(word(name)?);
        let file = folder.join(format!("{}.json", word(version)?));
        let beside = file.with_extension("new");
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&beside, format!("{entry:#}\n")))
            .and_then(|()| fs::rename(&beside, &file))
            .map_err(|error| self.broken(&error))
    }

    /// Returns the versions in a folder, sorted.
    pub fn versions(&self, name: &str) -> Result<Vec<String>, Error> {
        let folder = Path::new(&self.uri).join(word(name)?);
        let files = fs::read_dir(folder).map_err(|error| self.broken(&error))?;
        let version = |file: fs::DirEntry| {
            let name = file.file_name().into_string().ok()?;
            name.strip_suffix(".json").map(str::to_owned)
        };
        let mut versions: Vec<_> = files.flatten().filter_map(version).collect();
        versions.sort();
        Ok(versions)
    }

    /// Returns the content of `place` below an address.
    fn fetch(&self, address: &str, place: &str) -> Result<String, IoError> {
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let mut addresses = host.to_socket_addrs()?;
        let address = addresses.next().ok_or(ErrorKind::AddrNotAvailable)?;
        let mut stream = TcpStream::connect_timeout(&address, self.timeout)?;
        stream.set_read_timeout(Some(self.timeout))?;
        let path = format!("/{path}/{place}").replace("//", "/");
        let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.take(1 << 20).read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        match head.split(' ').nth(1) {
            Some("200") => Ok(body.to_owned()),
            Some("404") => Err(ErrorKind::NotFound.into()),
            other => Err(IoError::other(format!("it answers {other:?}"))),
        }
    }

    fn broken(&self, error: &IoError) -> Error {
        Error::no_answer(format!("the ledger `{}` cannot be used", self.uri)).because(error)
    }
}

/// Checks that a name or version can be the name of a file and a word of a command.
fn word(text: &str) -> Result<&str, Error> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if text.is_empty() || text.starts_with(['.', '-']) || !text.chars().all(fine) {
        return Err(Error::invalid(format!("`{text}` is no name in a ledger")));
    }
    Ok(text)
}
