//! People: how they sign in, what they may do, what they are told.

mod agency_keys;
mod clients;
mod contacts;
mod key_mail;
mod leaving;
mod mail;
mod members;
mod serving;
mod sessions;
mod sign_in;
mod sign_up;
