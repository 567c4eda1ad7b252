//! The first run in a browser.

use crate::support::{Reply, Site, TestApp};
use reqwest::Method;
use snip::cli::admin::{AdminAnswer, AdminCommand};
use snip::ground::time::DAY_MS;

const FIELDS: [(&str, &str); 5] = [
    ("agency_name", "North & Co"),
    ("owner_name", "Ada North"),
    ("owner_email", "ada@north.test"),
    ("client_name", "Bakery"),
    ("client_email", "owner@example.test"),
];

/// The path of a new link, as the operator gets it.
async fn link(app: &TestApp) -> String {
    let AdminAnswer::SetupLink { url } = app.operator(AdminCommand::SetupLink).await else {
        panic!("no link")
    };
    url[url.find("/setup/").expect("a link")..].to_owned()
}

async fn send(site: &Site, path: &str, fields: &[(&str, &str)]) -> Reply {
    Reply::of(site.request(Method::POST, path).form(fields)).await
}

async fn open_in_browser(site: &Site, path: &str) -> Reply {
    Reply::of(site.request(Method::GET, path).header("accept", "text/html,*/*")).await
}

// APP-3
#[tokio::test]
async fn the_link_survives_being_opened_and_its_button_makes_the_first_client() {
    let app = TestApp::start().await;
    let path = link(&app).await;

    for _ in 0..3 {
        let form = app.site.get(&path).await.expect(200);
        assert!(form.text().contains("<form method=\"post\""), "{}", form.text());
    }
    let done = send(&app.site, &path, &FIELDS).await.expect(200);

    let page = done.text();
    let key = page.split("snip_sk_").nth(1).expect("the key is shown").get(..43).expect("a whole key");
    let key = format!("snip_sk_{key}");
    assert_eq!(done.header("cache-control"), "no-store");
    let usage = Reply::of(app.site.request(Method::GET, "/api/usage").header("x-api-key", &key)).await;
    usage.expect(200);
    // ACC-1: whoever set the node up owns it, and is signed in.
    let cookie = done.header("set-cookie").split(';').next().unwrap();
    let session = Reply::of(app.site.request(Method::GET, "/api/session").header("cookie", cookie)).await;
    let session = session.expect(200).json();
    assert_eq!(
        (&session["person"]["name"], &session["memberships"][0]["role"]),
        (&"Ada North".into(), &"owner".into())
    );
    assert_eq!(session["agency"]["name"], "North & Co");
    assert_eq!(app.count("select count(*) as n from clients").await, 1);
    app.finish().await;
}

// APP-3
#[tokio::test]
async fn a_used_an_old_and_a_made_up_link_open_a_page_that_says_what_to_do() {
    let app = TestApp::start().await;
    let (used, old) = (link(&app).await, link(&app).await);
    let made_up = format!("{}A", &old[..old.len() - 1]);
    let of_nothing = "/setup/nothing".to_owned();

    let renewed = open_in_browser(&app.site, &used).await.expect(403);
    app.clock.advance_ms(7 * DAY_MS);
    let fresh = link(&app).await;
    send(&app.site, &fresh, &FIELDS).await.expect(200);

    assert!(renewed.text().contains("setup-link"), "{}", renewed.text());
    for path in [&used, &old, &made_up, &of_nothing, &fresh] {
        let page = open_in_browser(&app.site, path).await.expect(403);
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(page.text().contains("is not valid any more"), "{}", page.text());
        send(&app.site, path, &FIELDS).await.expect_problem(403, "setup_link_invalid");
    }
    assert_eq!(app.count("select count(*) as n from clients").await, 1);
    app.finish().await;
}

// APP-3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_parallel_posts_of_one_link_one_makes_a_client() {
    let app = TestApp::start().await;
    let path = link(&app).await;

    let sent = futures_util::future::join_all((0..8).map(|_| send(&app.site, &path, &FIELDS))).await;

    let statuses: Vec<u16> = sent.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 7, "{statuses:?}");
    assert_eq!(app.count("select count(*) as n from clients").await, 1);
    assert_eq!(app.count("select count(*) as n from api_keys").await, 1);
    app.finish().await;
}

// APP-3
#[tokio::test]
async fn set_up_by_the_command_line_closes_every_link_and_one_renewed_later_is_good() {
    let app = TestApp::start().await;
    let printed = link(&app).await;

    app.client("Bakery").await;
    let closed = open_in_browser(&app.site, &printed).await.expect(403);
    send(&app.site, &printed, &FIELDS).await.expect_problem(403, "setup_link_invalid");
    let renewed = link(&app).await;
    app.site.get(&renewed).await.expect(200);

    assert!(closed.text().contains("is not valid any more"), "{}", closed.text());
    assert_eq!(app.count("select count(*) as n from clients").await, 1);
    let deeds =
        "select count(*) as n from audit_log where action = 'setup_link.renewed' and actor_kind = 'operator'";
    assert_eq!(app.count(deeds).await, 2);
    app.finish().await;
}

// APP-3
#[tokio::test]
async fn a_form_with_mistakes_comes_back_with_what_was_entered_and_the_link_stays_good() {
    let app = TestApp::start().await;
    let path = link(&app).await;
    let wrong = [
        ("agency_name", "North <b>&</b> Co"),
        ("owner_name", "Ada"),
        ("owner_email", "ada@north.test"),
        ("client_name", ""),
        ("client_email", "nobody"),
    ];

    let page = send(&app.site, &path, &wrong).await.text();

    assert!(page.contains("value=\"North &lt;b&gt;&amp;&lt;/b&gt; Co\""), "{page}");
    assert!(page.contains("value=\"nobody\""), "{page}");
    assert!(
        page.contains("id=\"client_name_error\"") && page.contains("id=\"client_email_error\""),
        "{page}"
    );
    assert!(!page.contains("id=\"agency_name_error\""), "{page}");
    assert_eq!(app.count("select count(*) as n from clients").await, 0);
    send(&app.site, &path, &FIELDS).await.expect(200);
    app.finish().await;
}

// APP-3
#[tokio::test]
async fn guessing_the_link_is_slowed_down() {
    let app = TestApp::start_with(|settings| settings.limits.setup_per_address_per_minute = 10).await;

    let mut statuses = Vec::new();
    for number in 0..12 {
        statuses.push(app.site.get(&format!("/setup/guess{number}")).await.status);
    }

    assert_eq!(statuses[..10], [403; 10]);
    assert_eq!(statuses[10..], [429; 2]);
    app.finish().await;
}
