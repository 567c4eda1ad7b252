//! How a client's widget looks: what is refused, what visitors get.

use crate::support::{Api, Reply, TestApp};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

async fn upload(api: &Api, name: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    let part = Part::bytes(bytes.into()).file_name(name.to_owned());
    Reply::of(api.request(Method::POST, "/api/config/logo").multipart(Form::new().part("file", part))).await
}

async fn shown(app: &TestApp, client_id: &str) -> Value {
    app.site.get(&format!("/api/widget/config/{client_id}")).await.expect(200).json()
}

// CHT-33
#[tokio::test]
async fn what_is_chosen_shows_in_the_widget() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let looks = json!({
        "theme": "custom", "accent_color": "#7a1f3d", "background_color": "#fffaf2", "text_color": "#2b1a10",
        "bubble_color": "#f3e6d4", "position": "top-left", "width_px": 200, "height_px": 1_000,
        "custom_css": ".panel { border-radius: 0 }", "logo_url": "https://cdn.example.com/logo.png",
    });

    let changed = app.api_key(&bakery).patch("/api/config", looks.clone()).await.expect(200).json();

    let seen = shown(&app, &bakery.id).await;
    for (name, value) in looks.as_object().expect("an object") {
        assert_eq!((&seen[name], &changed[name]), (value, value), "{name}");
    }
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn looks_out_of_bounds_are_refused_with_a_pointer() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    for (body, pointer) in [
        (json!({ "theme": "neon" }), "/theme"),
        (json!({ "position": "middle" }), "/position"),
        (json!({ "width_px": 199 }), "/width_px"),
        (json!({ "width_px": 801 }), "/width_px"),
        (json!({ "height_px": 299 }), "/height_px"),
        (json!({ "height_px": 1_001 }), "/height_px"),
        (json!({ "custom_css": "x".repeat(10_001) }), "/custom_css"),
        (json!({ "custom_css": "@import 'https://evil.example/a.css';" }), "/custom_css"),
        (json!({ "logo_url": "http://example.com/logo.png" }), "/logo_url"),
        (json!({ "logo_url": "javascript:alert(1)" }), "/logo_url"),
        (json!({ "placeholder": "x".repeat(256) }), "/placeholder"),
    ] {
        let reply = api.patch("/api/config", body.clone()).await.expect(422);
        assert_eq!(reply.pointers(), [pointer], "{body}");
    }
    assert_eq!(api.get("/api/config").await.json()["version"], 1, "nothing was changed");
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    for (body, field) in [
        (json!({ "accent_color": "#ffd400" }), "accent_color"),
        (json!({ "theme": "dark", "accent_color": "#101010" }), "accent_color"),
        (json!({ "theme": "custom", "text_color": "#9a9a9a" }), "text_color"),
        (json!({ "theme": "custom", "background_color": "#303030" }), "background_color"),
        (json!({ "theme": "custom", "bubble_color": "#404040" }), "bubble_color"),
    ] {
        let refused = api.patch("/api/config", body.clone()).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{refused}");
        let detail = refused["errors"][0]["detail"].as_str().expect("a sentence");
        let at = detail.find("The nearest that passes is #").unwrap_or_else(|| panic!("{detail}"));
        let nearest = detail[at..].trim_start_matches("The nearest that passes is ").trim_end_matches('.');

        let mut better = body;
        better[field] = json!(nearest);
        api.patch("/api/config", better).await.expect(200);
        api.patch(
            "/api/config",
            json!({ "theme": "auto", "accent_color": "#1f5fbf", "background_color": "#ffffff",
            "text_color": "#1b1e24", "bubble_color": "#eef0f3" }),
        )
        .await
        .expect(200);
    }
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn colours_that_are_there_stand_in_the_way_of_no_other_change() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    // As a row looks that an older version wrote.
    let yellow = app.env.db.write(snip::ground::scope::Actor::Operator, |tx| {
        tx.execute("update client_settings set accent_color = '#ffd400', version = version + 1", &[])
    });
    yellow.await.expect("the row is changed");

    let changed =
        app.api_key(&bakery).patch("/api/config", json!({ "welcome": "Good day!" })).await.expect(200);

    assert_eq!(changed.json()["accent_color"], "#ffd400");
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn an_uploaded_drawing_is_shown_under_its_hash_without_what_could_act() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let drawing = "<svg viewBox='0 0 8 8'><script>alert(1)</script><circle r='4' onload='alert(2)'/></svg>";

    let config = upload(&api, "logo.svg", drawing).await.expect(200).json();

    let url = config["logo_file_url"].as_str().expect("an address");
    assert_eq!(shown(&app, &bakery.id).await["logo_url"], url);
    let path = url.strip_prefix(&app.site.base).expect("an address of this site");
    let logo = app.site.get(path).await.expect(200);
    assert!(logo.text().contains("<circle r=\"4\"/>") && !logo.text().contains("alert"), "{}", logo.text());
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
        ("cache-control", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(logo.header(name), value);
    }
    let policy = logo.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn there_is_one_logo_and_the_last_word_counts() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let png = |side: u8| {
        [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0"[..], &[side], &[0, 0, 0, side, 8, 6, 0, 0, 0]].concat()
    };

    let first = upload(&api, "a.png", png(16)).await.expect(200).json()["logo_file_url"].clone();
    let second = upload(&api, "b.png", png(32)).await.expect(200).json()["logo_file_url"].clone();
    assert_ne!(first, second);
    let first = first.as_str().expect("an address").replace(&app.site.base, "");
    app.site.get(&first).await.expect_problem(404, "not_found");

    let by_address = json!({ "logo_url": "https://cdn.example.com/logo.png" });
    assert_eq!(api.patch("/api/config", by_address).await.expect(200).json()["logo_file_url"], Value::Null);
    assert_eq!(shown(&app, &bakery.id).await["logo_url"], "https://cdn.example.com/logo.png");

    let third = upload(&api, "c.png", png(32)).await.expect(200).json();
    assert_eq!((&third["logo_file_url"], &third["logo_url"]), (&second, &json!("")));

    assert_eq!(api.delete("/api/config/logo").await.expect(200).json()["logo_file_url"], Value::Null);
    api.delete("/api/config/logo").await.expect(200);
    assert_eq!(shown(&app, &bakery.id).await["logo_url"], Value::Null);
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn a_file_that_is_no_logo_is_refused_in_words() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    for (name, bytes, status, code, word) in [
        ("logo.png", b"not an image".to_vec(), 422, "unsupported_file", "PNG, JPEG, WebP or SVG"),
        ("logo.gif", b"GIF89a\x01\0\x01\0".to_vec(), 422, "unsupported_file", "PNG, JPEG, WebP or SVG"),
        ("logo.svg", b"<svg><g>".to_vec(), 422, "unsupported_file", "cannot be read"),
        ("logo.png", b"\x89PNG\r\n\x1a\n".to_vec(), 422, "unsupported_file", "damaged"),
        ("logo.png", vec![0; 1024 * 1024 + 1], 413, "payload_too_large", "1024 KB"),
    ] {
        let detail = upload(&api, name, bytes).await.expect_problem(status, code);
        assert!(detail.contains(word), "{detail}");
    }
    assert_eq!(api.get("/api/config").await.json()["version"], 1);
    app.finish().await;
}

// CHT-33
#[tokio::test]
async fn a_logo_belongs_to_its_client() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let config = upload(&app.api_key(&bakery), "logo.svg", "<svg><g/></svg>").await.expect(200).json();

    let url = config["logo_file_url"].as_str().expect("an address").replace(&app.site.base, "");

    app.site.get(&url.replace(&bakery.id, &garage.id)).await.expect_problem(404, "not_found");
    app.finish().await;
}
