//! Snip: a self-hosted appliance for agencies. Start reading at `src/ARCHITECTURE.md`.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod gateway;
pub mod ground;
pub mod http;
pub mod index;
pub mod store;
pub mod telemetry;

/// Many small texts at a time are made and thrown away on several threads: the system's allocator takes a tenth of a
/// turn for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
