//! Tests through the front door: HTTP, the clock, the real binary; and the policies of the tree.

#[cfg(test)]
mod api;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod gateways;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod process;
#[cfg(test)]
mod public;
#[cfg(test)]
mod support;
