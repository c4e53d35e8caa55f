//! Resolution of host names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolver that asks the system, except for `localhost`.
///
/// `localhost` is this machine by definition (RFC 6761, section 6.3), so registries and tests there need no lookup and no thread for it.
pub(crate) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            if host.eq_ignore_ascii_case("localhost") {
                let loopback = [
                    IpAddr::from(Ipv4Addr::LOCALHOST),
                    IpAddr::from(Ipv6Addr::LOCALHOST),
                ];
                return Ok(Box::new(
                    loopback
                        .into_iter()
                        .map(|address| SocketAddr::new(address, 0)),
                ) as Addrs);
            }
            let lookup = tokio::net::lookup_host((host.as_str(), 0)).await;
            match lookup.map(Iterator::collect::<Vec<_>>) {
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

/// Error for a host name without an address.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no address is known for host `{host}`")]
pub(crate) struct UnknownHost {
    pub(crate) host: String,
    pub(crate) source: Arc<std::io::Error>,
}
