//! Our side of what vendors' servers speak, against servers on loopback.

mod aimock;
mod llm;
mod llm_faults;
