//! The widget's files, as browsers load them.

use crate::support::{Reply, TestApp};
use reqwest::Method;

/// The path of the panel that the loader imports: `/widget/panel-HASH.js`.
async fn panel_path(app: &TestApp) -> String {
    let loader = app.site.get("/widget.js").await.expect(200).text();
    let at = loader.find("panel-").expect("the loader names its panel");
    let name = loader[at..].split(".js").next().expect("the panel is a script");
    format!("/widget/{name}.js")
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
