//! What vendors deliver by themselves: believed when it is signed, stored once, and acknowledged after that.

mod stripe;
mod stripe_sdk;
