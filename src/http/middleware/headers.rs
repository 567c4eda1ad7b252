//! Security headers of every answer. What a row has set itself stays.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// No inline script or style, no eval, nothing from another host; the widget on our own demo pages runs under it
/// (`script-src 'self'` covers its script and its modules, its styles are constructable sheets).
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// A year. Without subdomains: a client's domain may have others that are not ours.
const TRANSPORT_SECURITY: &str = "max-age=31536000";

const DEFAULTS: [(HeaderName, &str); 7] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    // Beside `frame-ancestors`, for old browsers and for scanners.
    (X_FRAME_OPTIONS, "DENY"),
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // Answers are somebody's data unless a row says otherwise.
    (CACHE_CONTROL, "no-store"),
];

/// Adds what is missing.
pub(super) fn secure(headers: &mut HeaderMap, is_https: bool) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // RFC 6797 7.2: never over plain http.
    if is_https {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(TRANSPORT_SECURITY));
    }
}
