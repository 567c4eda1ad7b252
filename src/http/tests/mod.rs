//! The frame, met through the front door: toy rows, a fake gatekeeper, requests by `oneshot`.

mod bodies;
mod browsers;
mod callers;
pub(crate) mod support;
