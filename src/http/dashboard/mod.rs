//! What people ask who are signed in, and how they sign in.
//!
//! Beside these rows stand the twins of all rows behind a key, at `/api/clients/{client}/…` (`route.rs`).

pub mod app;
pub mod backups;
pub mod clients;
pub mod inbox;
pub mod invitations;
pub mod keys;
pub mod leaving;
pub mod live;
pub mod members;
pub mod operations;
pub mod overview;
pub mod person;
pub mod session;
pub mod sign_in;
pub mod test_chat;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(app::routes());
    rows.extend(sign_in::routes());
    rows.extend(invitations::routes());
    rows.extend(session::routes());
    rows.extend(person::routes());
    rows.extend(clients::routes());
    rows.extend(leaving::routes());
    rows.extend(overview::routes());
    rows.extend(members::routes());
    rows.extend(keys::routes());
    rows.extend(test_chat::routes());
    rows.extend(live::routes());
    rows.extend(operations::routes());
    rows.extend(backups::routes());
    rows.extend(inbox::routes());
    rows
}
