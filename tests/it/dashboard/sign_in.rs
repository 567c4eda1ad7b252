//! Signing in by code, link and key.

use crate::support::{Browser, Reply, TestApp};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use snip::cli::admin::{AdminAnswer, AdminCommand};
use snip::domain::access::sending::SendingError;
use snip::domain::access::sign_in::{self, SignInError};
use snip::domain::people::Role;
use snip::ground::email_address::EmailAddress;
use snip::ground::limits::{SENT_PER_MINUTE, SENT_RESERVE_PERCENT, SIGN_IN_COMPARISONS_MAX};
use snip::ground::scope::Actor;
use snip::ground::time::{DAY_MS, MINUTE_MS};

const ADA: &str = "ada@north.test";
const SESSIONS: &str = "select count(*) as n from sessions";

async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.person(ADA, Role::Owner, None).await;
    app
}

// ACC-3
#[tokio::test]
async fn a_mailed_code_signs_in_once_in_whichever_spelling_of_the_address() {
    let app = start().await;
    let mail = app.sign_in_mail("Ada@North.test").await;

    let signed_in = app.site.enter_code(" ADA@north.test ", &mail.code()).await.expect(200);
    let again = app.site.enter_code(ADA, &mail.code()).await;

    let cookie = signed_in.header("set-cookie");
    assert!(cookie.starts_with("session=") && cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Secure"), "plain http on this machine: {cookie}");
    assert_eq!(signed_in.json()["person"]["email"], ADA);
    again.expect_problem(401, "code_invalid");
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn a_mailed_link_acts_on_a_post_only_and_works_once_for_a_quarter_of_an_hour() {
    let app = start().await;
    let token = app.sign_in_mail(ADA).await.token();

    let opened = app.site.get("/api/sign-in/link").await;
    let used = app.site.post("/api/sign-in/link", json!({ "token": token })).await;
    let again = app.site.post("/api/sign-in/link", json!({ "token": token })).await;
    let late = app.sign_in_mail(ADA).await.token();
    app.clock.advance_ms(15 * MINUTE_MS);
    let too_late = app.site.post("/api/sign-in/link", json!({ "token": late })).await;
    let changed =
        app.site.post("/api/sign-in/link", json!({ "token": format!("{}A", &late[..late.len() - 1]) })).await;

    opened.expect_problem(405, "method_not_allowed");
    used.expect(200);
    for refused in [again, too_late, changed] {
        refused.expect_problem(401, "link_invalid");
    }
    app.finish().await;
}

// ACC-4
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_parallel_guesses_are_compared_five_times_at_most() {
    let app = start().await;
    let code = app.sign_in_mail(ADA).await.code();
    let wrong = |number: usize| format!("{:06}", (code.parse::<usize>().unwrap() + 1 + number) % 1_000_000);

    let codes: Vec<String> = (0..50).map(wrong).collect();
    let guesses = join_all(codes.iter().map(|code| app.site.enter_code(ADA, code))).await;
    let compared = app.count("select max(comparisons) as n from sign_in_attempts").await;
    let right = app.site.enter_code(ADA, &code).await;

    assert!(guesses.iter().all(|guess| guess.status == 401));
    assert_eq!(compared, i64::from(SIGN_IN_COMPARISONS_MAX));
    right.expect_problem(401, "code_invalid");
    app.finish().await;
}

// ACC-4
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_parallel_posts_of_the_right_code_make_one_session() {
    let app = start().await;
    let code = app.sign_in_mail(ADA).await.code();
    let before = app.count(SESSIONS).await;

    let posts = join_all((0..50).map(|_| app.site.enter_code(ADA, &code))).await;

    assert_eq!(posts.iter().filter(|post| post.status == 200).count(), 1);
    assert_eq!(app.count(SESSIONS).await, before + 1);
    app.finish().await;
}

// ACC-4
#[tokio::test]
async fn a_wrong_guess_does_not_burn_the_code_and_a_new_code_voids_the_older_one() {
    let app = start().await;
    let first = app.sign_in_mail(ADA).await.code();
    let wrong = if first == "000000" { "000001" } else { "000000" };

    app.site.enter_code(ADA, wrong).await.expect_problem(401, "code_invalid");
    app.site.enter_code(ADA, &first).await.expect(200);
    app.clock.advance_ms(MINUTE_MS);
    let older = app.sign_in_mail(ADA).await;
    let newer = app.sign_in_mail(ADA).await;
    let voided = [
        app.site.enter_code(ADA, &older.code()).await,
        app.site.post("/api/sign-in/link", json!({ "token": older.token() })).await,
    ];
    let spaced = format!("{} {}", &newer.code()[..3], &newer.code()[3..]);
    app.site.enter_code(ADA, &spaced).await.expect(200);
    let late = app.sign_in_mail("ada@north.test").await.code();
    app.clock.advance_ms(5 * MINUTE_MS);
    let expired = app.site.enter_code(ADA, &late).await;

    assert!(voided.iter().all(|reply| reply.status == 401));
    expired.expect_problem(401, "code_invalid");
    app.finish().await;
}

// ACC-5
#[tokio::test]
async fn the_answer_and_the_work_are_the_same_whether_or_not_the_address_is_known() {
    let app = start().await;
    app.settle().await;
    let work = [
        "select count(*) as n from sign_in_attempts",
        "select count(*) as n from events",
        "select count(*) as n from jobs",
        "select coalesce(sum(sent), 0) as n from sending_counters",
        "select count(*) as n from outbox",
    ];
    let mut grown = Vec::new();
    let mut answers = Vec::new();

    for email in ["nobody@nowhere.test", ADA] {
        let mut before = Vec::new();
        for sql in work {
            before.push(app.count(sql).await);
        }
        let answer = app.site.ask_to_sign_in(email).await;
        let mut rows = Vec::new();
        for (sql, before) in work.iter().zip(before) {
            rows.push(app.count(sql).await - before);
        }
        grown.push(rows);
        let names: Vec<String> = answer.headers.keys().map(|name| name.to_string()).collect();
        answers.push((answer.status, answer.text(), names));
    }
    app.settle().await;

    assert_eq!(grown[0], grown[1], "the same rows are written for both");
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0].0, answers[0].1.as_str()), (202, "{}"));
    let to_sign_in: Vec<String> = app
        .mails()
        .into_iter()
        .filter(|mail| mail.subject.starts_with("Sign in"))
        .map(|mail| mail.to)
        .collect();
    assert_eq!(to_sign_in, [ADA], "only who is known gets a mail");
    app.finish().await;
}

// ACC-5
#[tokio::test]
async fn one_address_is_written_to_three_times_a_minute_known_or_not() {
    let app = start().await;
    for email in [ADA, "nobody@nowhere.test"] {
        for _ in 0..3 {
            app.site.ask_to_sign_in(email).await.expect(202);
        }
        let refused = app.site.ask_to_sign_in(email).await;
        assert!(refused.header("retry-after").parse::<u32>().unwrap() <= 60, "{refused:?}");
        refused.expect_problem(429, "rate_limited");
    }
    app.settle().await;
    let code = app.mail_to(ADA).code();
    app.site.enter_code(ADA, &code).await.expect(200);

    app.clock.advance_ms(MINUTE_MS);
    app.site.ask_to_sign_in(ADA).await.expect(202);
    app.settle().await;
    app.finish().await;
}

// ACC-5
#[tokio::test]
async fn a_flood_for_unknown_addresses_leaves_people_who_are_known_their_part() {
    let app = start().await;
    let ask = |email: String, network: String| {
        let key = app.env.signing_key.clone();
        let email = EmailAddress::parse(&email).unwrap();
        app.env.db.write(Actor::System("test"), move |tx| sign_in::request(tx, &key, &email, &network))
    };

    for number in 0..3 * SENT_PER_MINUTE {
        ask(format!("bot{number}@nowhere.test"), format!("10.0.0.{number}")).await.unwrap();
    }
    let counted = app.count("select sent as n from sending_counters where counter = 'all_minute'").await;
    let reserve = SENT_PER_MINUTE * SENT_RESERVE_PERCENT / 100;
    assert_eq!(counted, i64::from(SENT_PER_MINUTE - reserve));
    ask(ADA.to_owned(), "192.0.2.1".to_owned()).await.unwrap();
    for number in 0..reserve - 1 {
        let email = format!("p{number}@north.test");
        app.person(&email, Role::Admin, None).await;
        ask(email, format!("192.0.3.{number}")).await.unwrap();
    }
    for email in ["p0@north.test", "another@nowhere.test"] {
        let refused = ask(email.to_owned(), "192.0.4.1".to_owned()).await;
        assert!(matches!(refused, Err(SignInError::Sending(SendingError::TooMany { .. }))), "{refused:?}");
    }
    app.settle().await;
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn a_planted_cookie_is_never_taken_over_and_signing_in_ends_the_former_session() {
    let app = start().await;
    let former = app.person("bob@north.test", Role::Admin, None).await;
    let code = app.sign_in_mail(ADA).await.code();

    let body = json!({ "email": ADA, "code": code });
    let request = app.site.request(Method::POST, "/api/sign-in/code").header("origin", &app.site.base);
    let signed_in = Reply::of(request.header("cookie", &former.cookie).json(&body)).await;
    let fresh = Browser::of(&app.site, &signed_in);

    assert_ne!(fresh.cookie, former.cookie);
    assert_eq!(fresh.get("/api/session").await.expect(200).json()["person"]["email"], ADA);
    former.get("/api/session").await.expect_problem(401, "session_missing");
    app.finish().await;
}

// ACC-10
#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in() {
    let app = start().await;
    let code = app.sign_in_mail(ADA).await.code();

    for origin in ["https://evil.test", "null", "http://127.0.0.1:1"] {
        for (path, body) in [
            ("/api/sign-in", json!({ "email": ADA })),
            ("/api/sign-in/code", json!({ "email": ADA, "code": code })),
        ] {
            let request = app.site.request(Method::POST, path).header("origin", origin).json(&body);
            Reply::of(request).await.expect_problem(403, "csrf_refused");
        }
    }
    app.site.enter_code(ADA, &code).await.expect(200);
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn over_plain_http_from_elsewhere_nobody_signs_in_unless_it_is_allowed() {
    let ask = async |app: &TestApp| {
        let request = app.site.request(Method::POST, "/api/sign-in").header("host", "10.0.0.5:8080");
        Reply::of(request.json(&json!({ "email": ADA }))).await
    };

    let strict = start().await;
    ask(&strict).await.expect_problem(403, "insecure_site");
    let lax = TestApp::start_with(|settings| settings.http.allow_insecure = true).await;
    ask(&lax).await.expect(202);
    lax.settle().await;

    strict.finish().await;
    lax.finish().await;
}

// ACC-3
#[tokio::test]
async fn links_in_mails_never_lead_where_a_request_said_it_was() {
    let app = TestApp::start_with(|settings| settings.http.allow_insecure = true).await;
    app.person(ADA, Role::Owner, None).await;

    let request = app.site.request(Method::POST, "/api/sign-in").header("host", "evil.test");
    Reply::of(request.json(&json!({ "email": ADA }))).await.expect(202);
    app.settle().await;

    let mail = app.mail_to(ADA);
    assert!(!format!("{mail:?}").contains("evil.test"), "{mail:?}");
    assert!(mail.text.contains(&format!("{}/app/#/sign-in/", app.site.base)), "{}", mail.text);
    app.finish().await;
}

// ACC-6
#[tokio::test]
async fn a_key_signs_in_with_what_the_key_may_do_and_ends_with_it() {
    let app = start().await;
    let (client, other) = (app.client("Bakery").await, app.client("Bikes").await);

    app.site
        .post("/api/sign-in/key", json!({ "api_key": "snip_sk_nothing" }))
        .await
        .expect_problem(401, "key_invalid");
    let signed_in = app.site.post("/api/sign-in/key", json!({ "api_key": client.key })).await;
    let browser = Browser::of(&app.site, &signed_in);
    let session = signed_in.json();

    assert_eq!(
        (&session["person"], &session["memberships"][0]["client_id"]),
        (&json!(null), &json!(client.id))
    );
    browser.get(&format!("/api/clients/{}/documents", client.id)).await.expect(200);
    browser.get(&format!("/api/clients/{}/documents", other.id)).await.expect_problem(404, "not_found");
    browser.get(&format!("/api/clients/{}/members", client.id)).await.expect_problem(403, "forbidden");
    browser.get("/api/clients").await.expect_problem(403, "forbidden");
    let client_id = serde_json::from_value(json!(client.id)).unwrap();
    app.operator(AdminCommand::KeyRotate { client_id, overlap_minutes: 0 }).await;
    browser.get("/api/session").await.expect_problem(401, "session_missing");
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn the_operator_prints_a_link_for_who_cannot_get_mail() {
    let app = start().await;
    let link = |email: &str| app.try_operator(AdminCommand::PersonSignInLink { email: email.to_owned() });

    let AdminAnswer::PersonSignInLink { url } = link(ADA).await.unwrap() else { panic!("no link") };
    let token = url.rsplit('/').next().unwrap();
    app.clock.advance_ms(59 * MINUTE_MS);
    let signed_in = app.site.post("/api/sign-in/link", json!({ "token": token })).await.expect(200);
    let unknown = link("nobody@nowhere.test").await;

    assert_eq!(signed_in.json()["person"]["email"], ADA);
    assert!(unknown.is_err());
    app.finish().await;
}

// ACC-3
#[tokio::test]
async fn a_session_ends_after_a_week_without_a_request_and_after_thirty_days_at_all() {
    let app = TestApp::start().await;
    let (idle, busy) =
        (app.person(ADA, Role::Owner, None).await, app.person("bob@north.test", Role::Admin, None).await);

    for day in 1..=29 {
        app.clock.advance_ms(DAY_MS);
        busy.get("/api/session").await.expect(200);
        if day == 7 {
            idle.get("/api/session").await.expect_problem(401, "session_missing");
        }
    }
    app.clock.advance_ms(DAY_MS);
    busy.get("/api/session").await.expect_problem(401, "session_missing");
    app.finish().await;
}
