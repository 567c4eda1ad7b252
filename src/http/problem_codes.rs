//! Every way a request can fail, in one table: code, status, who should act, title.
//!
//! A code is a promise to programs: once published it keeps its name and its meaning. The table feeds the
//! answers, the OpenAPI document and the page behind each problem's `type`.

use axum::http::StatusCode;

/// Who can do something about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActsOn {
    /// Whoever sent the request: send another one.
    Caller,
    /// The agency: change a client, a key or a setting.
    Agency,
    /// Whoever runs the machine.
    Operator,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct CodeRow {
    pub name: &'static str,
    pub status: u16,
    pub acts: ActsOn,
    pub title: &'static str,
}

macro_rules! codes {
    ($($variant:ident, $name:literal, $status:literal, $acts:ident, $title:literal;)+) => {
        /// The stable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $title] $variant,)+ }

        /// Every code, in reading order.
        pub const CODES: &[Code] = &[$(Code::$variant,)+];

        impl Code {
            /// The row of this code.
            pub const fn row(self) -> CodeRow {
                match self {
                    $(Code::$variant => CodeRow {
                        name: $name,
                        status: $status,
                        acts: ActsOn::$acts,
                        title: $title,
                    },)+
                }
            }
        }
    };
}

codes! {
    // What is wrong with the request itself
    InvalidRequest, "invalid_request", 400, Caller, "The request cannot be read";
    SignatureRefused, "signature_refused", 400, Caller, "The signature is not valid";
    ValidationFailed, "validation_failed", 422, Caller, "A value is missing or not allowed";
    NotFound, "not_found", 404, Caller, "There is nothing here";
    MethodNotAllowed, "method_not_allowed", 405, Caller, "This address does not know that method";
    RequestTimeout, "request_timeout", 408, Caller, "The request did not arrive in time";
    PayloadTooLarge, "payload_too_large", 413, Caller, "The request is too large";
    UriTooLong, "uri_too_long", 414, Caller, "The address is too long";
    UnsupportedMediaType, "unsupported_media_type", 415, Caller, "This content type is not accepted here";
    UnsupportedFile, "unsupported_file", 422, Caller, "This kind of file cannot be read";
    HeadersTooLarge, "headers_too_large", 431, Caller, "The headers are too large";
    // Who may
    Unauthorized, "unauthorized", 401, Caller, "A valid API key is needed";
    SessionMissing, "session_missing", 401, Caller, "Nobody is signed in";
    CodeInvalid, "code_invalid", 401, Caller, "The code is not valid";
    LinkInvalid, "link_invalid", 401, Caller, "The link is not valid any more";
    KeyInvalid, "key_invalid", 401, Caller, "The API key is not valid";
    CsrfRefused, "csrf_refused", 403, Caller, "The request does not come from our own page";
    InsecureSite, "insecure_site", 403, Operator, "Signing in needs https";
    Forbidden, "forbidden", 403, Agency, "This is not allowed";
    OriginRefused, "origin_refused", 403, Agency, "This website is not allowed to use the assistant";
    SessionInvalid, "session_invalid", 403, Caller, "The session has ended";
    IdentityRefused, "identity_refused", 403, Agency, "The visitor's identity is not proven";
    SetupLinkInvalid, "setup_link_invalid", 403, Operator, "The setup link has expired or was used";
    ClientInactive, "client_inactive", 403, Agency, "This account is not active";
    // What stands against it
    StaleVersion, "stale_version", 409, Caller, "Somebody else changed this in the meantime";
    WrongState, "wrong_state", 409, Caller, "The object is not in a state for this";
    IdempotencyKeyReused, "idempotency_key_reused", 422, Caller, "This idempotency key belongs to another request";
    RateLimited, "rate_limited", 429, Caller, "Too many requests";
    QuotaReached, "quota_reached", 403, Agency, "A limit of the account is reached";
    // What is wrong on our side
    Internal, "internal", 500, Operator, "Something went wrong on the server";
    NotReady, "not_ready", 503, Operator, "The service is not ready";
    Timeout, "timeout", 503, Operator, "The answer took too long";
    Interrupted, "interrupted", 503, Caller, "The answer was interrupted";
    DiskFull, "disk_full", 507, Operator, "The server has no space left";
}

impl Code {
    /// The code as it stands in JSON.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    pub const fn title(self) -> &'static str {
        self.row().title
    }

    pub fn status(self) -> StatusCode {
        // Every status of the table is a valid one (tested).
        StatusCode::from_u16(self.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code with this name, if there is one.
    pub fn find_by_name(name: &str) -> Option<Code> {
        CODES.iter().copied().find(|code| code.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_named_once_and_carries_a_real_status() {
        let mut names: Vec<_> = CODES.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), CODES.len());
        for code in CODES {
            let row = code.row();
            assert_eq!(code.status().as_u16(), row.status, "{}", row.name);
            assert_eq!(Code::find_by_name(row.name), Some(*code));
            assert!((400..600).contains(&row.status), "{}", row.name);
        }
    }
}
