//! The cookie of a session, and the proof that a write comes from our own page.
//!
//! On https its name begins with `__Host-` and it is `Secure`: no other host and no plain request can set it (RFC
//! 6265bis). On plain http it serves this machine only, unless the operator has allowed more. It is never readable by
//! a script.

use super::address::Site;
use super::problem::Problem;
use super::problem_codes::Code;
use crate::domain::access::sessions::IssuedSession;
use crate::ground::limits::PERSON_SESSION_MS;
use crate::ground::secret::Secret;
use crate::ground::time::SECOND_MS;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use std::net::IpAddr;

/// Carries the token of `GET /api/session` with each write.
pub(super) const CSRF_HEADER: &str = "x-csrf-token";

const fn name(is_https: bool) -> &'static str {
    if is_https { "__Host-session" } else { "session" }
}

/// The session's token, where the cookie of this kind of site carries one. Of several the first counts: browsers send
/// the one with the longest path first, and ours has none but `/`.
pub(super) fn session_in(headers: &HeaderMap, site: &Site) -> Option<Secret<String>> {
    let wanted = name(site.is_https());
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut tokens = pairs.filter(|(name, _)| *name == wanted).map(|(_, token)| token.trim().to_owned());
    tokens.find(|token| !token.is_empty()).map(Secret::new)
}

/// The header that gives the browser its session.
pub(super) fn set(site: &Site, issued: &IssuedSession) -> Result<HeaderValue, Problem> {
    write(site, issued.token.reveal(), PERSON_SESSION_MS / SECOND_MS)
}

/// The header that takes it away.
pub(super) fn clear(site: &Site) -> Result<HeaderValue, Problem> {
    write(site, "", 0)
}

fn write(site: &Site, token: &str, max_age_s: i64) -> Result<HeaderValue, Problem> {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let text = format!(
        "{}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}",
        name(site.is_https())
    );
    HeaderValue::from_str(&text).map_err(Problem::internal)
}

/// Whether a session on this site can be overheard.
pub(super) fn is_insecure(site: &Site) -> bool {
    !site.is_https() && !is_this_machine(site)
}

fn is_this_machine(site: &Site) -> bool {
    let host = match site.host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => site.host.as_str(),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Refuses to give a session to whoever could be overheard.
pub(super) fn require_secure(site: &Site, is_insecure_allowed: bool) -> Result<(), Problem> {
    if is_insecure(site) && !is_insecure_allowed {
        return Err(Problem::with_detail(
            Code::InsecureSite,
            "Signing in works over https, or on this machine itself. Behind a proxy set `http.public_url` or \
             `http.trusted_proxies`; `http.allow_insecure` allows plain http.",
        ));
    }
    Ok(())
}

/// Refuses a write with a cookie that does not come from a page of this very site.
pub(super) fn require_own_origin(headers: &HeaderMap, site: &Site) -> Result<(), Problem> {
    let origin = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    if origin.is_some_and(|origin| origin.eq_ignore_ascii_case(&site.to_string())) {
        return Ok(());
    }
    Err(csrf_refused())
}

/// As [`require_own_origin`], for what needs no cookie: a program may leave the origin away.
pub(super) fn refuse_foreign_origin(origin: Option<&str>, site: &Site) -> Result<(), Problem> {
    match origin {
        Some(origin) if !origin.eq_ignore_ascii_case(&site.to_string()) => Err(csrf_refused()),
        _ => Ok(()),
    }
}

pub(super) fn csrf_refused() -> Problem {
    Problem::with_detail(
        Code::CsrfRefused,
        "The request must come from this site's own page, with the `csrf_token` of the session as `X-CSRF-Token`. \
         Load the page again. Behind a proxy set `http.public_url` or `http.trusted_proxies`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> Site {
        Site::parse(text).unwrap()
    }

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    // ACC-3
    #[test]
    fn each_kind_of_site_reads_its_own_cookie_only() {
        let found = |site_text: &str, cookies: &[&str]| {
            session_in(&headers("cookie", cookies), &site(site_text)).map(|token| token.reveal().clone())
        };

        assert_eq!(found("http://localhost:8080", &["a=1; session=x"]).as_deref(), Some("x"));
        assert_eq!(found("https://a.test", &["session=planted; __Host-session=own"]).as_deref(), Some("own"));
        assert_eq!(found("https://a.test", &["session=planted"]), None);
        assert_eq!(found("http://localhost", &["session=", "session=y"]).as_deref(), Some("y"));
        assert_eq!(found("http://localhost", &["mysession=x; x"]), None);
    }

    // ACC-3
    #[test]
    fn plain_http_serves_this_machine_only() {
        for own in [
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://127.1.2.3:1",
            "http://[::1]:80",
            "https://a.test",
        ] {
            assert!(!is_insecure(&site(own)), "{own}");
        }
        for other in
            ["http://a.test", "http://10.0.0.5:8080", "http://localhost.evil.test", "http://[2001:db8::1]"]
        {
            assert!(is_insecure(&site(other)), "{other}");
        }
        assert!(require_secure(&site("http://a.test"), false).is_err());
        assert!(require_secure(&site("http://a.test"), true).is_ok());
    }

    // ACC-10
    #[test]
    fn a_write_comes_from_the_very_same_origin() {
        let own = site("https://a.test");
        let judged = |origin: &[&str]| require_own_origin(&headers("origin", origin), &own).is_ok();

        assert!(judged(&["https://a.test"]));
        for foreign in [
            "http://a.test",
            "https://a.test.evil.test",
            "https://b.a.test",
            "https://a.test:444",
            "null",
            "",
        ] {
            assert!(!judged(&[foreign]), "{foreign}");
        }
        assert!(!judged(&[]), "a browser sends one with every write");
        assert!(refuse_foreign_origin(None, &own).is_ok());
        assert!(refuse_foreign_origin(Some("null"), &own).is_err());
    }
}
