//! Our side of what vendors' servers speak, against servers on loopback.

mod aimock;
mod embeddings;
mod llm;
mod llm_faults;
mod smtp;
