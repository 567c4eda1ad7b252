//! People: how they sign in, what they may do, what they are told.

mod clients;
mod leaving;
mod mail;
mod members;
mod sessions;
mod sign_in;
