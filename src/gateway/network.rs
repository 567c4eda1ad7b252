//! The gate to the network: every connection that this program opens to somebody else asks here before.
//!
//! It is a property of the process, as its user is: [`close`] is called once, before anything can connect, and
//! nothing opens it again. So a new gateway cannot forget to be told. A policy test holds that no other place opens
//! connections than those that ask here. The address is asked about before its name is looked up: a look-up is a
//! message to another machine, too.

use crate::ground::destination::Destination;
use reqwest::Url;
use std::sync::OnceLock;

static ALLOWED: OnceLock<Vec<Destination>> = OnceLock::new();

/// Why a connection is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(
        "`network.airgap` is true, and `{0}` is not in `network.allow`; add it there if it may be spoken to"
    )]
    NotAllowed(Destination),
    #[error("`network.airgap` is true, and the address `{0}` names no host and port")]
    NoDestination(String),
}

/// From now on nothing is connected to but this machine and what `allowed` names. The first call holds.
pub fn close(allowed: Vec<Destination>) {
    // A second call would come from a second configuration, and there is one in a process.
    let _ = ALLOWED.set(allowed);
}

pub fn is_closed() -> bool {
    ALLOWED.get().is_some()
}

/// Whether a connection to this host may be opened.
pub fn admit(host: &str, port: u16) -> Result<(), Refused> {
    match ALLOWED.get() {
        None => Ok(()),
        Some(allowed) => judge(allowed, Destination::new(host, port)),
    }
}

/// Whether a request to this address may be sent.
pub fn admit_url(address: &str) -> Result<(), Refused> {
    let Some(allowed) = ALLOWED.get() else { return Ok(()) };
    judge(allowed, destination_of(address)?)
}

fn judge(allowed: &[Destination], destination: Destination) -> Result<(), Refused> {
    if destination.is_this_machine() || allowed.contains(&destination) {
        return Ok(());
    }
    Err(Refused::NotAllowed(destination))
}

fn destination_of(address: &str) -> Result<Destination, Refused> {
    let nowhere = || Refused::NoDestination(address.to_owned());
    let url = Url::parse(address).map_err(|_| nowhere())?;
    let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or_else(nowhere)?;
    Ok(Destination::new(host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(allowed: &[&str], address: &str) -> Result<(), Refused> {
        let allowed: Vec<_> = allowed.iter().map(|text| Destination::parse(text).unwrap()).collect();
        judge(&allowed, destination_of(address)?)
    }

    // APP-13
    #[test]
    fn a_closed_network_leads_to_this_machine_and_to_what_is_allowed() {
        assert_eq!(judged(&[], "http://127.0.0.1:11434/v1"), Ok(()));
        assert_eq!(judged(&[], "http://localhost:8081/v1"), Ok(()));
        assert_eq!(judged(&[], "http://[::1]:9/"), Ok(()));
        assert_eq!(judged(&["models.example.com:443"], "https://Models.example.com/v1"), Ok(()));
        assert_eq!(judged(&["[2001:db8::1]:80"], "http://[2001:db8:0::1]/"), Ok(()));

        for address in [
            "https://api.example.com/v1",
            "https://models.example.com:8443/v1",
            "http://models.example.com/v1",
            "http://models.example.com.example.net:443/",
            "http://10.0.0.5/",
        ] {
            let refused = judged(&["models.example.com:443"], address).unwrap_err();
            assert!(refused.to_string().contains("`network.allow`"), "{refused}");
        }
        assert!(matches!(judged(&[], "data:text/plain,x"), Err(Refused::NoDestination(_))));
    }

    // APP-13: numbers that stand for addresses are read as the client reads them.
    #[test]
    fn an_address_in_disguise_is_judged_by_what_it_stands_for() {
        assert_eq!(judged(&[], "http://2130706433:80/"), Ok(()));
        assert_eq!(judged(&[], "http://127.1/"), Ok(()));
        assert!(judged(&[], "http://167772165/").is_err());
        assert!(judged(&[], "http://localhost@example.com/").is_err());
    }
}
