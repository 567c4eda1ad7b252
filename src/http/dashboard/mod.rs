//! What people ask who are signed in, and how they sign in.
//!
//! Beside these rows stand the twins of all rows behind a key, at `/api/clients/{client}/…` (`route.rs`).

pub mod agency_keys;
pub mod app;
pub mod backups;
pub mod clients;
pub mod contacts;
pub mod figures;
pub mod inbox;
pub mod invitations;
pub mod key_claims;
pub mod key_mail;
pub mod keys;
pub mod leaving;
pub mod live;
pub mod members;
pub mod operations;
pub mod overview;
pub mod person;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod test_chat;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(app::routes());
    rows.extend(sign_in::routes());
    rows.extend(sign_up::routes());
    rows.extend(invitations::routes());
    rows.extend(key_claims::routes());
    rows.extend(session::routes());
    rows.extend(person::routes());
    rows.extend(figures::routes());
    rows.extend(agency_keys::routes());
    rows.extend(clients::routes());
    rows.extend(key_mail::routes());
    rows.extend(leaving::routes());
    rows.extend(overview::routes());
    rows.extend(members::routes());
    rows.extend(contacts::routes());
    rows.extend(keys::routes());
    rows.extend(test_chat::routes());
    rows.extend(live::routes());
    rows.extend(operations::routes());
    rows.extend(backups::routes());
    rows.extend(inbox::routes());
    rows
}
