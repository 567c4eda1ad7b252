//! Connections to others are opened in few places, and each of them asks the gate before (APP-13).

use super::rust_text::product_code_of;
use super::{assert_none, tree};

/// What opens a connection, looks up a name, or makes something that does.
const OPENERS: &[&str] = &[
    "Client::builder",
    "Client::new()",
    "ClientBuilder::new",
    "reqwest::get",
    "reqwest::blocking",
    "SmtpConnection::connect",
    "SmtpTransport",
    "AsyncSmtp",
    "TcpStream::connect",
    "TcpSocket",
    "UdpSocket",
    "Socket::new",
    "net::connect",
    "lookup_host",
    "to_socket_addrs",
    "getaddrinfo",
    "libc::socket",
    "libc::connect",
    "SYS_connect",
];

/// Where they may stand, and what the same file must hold then: the question to the gate, or why none is needed.
const PLACES: &[(&str, &str)] = &[
    ("src/gateway/client.rs", "network::admit_url(address)?"),
    ("src/gateway/email/smtp.rs", "network::admit(&self.options.host, self.options.port)"),
    // `snip healthcheck` asks the server on this machine.
    ("src/cli/serve.rs", "fn probe(address: SocketAddr)"),
    // Tries that must fail, after the kernel was told to refuse every socket.
    ("src/cli/doctor_offline.rs", "is_refused_by_filter"),
];

// APP-13
#[test]
fn every_connection_to_others_asks_whether_the_network_is_closed() {
    let mut broken = Vec::new();

    for file in tree::product_files() {
        let code = product_code_of(&file.text);
        let openers: Vec<&str> = OPENERS.iter().copied().filter(|opener| code.contains(opener)).collect();
        let Some(first) = openers.first() else { continue };
        match PLACES.iter().find(|(path, _)| *path == file.path) {
            None => broken.push(format!(
                "{}: `{first}` opens a connection past the gate; go through `gateway/client.rs`, or ask \
                 `gateway::network` and stand in the list of this test",
                file.path
            )),
            Some((_, gate)) if !code.contains(gate) => {
                broken.push(format!("{}: `{first}` is there, and `{gate}` is not", file.path));
            }
            Some(_) => {}
        }
    }

    assert_none(&broken, "every connection to others asks the gate before");
}

// APP-13: a list that names what is gone hides what comes.
#[test]
fn each_place_that_may_open_connections_does() {
    for (path, _) in PLACES {
        let code = product_code_of(&tree::read(path));

        assert!(OPENERS.iter().any(|opener| code.contains(opener)), "{path} opens none any more");
    }
}

// APP-13: the client of a gateway gives away nothing that sends around the gate.
#[test]
fn the_client_of_a_gateway_is_closed() {
    let code = product_code_of(&tree::read("src/gateway/client.rs"));

    assert!(code.contains("struct HttpClient(Client);"), "its inside is its own");
    for way in
        ["self.0.request", "self.0.execute", "self.0.clone()", "&self.0\n", "impl Deref", "self.0.head"]
    {
        assert!(!code.contains(way), "`{way}` goes around the gate");
    }
    let asked = code.matches("network::admit_url(address)?").count();
    let sent = code.matches("self.0.").count();
    assert_eq!(asked, sent, "each request asks once");
}
