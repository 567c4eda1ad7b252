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
