//! What anyone may ask: the widget's questions, pages for people, probes.

pub mod chat;
pub mod chat_stream;
pub mod chat_thread;
pub mod citation_view;
pub mod demo;
pub mod guard;
pub mod health;
pub mod home;
pub mod origin;
pub mod passages;
pub mod served;
pub mod setup;
pub mod shared;
pub mod widget_config;
pub mod widget_logo;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(chat::routes());
    rows.extend(chat_stream::routes());
    rows.extend(chat_thread::routes());
    rows.extend(widget_config::routes());
    rows.extend(widget_logo::routes());
    rows.extend(passages::routes());
    rows.extend(shared::routes());
    rows.extend(setup::routes());
    rows.extend(demo::routes());
    rows.extend(health::routes());
    rows.extend(home::routes());
    rows
}
