//! What `make bench` measures with code of our own. Each subcommand prints JSON, or serves a helper of a
//! measurement until it is ended; `figures.py` is who calls them.
//!
//! Figures of these programs count only from a release build: `cargo bench --bench bench -- NAME`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on ends, and reads the real clock"
)]

mod bare;
mod embedder;
mod ingestion;
mod provider;
mod retrieval;
mod serve;
mod vectors;

const USAGE: &str = "usage: bench NAME
  bare                                        serves one small answer, without more
  provider [FIRST_TOKEN_MS PIECES PIECE_MS]   serves as a model server
  embedder PACKAGE                            measures the embedder
  ingestion MODELS                            measures taking in a document beside the embedder alone
  retrieval MODELS DATA [SET…]                judges retrieval on the sets in DATA
  vectors CLIENTSxVECTORS[i] …                measures search among vectors; i: with an index";

fn main() {
    // Cargo hands its own `--bench` to every bench program.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (name, rest) = arguments.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    match name {
        "bare" => serve::serve(bare::routes()),
        "provider" => serve::serve(provider::routes(pace(rest))),
        "embedder" => embedder::measure(rest),
        "ingestion" => ingestion::run(rest),
        "retrieval" => retrieval::run(rest),
        "vectors" => vectors::run(rest),
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    }
}

fn pace(numbers: &[String]) -> provider::Pace {
    let number = |at: usize, default: u64| {
        numbers.get(at).map_or(default, |text| text.parse().expect("a whole number"))
    };
    provider::Pace { first_token_ms: number(0, 0), pieces: number(1, 20), piece_ms: number(2, 0) }
}
