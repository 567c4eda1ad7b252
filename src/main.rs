//! The binary: a thin front of the library.

fn main() -> std::process::ExitCode {
    snip::cli::main()
}
