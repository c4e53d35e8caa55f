//! Choice of the proxy for a host.

use bindery_secret::{RedactedUrl, Secret};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Proxies by scheme: the values of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Requests to this machine never use a proxy.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Proxies {
    /// Proxy for https: `http://[user:password@]host:port`.
    #[serde(with = "exposed")]
    pub https: Option<Secret>,
    /// Proxy for http.
    #[serde(with = "exposed")]
    pub http: Option<Secret>,
    /// Proxy for a scheme without its own.
    #[serde(with = "exposed")]
    pub all: Option<Secret>,
    /// Destinations without a proxy, separated by commas: hosts with their subdomains, addresses, networks such as `10.0.0.0/8`, or `*` for
    /// all.
    pub none_for: String,
}

/// Serialization with the text of the secret, for the plugins of this process only.
mod exposed {
    use bindery_secret::Secret;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        secret: &Option<Secret>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Secret::from))
    }
}

/// Proxy for a host.
pub(crate) struct Route {
    /// Proxy in the form of the HTTP library.
    pub(crate) proxy: reqwest::Proxy,
    /// Address for messages.
    pub(crate) address: RedactedUrl,
}

impl Proxies {
    /// Returns the proxy for `url`, or `None` for a direct connection.
    pub(crate) fn route(&self, url: &Url) -> Result<Option<Route>, Error> {
        let own = match url.scheme() {
            "https" => &self.https,
            _ => &self.http,
        };
        let is_set = |proxy: &&Secret| !proxy.is_empty();
        let Some(proxy) = [own, &self.all].into_iter().flatten().find(is_set) else {
            return Ok(None);
        };
        let none_for = format!("localhost,127.0.0.0/8,::1,{}", self.none_for);
        // A placeholder shows whether a proxy applies at all, before the address of the real one is checked.
        let placeholder = Matcher::builder().all("http://proxy").no(none_for).build();
        let intercept = |matcher: Matcher| matcher.intercept(&url.as_str().parse().ok()?);
        if intercept(placeholder).is_none() {
            return Ok(None);
        }
        let invalid = || Error::Proxy {
            scheme: url.scheme().to_owned(),
        };
        let proxy = Matcher::builder().all(proxy.expose()).build();
        let proxy = intercept(proxy).ok_or_else(invalid)?;
        route(&proxy).map(Some).ok_or_else(invalid)
    }
}

fn route(intercept: &Intercept) -> Option<Route> {
    let uri = intercept.uri();
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return None;
    }
    let mut proxy = reqwest::Proxy::all(uri.to_string()).ok()?;
    if let Some(credential) = intercept.basic_auth() {
        let mut credential = credential.clone();
        credential.set_sensitive(true);
        proxy = proxy.custom_http_auth(credential);
    }
    Some(Route {
        proxy,
        address: RedactedUrl::new(uri.to_string().trim_end_matches('/')),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Proxies {
        Proxies {
            https: Some(Secret::new("http://alice:canary@secure.example:3128")),
            http: Some(Secret::new("plain.example:8080")),
            all: Some(Secret::new("socks5://any.example")),
            none_for: ".direct.example, 10.0.0.0/8,192.168.0.7".into(),
        }
    }

    #[track_caller]
    fn check(proxies: &Proxies, url: &str, expected: Option<&str>) {
        let route = proxies.route(&url.parse().unwrap()).unwrap();
        let address = route.map(|route| route.address.to_string());
        assert_eq!(address.as_deref(), expected, "for {url}");
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let secure = Some("http://secure.example:3128");
        check(&proxies(), "https://a.example/x?y=z", secure);
        check(
            &proxies(),
            "http://a.example",
            Some("http://plain.example:8080"),
        );
        let all = Proxies {
            all: Some(Secret::new("https://any.example")),
            https: Some(Secret::new("")),
            ..Proxies::default()
        };
        check(&all, "https://a.example", Some("https://any.example"));
        check(&Proxies::default(), "https://a.example", None);
    }

    #[test]
    fn listed_hosts_are_reached_directly() {
        for url in [
            "http://direct.example",
            "https://a.direct.example:5000/",
            "http://10.1.2.3:80",
            "http://192.168.0.7",
        ] {
            check(&proxies(), url, None);
        }
        let plain = Some("http://plain.example:8080");
        check(&proxies(), "http://indirect.example", plain);
        check(&proxies(), "http://192.168.0.8", plain);
        let none = Proxies {
            none_for: "*".into(),
            ..proxies()
        };
        check(&none, "https://a.example", None);
    }

    #[test]
    fn this_machine_is_reached_directly() {
        for url in [
            "http://localhost:5000",
            "https://127.0.0.1",
            "http://127.8.9.1",
            "http://[::1]:5000/",
        ] {
            check(&proxies(), url, None);
        }
    }

    #[test]
    fn an_invalid_proxy_is_an_error() {
        for text in ["socks5://u:canary@h:1", "http://", "http://u:can/ary@h"] {
            let proxies = Proxies {
                all: Some(Secret::new(text)),
                ..Proxies::default()
            };
            let error = proxies.route(&"https://a.example".parse().unwrap()).err();
            let error = error.unwrap_or_else(|| panic!("{text} was accepted"));
            let texts = format!("{error} {error:?} {:?} {proxies:?}", error.hint());
            assert!(!texts.contains("ary"), "{texts}");
        }
    }
}
