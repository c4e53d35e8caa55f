//! From the name of a host to its addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks the system, but for `localhost`: that is this machine by definition (RFC 6761, section 6.3), so that registries and
/// tests on it cost neither a look-up nor the thread that one runs on.
pub(crate) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            if host.eq_ignore_ascii_case("localhost") {
                let here = [
                    IpAddr::from(Ipv4Addr::LOCALHOST),
                    IpAddr::from(Ipv6Addr::LOCALHOST),
                ];
                return Ok(
                    Box::new(here.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs,
                );
            }
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            match found.map(Iterator::collect::<Vec<_>>) {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(error) => Err(UnknownHost {
                    host,
                    source: Arc::new(error),
                }
                .into()),
            }
        })
    }
}

/// The system knows no address for a name.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no address is known for host `{host}`")]
pub(crate) struct UnknownHost {
    pub(crate) host: String,
    pub(crate) source: Arc<std::io::Error>,
}
