//! The section `[sign_up]`: accounts that people open by themselves.

use crate::ground::limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Accounts that people open by themselves, with an address that proves to be theirs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignUpSettings {
    /// Lets anybody open an account from the sign-in page. Such an account has the same caps as a demo, until the
    /// agency takes it on.
    pub enabled: bool,

    /// Days after which such an account is suspended, unless the agency has taken it on. 0: never, it is free.
    #[schemars(range(min = 0, max = limits::TRIAL_DAYS_MAX))]
    pub trial_days: u32,
}

impl Default for SignUpSettings {
    fn default() -> Self {
        Self { enabled: false, trial_days: 14 }
    }
}
