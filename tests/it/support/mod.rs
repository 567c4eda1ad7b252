//! What the tests stand on: [`TestApp`] (the whole node in this process, on a manual clock), [`process::Home`]
//! (the real binary), and the personas that speak to either over HTTP: [`Api`], [`Browser`] and [`Visitor`].

pub mod app;
pub mod browser;
pub mod chunks;
pub mod events;
pub mod http;
pub mod mailbox;
pub mod personas;
pub mod process;
#[path = "../../../src/domain/knowledge/readers/samples_tests.rs"]
pub mod samples;
pub mod texts;
pub mod vendors;

pub use app::{Client, TestApp};
pub use browser::Browser;
pub use http::{Reply, Site};
pub use personas::{Answer, Api, Visitor};
