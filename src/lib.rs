//! Snip: a self-hosted appliance for agencies. Start reading at `src/ARCHITECTURE.md`.

pub mod ground;
pub mod http;
