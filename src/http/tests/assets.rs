use super::*;
use http_body_util::BodyExt as _;

/// A tree of toy files with toy compressions.
#[derive(Embed)]
#[folder = "src/http/tests/files"]
struct Toys;

async fn read(path: &str, accept: &str) -> (String, axum::http::HeaderMap) {
    let (parts, body) = serve::<Toys>(path, Encodings::parse(accept)).unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (String::from_utf8(bytes.to_vec()).unwrap(), parts.headers)
}

#[tokio::test]
async fn a_file_comes_in_the_smallest_form_that_the_caller_takes() {
    for (accept, expected) in [
        ("gzip, deflate, br, zstd", "brotli form"),
        ("gzip", "gzip form"),
        ("br;q=0, gzip;q=0.5", "gzip form"),
        ("", "plain script"),
        ("identity", "plain script"),
    ] {
        let (body, headers) = read("widget.js", accept).await;

        assert_eq!(body, expected, "{accept}");
        assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(headers["vary"], "accept-encoding");
    }
}

#[tokio::test]
async fn every_form_has_a_tag_of_its_own() {
    let (_, plain) = read("widget.js", "").await;
    let (_, brotli) = read("widget.js", "br").await;

    assert_ne!(plain["etag"], brotli["etag"]);
    assert_eq!(brotli["content-encoding"], "br");
}

#[tokio::test]
async fn a_hashed_name_is_cached_for_good_and_the_loader_for_minutes() {
    let (_, panel) = read("widget/panel-0123456789abcdef.js", "br").await;
    let (_, loader) = read("widget.js", "br").await;

    assert_eq!(panel["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(loader["cache-control"], "public, max-age=300");
    assert!(!panel.contains_key("content-encoding"), "it has no sibling");
}

#[test]
fn nothing_outside_the_tree_and_no_sibling_is_served() {
    for path in ["../mod.rs", "widget.js.gz", "widget", "", "widget/../widget.js", "/etc/passwd"] {
        assert!(serve::<Toys>(path, Encodings::default()).is_err(), "{path}");
    }
}

#[test]
fn a_hash_in_a_name_has_eight_hexadecimal_digits_at_least() {
    for (name, hashed) in [
        ("panel-0123abcd.js", true),
        ("a/b/panel-0123456789abcdef.js", true),
        ("panel-0123abc.js", false),
        ("panel-settings.js", false),
        ("0123abcd.js", false),
        ("panel-0123abcd", false),
    ] {
        assert_eq!(is_hashed(name), hashed, "{name}");
    }
}
