//! Tests through the front door: HTTP, the clock, the real binary.

#[cfg(test)]
mod api;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod process;
#[cfg(test)]
mod public;
#[cfg(test)]
mod support;
