//! Serves one of the helpers of a measurement on a free port of loopback, and prints its address.

use axum::Router;
use std::io::Write as _;

/// Runs until the process is ended.
pub fn serve(routes: Router) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("{}", listener.local_addr().expect("an address"));
        std::io::stdout().flush().expect("standard output");
        axum::serve(listener, routes).await.expect("the server runs");
    });
}
