//! What Stripe sends: whether a delivery is really Stripe's ([`signature`]), and which event it is ([`event`]).
//!
//! Both are pure. What an event means is not decided here: it is stored by its id with the bytes that came, whatever
//! version of the interface it was written in, and read further by whoever handles it. Nothing is asked of Stripe yet.

pub mod event;
pub mod signature;
