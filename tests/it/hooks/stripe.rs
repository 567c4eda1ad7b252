//! Stripe's events at the front door.

use crate::support::vendors::stripe::{PATH, SECRET, deliver, delivery, event, signature};
use crate::support::{Browser, Reply, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::config::{BillingMode, Settings};
use snip::domain::people::Role;
use snip::ground::limits::WEBHOOK_BODY_BYTES_MAX;
use snip::ground::scope::Actor;
use snip::ground::secret::Secret;
use snip::store::{Clock as _, DbError};

const STORED: &str = "select count(*) as n from inbox_events";
const PAYLOADS: &str = "select count(*) as n from inbox_payloads";

pub fn with_secret(settings: &mut Settings) {
    settings.billing.webhook_secret = Secret::new(SECRET.to_owned());
}

pub fn now_s(app: &TestApp) -> i64 {
    app.clock.now().as_ms() / 1_000
}

async fn owner(app: &TestApp) -> Browser {
    app.person("ada@north.test", Role::Owner, None).await
}

async fn inbox(owner: &Browser, query: &str) -> Vec<Value> {
    let list = owner.get(&format!("/api/inbox{query}")).await.expect(200).json();
    list["items"].as_array().cloned().unwrap()
}

async fn metrics(app: &TestApp) -> String {
    let token = std::fs::read_to_string(app.data.path().join("keys/metrics_token")).unwrap();
    let request = app.site.request(Method::GET, "/metrics").bearer_auth(token.trim());
    Reply::of(request).await.expect(200).text()
}

/// Runs a statement that a test breaks or mends the tables with.
async fn execute(app: &TestApp, sql: &'static str) {
    let done =
        app.env.db.write(Actor::System("test"), move |tx| -> Result<usize, DbError> { tx.execute(sql, &[]) });
    done.await.unwrap();
}

// BIL-20, BIL-21
#[tokio::test]
async fn an_event_is_stored_as_it_came_waits_and_is_seen_by_the_agency() {
    let app = TestApp::start_with(with_secret).await;
    let sent = event("evt_1", "invoice.paid", now_s(&app) - 4);

    let answer = deliver(&app.site, now_s(&app), &sent).await.expect(200).json();

    assert_eq!(answer, json!({ "received": true, "duplicate": false }));
    let owner = owner(&app).await;
    let listed = inbox(&owner, "?state=received").await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    let line = &listed[0];
    assert_eq!((&line["event_id"], &line["kind"]), (&json!("evt_1"), &json!("invoice.paid")));
    assert_eq!((&line["mode"], &line["state"]), (&json!("test"), &json!("received")));
    assert_eq!((&line["flag"], &line["account"]), (&Value::Null, &Value::Null));
    assert_eq!(line["provider"], "stripe");
    assert!(line.get("payload").is_none(), "lists carry no payloads");
    let whole = owner.get(&format!("/api/inbox/{}", line["id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(whole["payload"], sent.to_string(), "byte for byte");
    owner.get("/api/inbox/inbox_000000004711").await.expect_problem(404, "not_found");
    app.finish().await;
}

// BIL-21
#[tokio::test]
async fn the_same_event_ten_times_at_once_and_after_a_restart_is_one_event() {
    let app = TestApp::start_with(with_secret).await;
    let sent = event("evt_1", "invoice.paid", now_s(&app));
    let at = now_s(&app);

    let answers = futures_util::future::join_all((0..10).map(|_| deliver(&app.site, at, &sent))).await;

    let news = answers.into_iter().filter(|answer| {
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["duplicate"] == false
    });
    assert_eq!(news.count(), 1);
    assert_eq!((app.count(STORED).await, app.count(PAYLOADS).await), (1, 1));
    let app = TestApp::reopen_with(app.stop().await, with_secret).await;
    app.clock.advance_ms(3 * 24 * 3_600_000);
    // Stripe signs each delivery anew.
    let again = deliver(&app.site, now_s(&app), &sent).await.expect(200).json();
    assert_eq!(again["duplicate"], true);
    assert_eq!(app.count(STORED).await, 1);
    app.finish().await;
}

// BIL-20
#[tokio::test]
async fn what_is_not_signed_wrongly_signed_or_old_is_refused_and_not_stored() {
    let app = TestApp::start_with(with_secret).await;
    let body = event("evt_1", "invoice.paid", now_s(&app)).to_string();
    let now = now_s(&app);
    let good = signature(SECRET, now, body.as_bytes());
    let wrong = [
        signature("whsec_another_secret_of_somebody", now, body.as_bytes()),
        signature(SECRET, now - 301, body.as_bytes()),
        signature(SECRET, now + 301, body.as_bytes()),
        good.replace("v1=", "v0="),
        good.replace(&now.to_string(), &(now + 1).to_string()),
        "nonsense".to_owned(),
    ];

    for header in &wrong {
        let refused = Reply::of(delivery(&app.site, header, body.clone())).await;
        let detail = refused.expect_problem(400, "signature_refused");
        assert!(!detail.is_empty(), "{header}");
        assert!(!detail.contains("whsec_"), "{detail}");
    }
    let unsigned = app.site.request(Method::POST, PATH).body(body.clone());
    Reply::of(unsigned).await.expect_problem(400, "signature_refused");
    let changed = body.replace("invoice.paid", "invoice.paid ");
    Reply::of(delivery(&app.site, &good, changed)).await.expect_problem(400, "signature_refused");

    assert_eq!(app.count(STORED).await, 0);
    Reply::of(delivery(&app.site, &good, body)).await.expect(200);
    let shown = metrics(&app).await;
    for (reason, count) in
        [("signature_mismatch", 3), ("stale", 2), ("signature_malformed", 2), ("signature_missing", 1)]
    {
        let line = format!("snip_webhook_refused_total{{provider=\"stripe\",reason=\"{reason}\"}} {count}");
        assert!(shown.contains(&line), "{line}\n{shown}");
    }
    app.finish().await;
}

// BIL-20
#[tokio::test]
async fn while_a_secret_is_exchanged_deliveries_under_either_are_taken() {
    const NEXT: &str = "whsec_fedcba9876543210fedcba9876543210";
    let app = TestApp::start_with(|settings| {
        settings.billing.webhook_secret = Secret::new(format!("{SECRET},{NEXT}"));
    })
    .await;

    for (number, secret) in [SECRET, NEXT].into_iter().enumerate() {
        let body = event(&format!("evt_{number}"), "invoice.paid", now_s(&app)).to_string();
        let header = signature(secret, now_s(&app), body.as_bytes());
        Reply::of(delivery(&app.site, &header, body)).await.expect(200);
    }

    assert_eq!(app.count(STORED).await, 2);
    app.finish().await;
}

// BIL-20
#[tokio::test]
async fn an_event_of_the_other_mode_or_of_another_account_is_kept_flagged_and_never_due() {
    let app = TestApp::start_with(|settings| {
        with_secret(settings);
        settings.billing.mode = BillingMode::Live;
    })
    .await;
    let now = now_s(&app);
    let of_test = event("evt_1", "invoice.paid", now);
    let (mut own, mut of_another) =
        (event("evt_2", "invoice.paid", now), event("evt_3", "invoice.paid", now));
    own["livemode"] = json!(true);
    of_another["livemode"] = json!(true);
    of_another["account"] = json!("acct_9");

    for sent in [&of_test, &own, &of_another, &of_test] {
        deliver(&app.site, now, sent).await.expect(200);
    }

    let due = app.env.db.read(snip::store::inbox::find_due).await.unwrap().expect("one counts");
    assert_eq!(due.event_id, "evt_2");
    let owner = owner(&app).await;
    let ignored = inbox(&owner, "?state=ignored").await;
    let shown: Vec<_> =
        ignored.iter().map(|line| (&line["event_id"], &line["flag"], &line["account"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("evt_3"), &json!("other_account"), &json!("acct_9")),
            (&json!("evt_1"), &json!("other_mode"), &Value::Null),
        ]
    );
    let figures = metrics(&app).await;
    for (outcome, count) in [("stored", 1), ("other_mode", 1), ("other_account", 1), ("duplicate", 1)] {
        let line = format!("snip_webhook_events_total{{provider=\"stripe\",outcome=\"{outcome}\"}} {count}");
        assert!(figures.contains(&line), "{line}\n{figures}");
    }
    app.finish().await;
}

// BIL-22
#[tokio::test]
async fn what_could_not_be_stored_is_answered_so_that_stripe_sends_it_again() {
    let app = TestApp::start_with(with_secret).await;
    let sent = event("evt_1", "invoice.paid", now_s(&app));
    execute(&app, "alter table inbox_payloads rename to inbox_payloads_away").await;

    let failed = deliver(&app.site, now_s(&app), &sent).await;
    let half = app.count(STORED).await;
    execute(&app, "alter table inbox_payloads_away rename to inbox_payloads").await;
    let again = deliver(&app.site, now_s(&app), &sent).await.expect(200).json();

    assert!(failed.status >= 500, "{}", failed.text());
    assert_eq!(half, 0, "nothing half");
    assert_eq!(again["duplicate"], false);
    assert_eq!((app.count(STORED).await, app.count(PAYLOADS).await), (1, 1));
    assert!(metrics(&app).await.contains("reason=\"not_stored\"} 1"));
    app.finish().await;
}

// BIL-25, ACC-12
#[tokio::test]
async fn a_body_that_is_too_large_or_no_event_is_refused_though_it_is_signed() {
    let app = TestApp::start_with(with_secret).await;
    let now = now_s(&app);
    let send = |body: String| {
        let request = delivery(&app.site, &signature(SECRET, now, body.as_bytes()), body);
        async move { Reply::of(request).await }
    };
    let sized = |bytes: usize| {
        let mut large = event("evt_1", "invoice.paid", now);
        large["pad"] = json!("");
        large["pad"] = json!("x".repeat(bytes - large.to_string().len()));
        large.to_string()
    };

    send(sized(WEBHOOK_BODY_BYTES_MAX + 1)).await.expect_problem(413, "payload_too_large");
    for body in ["{}", "[]", "not json", "{\"id\":\"evt_1\"}"] {
        send(body.to_owned()).await.expect_problem(400, "invalid_request");
    }

    assert_eq!(app.count(STORED).await, 0);
    send(sized(WEBHOOK_BODY_BYTES_MAX)).await.expect(200);
    let unknown = json!({ "id": "evt_2", "type": "made.up", "api_version": "2031-01-01", "data": [1] });
    deliver(&app.site, now, &unknown).await.expect(200);
    assert_eq!(app.count(STORED).await, 2, "what nobody knows yet is stored too");
    app.finish().await;
}

// BIL-20
#[tokio::test]
async fn without_a_secret_the_endpoint_is_not_there() {
    let app = TestApp::start().await;

    let detail = deliver(&app.site, now_s(&app), &event("evt_1", "invoice.paid", now_s(&app)))
        .await
        .expect_problem(404, "not_found");

    assert!(detail.contains("billing.webhook_secret"), "{detail}");
    assert_eq!(app.count(STORED).await, 0);
    app.finish().await;
}

// OPS-3
#[tokio::test]
async fn the_figures_tell_how_late_events_come_and_how_long_they_wait() {
    let app = TestApp::start_with(with_secret).await;
    let now = now_s(&app);
    deliver(&app.site, now, &event("evt_1", "invoice.paid", now - 3_000)).await.expect(200);
    deliver(&app.site, now, &event("evt_2", "invoice.paid", now + 30)).await.expect(200);
    app.clock.advance_ms(90_000);

    let figures = metrics(&app).await;

    for line in [
        "snip_webhook_lag_seconds_count 2",
        "snip_webhook_lag_seconds_sum 3000.0",
        "snip_inbox_events{state=\"received\"} 2",
        "snip_inbox_events{state=\"dead\"} 0",
        "snip_inbox_oldest_seconds 90",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }
    app.finish().await;
}
