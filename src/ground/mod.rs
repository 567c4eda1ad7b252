//! FLOOR 0: plain values that every other floor speaks in.
//!
//! Nothing here reads a clock, draws randomness or does IO (a policy test holds that). A value of one of
//! these types is proof that it was checked: parse at the edge, carry the type inward.

pub mod bounded_text;
pub mod crypto;
pub mod destination;
pub mod email_address;
pub mod ids;
pub mod limits;
pub mod model_prices;
pub mod scope;
pub mod secret;
pub mod stored_text;
pub mod temperature;
pub mod text;
pub mod time;
