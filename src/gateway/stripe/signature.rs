//! The signature of a delivery: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX…]`, each `v1` the HMAC-SHA256 of
//! `SECONDS.BODY` under a secret of the endpoint (Stripe's "Verify webhook signatures manually"). Pure.
//!
//! While a secret is exchanged Stripe signs with both, and so may we hold both: one of ours has to fit one of theirs.
//! Schemes other than `v1` are not looked at: `v0` is signed with a secret that is not one.

use crate::ground::crypto::{constant_time_eq, hex, hmac_sha256};
use crate::ground::limits::{WEBHOOK_SIGNATURES_MAX, WEBHOOK_TOLERANCE_MS};
use crate::ground::secret::Secret;
use crate::ground::time::Timestamp;

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("The header `Stripe-Signature` is missing. Only Stripe's own deliveries are taken here.")]
    Missing,
    #[error(
        "The header `Stripe-Signature` cannot be read. It holds a time and signatures, such as `t=1795000000,v1=5257a8…`."
    )]
    Malformed,
    #[error(
        "No signature fits. Compare the endpoint's signing secret at Stripe with `billing.webhook_secret`, and see \
         that no proxy changes the body."
    )]
    Mismatch,
    #[error(
        "The delivery was signed more than five minutes before or after now. Set the clock of the server right; \
         Stripe signs anew when it sends again."
    )]
    Stale,
}

/// Checks the header against the bytes of the body. It takes the same time whichever secret fits, and wherever a wrong
/// signature differs; the time is judged last, so that only who knows a secret learns anything of our clock.
pub fn verify(
    header: Option<&str>,
    body: &[u8],
    secrets: &[Secret<String>],
    now: Timestamp,
) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    let signed = Signed::read(header).ok_or(SignatureError::Malformed)?;
    let message = [signed.seconds.as_bytes(), b".", body].concat();
    let mut fits = false;
    for secret in secrets {
        let expected = hex(&hmac_sha256(secret.reveal().as_bytes(), &message));
        for signature in &signed.signatures {
            fits |= constant_time_eq(expected.as_bytes(), signature.as_bytes());
        }
    }
    if !fits {
        return Err(SignatureError::Mismatch);
    }
    let distance_ms = now.as_ms().abs_diff(signed.at_ms);
    if distance_ms > WEBHOOK_TOLERANCE_MS.unsigned_abs() { Err(SignatureError::Stale) } else { Ok(()) }
}

struct Signed<'a> {
    /// As it was signed.
    seconds: &'a str,
    at_ms: i64,
    signatures: Vec<&'a str>,
}

impl<'a> Signed<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let (mut seconds, mut signatures) = (None, Vec::new());
        for item in header.split(',') {
            match item.trim().split_once('=') {
                // Two times would leave open which one was signed.
                Some(("t", _)) if seconds.is_some() => return None,
                Some(("t", value)) => seconds = Some(value),
                Some(("v1", value)) => signatures.push(value),
                Some(_) => {}
                None => return None,
            }
        }
        let seconds = seconds.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        let at_ms = seconds.parse::<i64>().ok()?.checked_mul(1_000)?;
        let is_bounded = (1..=WEBHOOK_SIGNATURES_MAX).contains(&signatures.len());
        is_bounded.then_some(Self { seconds, at_ms, signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_test_webhook","object":"event"}"#;
    const AT: i64 = 1_795_000_000;
    /// Made by Stripe's own library (`stripe` 16 for Python, `WebhookSignature`), with `whsec_first`.
    const FIRST: &str = "d8a0164dbb2ad6040890bcd6d57d72d14aaf740489a002b0818947c642abdaeb";
    /// The same, with `whsec_second`.
    const SECOND: &str = "bfb778b9da66be7e1fd74e9e6c504789916d3d160a22d2974c5b192a95befe4c";

    fn secrets(texts: &[&str]) -> Vec<Secret<String>> {
        texts.iter().map(|text| Secret::new((*text).to_owned())).collect()
    }

    fn judge(header: &str, secrets_held: &[&str], now_s: i64) -> Result<(), SignatureError> {
        verify(Some(header), BODY, &secrets(secrets_held), Timestamp::from_ms(now_s * 1_000))
    }

    // BIL-20
    #[test]
    fn a_signature_of_stripes_own_making_fits_the_bytes_that_it_was_made_for_and_no_others() {
        let header = format!("t={AT},v1={FIRST}");
        let now = Timestamp::from_ms(AT * 1_000);

        assert_eq!(judge(&header, &["whsec_first"], AT), Ok(()));
        assert_eq!(judge(&header, &["whsec_second"], AT), Err(SignatureError::Mismatch));
        assert_eq!(judge(&header, &[], AT), Err(SignatureError::Mismatch));
        for body in [&b""[..], &[BODY, b" "].concat(), &BODY[1..]] {
            assert_eq!(
                verify(Some(&header), body, &secrets(&["whsec_first"]), now),
                Err(SignatureError::Mismatch)
            );
        }
        let moved = format!("t={},v1={FIRST}", AT + 1);
        assert_eq!(
            judge(&moved, &["whsec_first"], AT),
            Err(SignatureError::Mismatch),
            "the time is signed too"
        );
    }

    // BIL-20
    #[test]
    fn while_a_secret_is_exchanged_either_side_may_be_first() {
        let both = format!("t={AT},v1={SECOND},v1={FIRST},v0={SECOND}");

        assert_eq!(judge(&both, &["whsec_first"], AT), Ok(()), "Stripe signs with both");
        assert_eq!(judge(&both, &["whsec_second"], AT), Ok(()));
        let new = format!("t={AT},v1={SECOND}");
        assert_eq!(judge(&new, &["whsec_first", "whsec_second"], AT), Ok(()), "we hold both");
        let old_scheme = format!("t={AT},v0={FIRST}");
        assert_eq!(judge(&old_scheme, &["whsec_first"], AT), Err(SignatureError::Malformed));
    }

    // BIL-20
    #[test]
    fn what_was_signed_more_than_five_minutes_away_is_stale() {
        let header = format!("t={AT},v1={FIRST}");
        for (now, wanted) in [
            (AT + 300, Ok(())),
            (AT + 301, Err(SignatureError::Stale)),
            (AT - 300, Ok(())),
            (AT - 301, Err(SignatureError::Stale)),
        ] {
            assert_eq!(judge(&header, &["whsec_first"], now), wanted, "{now}");
        }
        assert_eq!(
            judge(&header, &["whsec_other"], AT + 900),
            Err(SignatureError::Mismatch),
            "no word of the clock"
        );
    }

    #[test]
    fn a_header_that_cannot_be_read_is_refused() {
        assert_eq!(verify(None, BODY, &[], Timestamp::from_ms(0)), Err(SignatureError::Missing));
        let many = format!("t={AT}{}", format!(",v1={FIRST}").repeat(WEBHOOK_SIGNATURES_MAX + 1));
        for header in [
            "",
            "t=",
            "t=1",
            "v1=aa",
            "t=x,v1=aa",
            "t=-5,v1=aa",
            "t=99999999999999999999,v1=aa",
            "t=9223372036854775807,v1=aa",
            "t=1,t=2,v1=aa",
            "t=1,v1",
            &many,
        ] {
            assert_eq!(judge(header, &["whsec_first"], AT), Err(SignatureError::Malformed), "{header}");
        }
    }
}
