use super::*;

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

fn trusted() -> TrustedProxies {
    TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:ffff::/48".parse().unwrap()])
}

fn address_of(peer: &str, forwarded: &[&str]) -> String {
    let lines: Vec<_> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
    client_address(peer.parse().unwrap(), &headers(&lines), &trusted()).to_string()
}

#[test]
fn forwarded_addresses_count_only_behind_trusted_proxies() {
    for (peer, forwarded, expected, why) in [
        ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9", "a stranger's header is ignored"),
        ("10.0.0.1", vec![], "10.0.0.1", "a proxy without the header is its own client"),
        ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1", "one hop"),
        ("10.0.0.1", vec!["198.51.100.1, 10.0.0.2"], "198.51.100.1", "two trusted hops"),
        (
            "10.0.0.1",
            vec!["6.6.6.6, 198.51.100.1"],
            "198.51.100.1",
            "a spoofed entry stays left of the client",
        ),
        ("10.0.0.1", vec!["6.6.6.6", "198.51.100.1"], "198.51.100.1", "the same, as a second header line"),
        ("10.0.0.1", vec!["10.0.0.3, 198.51.100.1"], "198.51.100.1", "a spoofed inner address"),
        ("10.0.0.1", vec!["10.0.0.3, 10.0.0.2"], "10.0.0.3", "a client inside the trusted network"),
        ("10.0.0.1", vec!["198.51.100.1, unknown"], "10.0.0.1", "a broken entry ends the chain"),
        ("10.0.0.1", vec![""], "10.0.0.1", "an empty header"),
        ("10.0.0.1", vec!["198.51.100.1:4711"], "198.51.100.1", "with a port"),
        ("10.0.0.1", vec!["[2001:db8::7]:4711"], "2001:db8::7", "IPv6 with a port"),
        ("10.0.0.1", vec!["2001:db8::7"], "2001:db8::7", "bare IPv6"),
        ("2001:db8:ffff::1", vec!["198.51.100.1"], "198.51.100.1", "an IPv6 proxy"),
        ("::ffff:10.0.0.1", vec!["198.51.100.1"], "198.51.100.1", "an IPv4 proxy on an IPv6 socket"),
        ("::ffff:203.0.113.9", vec![], "203.0.113.9", "an IPv4 client on an IPv6 socket"),
    ] {
        assert_eq!(address_of(peer, &forwarded), expected, "{why}");
    }
}

#[test]
fn a_chain_longer_than_any_honest_one_is_not_walked_to_its_end() {
    let long = vec!["10.0.0.2"; HOPS_MAX].join(",");

    assert_eq!(address_of("10.0.0.1", &[&format!("198.51.100.1,{long}")]), "10.0.0.2");
}

#[test]
fn the_site_comes_from_the_host_and_from_trusted_proxies() {
    let public = Site::parse("https://public.example").unwrap();
    let site_of = |peer: &str, lines: &[(&'static str, &str)]| {
        let found =
            site(peer.parse().unwrap(), &headers(lines), &Uri::from_static("/x"), &trusted(), &public);
        found.map(|site| site.to_string())
    };
    let (stranger, proxy) = ("203.0.113.9", "10.0.0.1");

    for (peer, lines, expected) in [
        (stranger, vec![("host", "Chat.Example.com")], Some("http://chat.example.com")),
        (stranger, vec![("host", "a.example"), ("x-forwarded-proto", "https")], Some("http://a.example")),
        (
            stranger,
            vec![("host", "a.example"), ("x-forwarded-host", "evil.example")],
            Some("http://a.example"),
        ),
        (proxy, vec![("host", "a.example"), ("x-forwarded-proto", "https")], Some("https://a.example")),
        (
            proxy,
            vec![("host", "in"), ("x-forwarded-host", "evil.example, a.example")],
            Some("http://a.example"),
        ),
        (proxy, vec![("host", "a.example"), ("x-forwarded-proto", "gopher")], Some("http://a.example")),
        (stranger, vec![("host", "a.example:80")], Some("http://a.example")),
        (stranger, vec![("host", "a.example:8080")], Some("http://a.example:8080")),
        (stranger, vec![("host", "[::1]:8080")], Some("http://[::1]:8080")),
        (stranger, vec![], Some("https://public.example")),
        (stranger, vec![("host", "a.example/evil")], None),
        (stranger, vec![("host", "user@a.example")], None),
        (stranger, vec![("host", "a.example:port")], None),
        (stranger, vec![("host", "[::1")], None),
        (stranger, vec![("host", "")], None),
    ] {
        assert_eq!(site_of(peer, &lines).as_deref(), expected, "{lines:?}");
    }
}

#[test]
fn addresses_of_one_ipv6_household_are_one() {
    let network = |text: &str| network_of(text.parse().unwrap()).to_string();

    assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_eq!(network("2001:db8:1:2:ffff::"), "2001:db8:1:2::");
    assert_eq!(network("198.51.100.1"), "198.51.100.1");
    assert_eq!(network("::ffff:198.51.100.1"), "198.51.100.1");
}
