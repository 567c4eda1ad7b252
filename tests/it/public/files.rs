//! The widget's files, as browsers load them.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use snip::domain::widget_builds::{self, BuiltFile};
use snip::engine::housekeeping;
use snip::ground::crypto::integrity;
use snip::ground::scope::Actor;
use snip::ground::time::DAY_MS;
use snip::store::DbError;

/// The path of the panel that the loader imports: `/widget/panel-HASH.js`.
async fn panel_path(app: &TestApp) -> String {
    let loader = app.site.get("/widget.js").await.expect(200).text();
    let name = loader
        .match_indices("panel-")
        .filter_map(|(at, _)| loader.get(at..at + "panel-0123456789abcdef.js".len()))
        .find(|name| name.ends_with(".js"));
    format!("/widget/{}", name.expect("the loader names its panel"))
}

// CHT-30
#[tokio::test]
async fn the_loader_is_kept_for_minutes_and_checked_by_its_tag() {
    let app = TestApp::start().await;

    let loader = app.site.get("/widget.js").await.expect(200);
    let tag = loader.header("etag").to_owned();
    let again = Reply::of(app.site.request(Method::GET, "/widget.js").header("if-none-match", &tag)).await;

    assert_eq!(loader.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(loader.header("access-control-allow-origin"), "*");
    assert_eq!(loader.header("cross-origin-resource-policy"), "cross-origin");
    assert!(loader.header("cache-control").contains("max-age=300"), "{}", loader.header("cache-control"));
    assert!(!loader.header("cache-control").contains("immutable"));
    assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, tag.as_str()));
    app.finish().await;
}

// CHT-30
#[tokio::test]
async fn the_panel_is_kept_for_good_under_the_hash_in_its_name() {
    let app = TestApp::start().await;
    let path = panel_path(&app).await;

    let panel = app.site.get(&path).await.expect(200);

    assert!(panel.header("cache-control").contains("immutable"), "{}", panel.header("cache-control"));
    assert_eq!(panel.header("access-control-allow-origin"), "*");
    app.site.get("/widget/panel-0000000000000000.js").await.expect_problem(404, "not_found");
    app.site.get("/widget/..%2fwidget.js").await.expect_problem(404, "not_found");
    app.finish().await;
}

// CHT-30, CHT-31
#[tokio::test]
async fn files_come_compressed_as_the_browser_takes_them_each_with_its_own_tag() {
    let app = TestApp::start().await;
    for path in ["/widget.js".to_owned(), panel_path(&app).await] {
        let load = async |encodings: &str| {
            let request = app.site.request(Method::GET, &path).header("accept-encoding", encodings);
            Reply::of(request).await.expect(200)
        };

        let (plain, gzip, brotli) =
            (load("identity").await, load("gzip, deflate").await, load("gzip, deflate, br").await);

        let names = [&plain, &gzip, &brotli].map(|reply| reply.header("content-encoding"));
        assert_eq!(names, ["", "gzip", "br"], "{path}");
        assert!(brotli.bytes.len() < gzip.bytes.len() && gzip.bytes.len() < plain.bytes.len(), "{path}");
        assert_ne!(plain.header("etag"), gzip.header("etag"));
        assert_ne!(gzip.header("etag"), brotli.header("etag"));
        assert!(gzip.header("vary").to_lowercase().contains("accept-encoding"));
    }
    app.finish().await;
}

// APP-10
#[tokio::test]
async fn what_visitors_load_carries_no_product_name() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let config = format!("/api/widget/config/{}", bakery.id);

    for path in ["/widget.js".to_owned(), panel_path(&app).await, config, "/pages/pages.css".to_owned()] {
        let reply = app.site.get(&path).await.expect(200);
        assert!(!reply.text().to_lowercase().contains("snip"), "{path}");
        let headers = format!("{:?}", reply.headers).to_lowercase();
        assert!(!headers.contains("snip"), "{path}: {headers}");
    }
    app.finish().await;
}

// CHT-30
#[tokio::test]
async fn the_pinned_line_names_a_script_by_its_hash_and_for_good() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;

    let snippet = app.api_key(&bakery).get("/api/embed-snippet").await.expect(200).json();

    let pinned = &snippet["pinned"];
    let url = pinned["url"].as_str().expect("an address");
    let path = url.strip_prefix(&app.site.base).expect("an address of this site");
    let script = app.site.get(path).await.expect(200);
    let newest = app.site.get("/widget.js").await.expect(200);
    assert_eq!(pinned["integrity"], integrity(&script.bytes), "browsers compare the bytes with it");
    assert_eq!(script.bytes, newest.bytes);
    assert!(script.header("cache-control").contains("immutable"), "{}", script.header("cache-control"));
    assert_eq!(script.header("access-control-allow-origin"), "*", "integrity needs CORS");
    let html = pinned["html"].as_str().expect("a line");
    for part in [url, &integrity(&script.bytes), "crossorigin=\"anonymous\"", &bakery.id] {
        assert!(html.contains(part), "{html} lacks {part}");
    }
    app.finish().await;
}

fn former(name: &str, text: &str) -> BuiltFile {
    BuiltFile {
        name: name.to_owned(),
        plain: text.as_bytes().to_vec(),
        gzip: b"gzip".to_vec(),
        brotli: b"brotli".to_vec(),
    }
}

// CHT-30
#[tokio::test]
async fn what_a_former_version_served_works_for_400_days_after_the_upgrade() {
    let app = TestApp::start().await;
    let files = [
        former("loader-00000000aaaaaaaa.js", "old loader"),
        former("panel-00000000bbbbbbbb.js", "old panel"),
    ];
    let noted = app
        .env
        .db
        .write(Actor::Operator, move |tx| -> Result<_, DbError> { widget_builds::keep(tx, &files) });
    noted.await.expect("the former version noted its files");
    let load = async |encodings: &str| {
        let request = app.site.request(Method::GET, "/widget/panel-00000000bbbbbbbb.js");
        Reply::of(request.header("accept-encoding", encodings)).await
    };

    app.clock.advance_ms(399 * DAY_MS);
    housekeep(&app).await;
    let (plain, gzip, brotli) =
        (load("identity").await.expect(200), load("gzip").await, load("br, gzip").await);

    assert_eq!(plain.text(), "old panel");
    assert_eq!((gzip.text(), gzip.header("content-encoding")), ("gzip".to_owned(), "gzip"));
    assert_eq!((brotli.text(), brotli.header("content-encoding")), ("brotli".to_owned(), "br"));
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(plain.header(name), value);
    }
    assert!(plain.header("cache-control").contains("immutable"));
    app.site.get("/widget/loader-00000000aaaaaaaa.js").await.expect(200);

    app.clock.advance_ms(2 * DAY_MS);
    housekeep(&app).await;
    load("identity").await.expect_problem(404, "not_found");
    app.finish().await;
}

// CHT-30
#[tokio::test]
async fn what_this_version_serves_is_kept_for_the_next_one() {
    let app = TestApp::start().await;

    housekeep(&app).await;

    for file in widget_builds::current_files() {
        let name = file.name.clone();
        let kept = app.env.db.read(move |tx| -> Result<_, DbError> { widget_builds::find(tx, &name) }).await;
        assert_eq!(kept.expect("readable").as_ref(), Some(&file), "{}", file.name);
    }
    assert_eq!(app.count("select count(*) as n from widget_files").await, 2, "a loader and its panel");
    app.finish().await;
}

/// What the job of the hour does for the widget's files.
async fn housekeep(app: &TestApp) {
    housekeeping::keep_widget(&app.env).await.expect("the files are noted");
    let pruned = app
        .env
        .db
        .write(Actor::Operator, |tx| widget_builds::prune(tx, tx.now().plus_ms(-widget_builds::KEPT_MS)));
    pruned.await.expect("old files are forgotten");
}
