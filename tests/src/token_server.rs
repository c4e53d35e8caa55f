//! Token server whose tokens a real registry accepts.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::openssl::{KeyPair, Openssl};

/// `service` of the tokens.
pub(crate) const SERVICE: &str = "fixture-registry";

/// `issuer` of the tokens.
pub(crate) const ISSUER: &str = "fixture-issuer";

/// Lifetime of a token.
const LIFETIME: Duration = Duration::from_secs(300);

/// Time for which one grant gets the same token: a signature costs a process.
const REUSE: Duration = Duration::from_secs(60);

/// Pull rights, for every client and for users.
#[derive(Clone, Default)]
pub struct Policy {
    everyone: Vec<String>,
    users: Vec<User>,
}

#[derive(Clone)]
struct User {
    name: String,
    password: String,
    repositories: String,
}

impl Policy {
    /// Allows every client to pull a repository, or all repositories below a path: `team/app`, `team/*`, `*`.
    pub fn everyone(mut self, repositories: &str) -> Self {
        self.everyone.push(repositories.to_owned());
        self
    }

    /// Allows a user to pull a repository, or all repositories below a path.
    pub fn user(mut self, name: &str, password: &str, repositories: &str) -> Self {
        self.users.push(User {
            name: name.to_owned(),
            password: password.to_owned(),
            repositories: repositories.to_owned(),
        });
        self
    }

    fn may_pull(&self, user: Option<&str>, repository: &str) -> bool {
        let users = self
            .users
            .iter()
            .filter(|one| Some(one.name.as_str()) == user);
        users
            .map(|user| &user.repositories)
            .chain(&self.everyone)
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(path) => repository.starts_with(path),
                None => pattern == repository,
            })
    }

    /// Returns the name of the user with this name and password.
    fn check(&self, name: &str, password: &str) -> Option<String> {
        let mut users = self.users.iter();
        users
            .any(|user| user.name == name && user.password == password)
            .then(|| name.to_owned())
    }
}

/// Running token server, stopped on drop.
///
/// `GET /token` takes a name and password in `Authorization`, or no credential; `POST /token` takes a password or a refresh token
/// in a form. The response always has a token, for the allowed part of the requested scopes, which may be empty.
pub struct TokenServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    policy: Policy,
    openssl: Openssl,
    signer: KeyPair,
    tokens: Mutex<HashMap<String, (Instant, String)>>,
    stopping: AtomicBool,
    _folder: TempDir,
}

impl TokenServer {
    /// Starts a server on a free port of 127.0.0.1; `None` if openssl is missing, see [`crate::find`].
    ///
    /// # Panics
    ///
    /// If no port is free, or openssl fails.
    pub fn start(policy: Policy) -> Option<Self> {
        let openssl = Openssl::find()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let signer = openssl.self_signed(folder.path(), "fixture-token-signer");
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            policy,
            openssl,
            signer,
            tokens: Mutex::default(),
            stopping: AtomicBool::new(false),
            _folder: folder,
        });
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || serve(&listener, &served));
        Some(Self {
            address,
            shared,
            thread: Some(thread),
        })
    }

    /// Returns the realm of a challenge.
    pub fn realm(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// Returns a token that `user` can exchange for tokens without a password.
    pub fn refresh_token(&self, user: &str) -> String {
        refresh_token(user)
    }

    /// Returns the certificate that a registry has to trust.
    pub(crate) fn certificate(&self) -> &Path {
        &self.shared.signer.certificate
    }
}

impl Drop for TokenServer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::Relaxed) {
            return;
        }
        if let Ok(stream) = stream {
            let shared = Arc::clone(shared);
            // An error concerns only the client whose connection broke.
            thread::spawn(move || shared.serve_connection(&stream));
        }
    }
}

/// Parts of a request that the server uses.
struct TokenRequest {
    method: String,
    path: String,
    fields: Vec<(String, String)>,
    authorization: Option<String>,
}

impl TokenRequest {
    fn read(stream: &TcpStream) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split(' ').map(str::to_owned);
        let (method, target) = words
            .next()
            .zip(words.next())
            .ok_or(io::ErrorKind::InvalidData)?;
        let (mut authorization, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => authorization = Some(value.trim().to_owned()),
                "content-length" => length = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        let mut form = vec![0; length];
        reader.read_exact(&mut form)?;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let fields = [query.as_bytes(), &form]
            .into_iter()
            .flat_map(|text| form_urlencoded::parse(text).into_owned())
            .collect();
        Ok(Self {
            method,
            path: path.to_owned(),
            fields,
            authorization,
        })
    }

    fn field(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// Returns name and password of a `Basic` header.
    fn basic(&self) -> Option<(String, String)> {
        let (scheme, encoded) = self.authorization.as_deref()?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded.trim()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (name, password) = text.split_once(':')?;
        scheme
            .eq_ignore_ascii_case("basic")
            .then(|| (name.to_owned(), password.to_owned()))
    }
}

impl Shared {
    fn serve_connection(&self, mut stream: &TcpStream) -> io::Result<()> {
        let request = TokenRequest::read(stream)?;
        let (status, document) = self.answer(&request);
        let body = document.to_string();
        let challenge = if status == "401 Unauthorized" {
            "WWW-Authenticate: Basic realm=\"fixture\"\r\n"
        } else {
            ""
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{challenge}Connection: close\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes())
    }

    fn answer(&self, request: &TokenRequest) -> (&'static str, Value) {
        let refuse = |status, text: &str| (status, json!({ "details": text }));
        if request.path != "/token" {
            return refuse("404 Not Found", "the only path is /token");
        }
        if request.field("service") != Some(SERVICE) {
            return refuse("400 Bad Request", "not the service of this server");
        }
        let user = match (request.method.as_str(), request.field("grant_type")) {
            ("GET", _) if request.authorization.is_none() => Ok(None),
            ("GET", _) => request.basic().ok_or(()).and_then(|(name, password)| {
                self.policy.check(&name, &password).map(Some).ok_or(())
            }),
            ("POST", Some("password")) => request
                .field("username")
                .zip(request.field("password"))
                .and_then(|(name, password)| self.policy.check(name, password))
                .map(Some)
                .ok_or(()),
            ("POST", Some("refresh_token")) => self
                .policy
                .users
                .iter()
                .map(|user| &user.name)
                .find(|name| Some(refresh_token(name).as_str()) == request.field("refresh_token"))
                .map(|name| Some(name.clone()))
                .ok_or(()),
            ("POST", _) => return refuse("400 Bad Request", "no such grant type"),
            _ => return refuse("405 Method Not Allowed", "only GET and POST"),
        };
        let Ok(user) = user else {
            return refuse("401 Unauthorized", "incorrect username or password");
        };
        let scopes = request.fields.iter().filter(|(key, _)| key == "scope");
        let access: Vec<Value> = scopes
            .flat_map(|(_, scope)| scope.split(' '))
            .filter_map(|scope| self.granted(user.as_deref(), scope))
            .collect();
        let token = self.token(user.as_deref().unwrap_or_default(), &access);
        let mut document = json!({
            "token": token,
            "access_token": token,
            "expires_in": (LIFETIME - REUSE).as_secs(),
        });
        let lasting = request.field("offline_token") == Some("true")
            || request.field("access_type") == Some("offline");
        if let Some(user) = user.filter(|_| lasting) {
            document["refresh_token"] = refresh_token(&user).into();
        }
        ("200 OK", document)
    }

    /// Returns an entry of `access`; the name in a scope may contain colons.
    fn granted(&self, user: Option<&str>, scope: &str) -> Option<Value> {
        let (name, actions) = scope.strip_prefix("repository:")?.rsplit_once(':')?;
        (actions.split(',').any(|action| action == "pull") && self.policy.may_pull(user, name))
            .then(|| json!({ "type": "repository", "name": name, "actions": ["pull"] }))
    }

    /// Returns a tokens token (RFC 7519) that contains its certificate: the only form that every version of distribution accepts.
    fn token(&self, subject: &str, access: &[Value]) -> String {
        let key = json!([subject, access]).to_string();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, token)) = tokens.get(&key)
            && since.elapsed() < REUSE
        {
            return token.clone();
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("the clock is past 1970")
            .as_secs();
        let header =
            json!({ "typ": "JWT", "alg": "RS256", "x5c": [self.signer.certificate_in_base64()] });
        let claims = json!({
            "iss": ISSUER,
            "sub": subject,
            "aud": SERVICE,
            "exp": now + LIFETIME.as_secs(),
            "nbf": now - 10,
            "iat": now,
            "jti": format!("{now}-{}", tokens.len()),
            "access": access,
        });
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let text = format!(
            "{}.{}",
            encode(header.to_string().as_bytes()),
            encode(claims.to_string().as_bytes())
        );
        let signature = self.openssl.sign(&self.signer.key, text.as_bytes());
        let token = format!("{text}.{}", encode(&signature));
        tokens.insert(key, (Instant::now(), token.clone()));
        token
    }
}

/// Returns a refresh token. It need not be secret, only different from every password.
fn refresh_token(user: &str) -> String {
    format!("refresh-{user}")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Policy, TokenServer};
    use crate::http;

    /// Returns the repositories that the token in the response grants; `Err` with the status of a refusal.
    fn granted(server: &TokenServer, form: Option<&str>, query: &str) -> Result<Vec<String>, u16> {
        let (method, body) = form.map_or(("GET", ""), |form| ("POST", form));
        let address = server.address.to_string();
        let response = http::send(
            &address,
            method,
            &format!("/token{query}"),
            &[],
            body.as_bytes(),
        );
        let response = response.unwrap();
        if response.status != 200 {
            return Err(response.status);
        }
        let document: Value = serde_json::from_slice(&response.body).unwrap();
        let claims = document["access_token"].as_str().unwrap().split('.').nth(1);
        let claims = base64::Engine::decode(&super::URL_SAFE_NO_PAD, claims.unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        let access = claims["access"].as_array().unwrap().iter();
        Ok(access
            .map(|entry| entry["name"].as_str().unwrap().to_owned())
            .collect())
    }

    #[test]
    fn a_token_grants_the_requested_and_allowed_scopes() {
        let policy = Policy::default()
            .everyone("open/*")
            .user("alice", "canary", "team/app");
        let Some(server) = TokenServer::start(policy) else {
            return;
        };
        let query = "?service=fixture-registry&scope=repository:open/a:pull&scope=repository:team/app:pull,push";
        assert_eq!(granted(&server, None, query).unwrap(), ["open/a"]);
        assert_eq!(
            granted(&server, None, "?service=fixture-registry").unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(granted(&server, None, "?service=other"), Err(400));

        let scope = "service=fixture-registry&scope=repository%3Ateam%2Fapp%3Apull";
        for (form, expected) in [
            (
                "grant_type=password&username=alice&password=canary",
                Ok(vec!["team/app".to_owned()]),
            ),
            (
                "grant_type=password&username=alice&password=wrong",
                Err(401),
            ),
            ("grant_type=refresh_token&refresh_token=wrong", Err(401)),
            ("grant_type=magic", Err(400)),
        ] {
            assert_eq!(
                granted(&server, Some(&format!("{form}&{scope}")), ""),
                expected,
                "{form}"
            );
        }
        let refresh = server.refresh_token("alice");
        let form = format!("grant_type=refresh_token&refresh_token={refresh}&{scope}");
        assert_eq!(granted(&server, Some(&form), "").unwrap(), ["team/app"]);
    }
}
