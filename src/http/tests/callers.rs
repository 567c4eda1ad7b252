use super::support::*;
use crate::http::limits::LimitSettings;
use crate::http::route::faults;
use crate::http::routes::routes;

#[tokio::test]
async fn a_route_behind_a_key_refuses_nobody_strangers_wrong_scopes_and_inactive_clients() {
    let toy = Toy::new();
    let body = r#"{"name":"Rex"}"#;

    for (headers, status, code) in [
        (vec![JSON], 401, "unauthorized"),
        (vec![JSON, with_key("snip_sk_unknown")], 401, "unauthorized"),
        (vec![JSON, with_key(READER)], 403, "forbidden"),
        (vec![JSON, with_key(INACTIVE)], 403, "client_inactive"),
        (vec![JSON, with_key(WRITER), ("authorization", "Bearer other")], 400, "invalid_request"),
        (vec![JSON, ("authorization", "Bearer snip_sk_writer")], 201, ""),
    ] {
        let answer = toy.ask("POST /pets", &headers, body).await;

        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{headers:?}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
    }
}

#[tokio::test]
async fn the_scope_of_a_caller_comes_from_its_key() {
    let answer = Toy::new().ask("GET /pets", &[with_key(READER)], "").await;

    assert_eq!(answer.json()[0]["name"], client().to_string());
}

#[tokio::test]
async fn the_setup_link_is_taken_from_the_path_and_from_a_bearer_token() {
    let toy = Toy::new();
    let form = [("content-type", "application/x-www-form-urlencoded")];

    let by_path = toy.ask("POST /setup/open-sesame", &form, "name=Main+Street").await;
    let by_header = [form[0], ("authorization", "Bearer open-sesame")];
    let by_header = toy.ask("POST /setup/x", &by_header, "name=a").await;
    let wrong = toy.ask("POST /setup/x", &form, "name=a").await;

    assert_eq!((by_path.status.as_u16(), &by_path.body[..]), (200, &b"Main Street is set up"[..]));
    assert_eq!(by_header.status, 200);
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (403, "setup_link_invalid"));
}

#[tokio::test]
async fn guessing_keys_is_stopped_even_for_the_right_one() {
    let toy = Toy::new();
    for _ in 0..20 {
        assert_eq!(toy.ask("GET /pets", &[with_key("guess")], "").await.status, 401);
    }

    let guess = toy.ask("GET /pets", &[with_key("guess")], "").await;
    let right = toy.ask("GET /pets", &[with_key(READER)], "").await;
    toy.advance_ms(60_000);
    let later = toy.ask("GET /pets", &[with_key(READER)], "").await;

    assert_eq!((guess.status.as_u16(), right.status.as_u16(), later.status.as_u16()), (429, 429, 200));
    assert!(guess.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn a_missing_key_is_no_guess() {
    let toy = Toy::new();
    for _ in 0..30 {
        toy.ask("GET /pets", &[], "").await;
    }

    assert_eq!(toy.ask("GET /pets", &[with_key(READER)], "").await.status, 200);
}

#[tokio::test]
async fn reads_are_counted_by_key_and_the_headers_say_what_is_left() {
    let toy = Toy::with_limits(LimitSettings { key_reads_per_minute: 2, ..LimitSettings::default() });

    let first = toy.ask("GET /pets", &[with_key(READER)], "").await;
    toy.ask("GET /pets", &[with_key(READER)], "").await;
    let third = toy.ask("GET /pets", &[with_key(READER)], "").await;
    let other = toy.ask("GET /pets", &[with_key(WRITER)], "").await;

    assert_eq!((first.header("ratelimit-limit"), first.header("ratelimit-remaining")), ("2", "1"));
    assert_eq!((third.status.as_u16(), third.header("retry-after")), (429, "30"));
    assert_eq!(third.header("ratelimit-remaining"), "0");
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn messages_are_counted_by_address_and_by_client() {
    let say = r#"{"name":"hi"}"#;
    let by_address =
        Toy::with_limits(LimitSettings { chat_per_address_per_minute: 1, ..LimitSettings::default() });
    let by_client =
        Toy::with_limits(LimitSettings { chat_per_client_per_minute: 1, ..LimitSettings::default() });

    for toy in [by_address, by_client] {
        assert_eq!(toy.ask("POST /chat", &[JSON], say).await.status, 200);
        let second = toy.ask("POST /chat", &[JSON], say).await;
        assert_eq!((second.status.as_u16(), second.code().as_str()), (429, "rate_limited"));
    }
}

#[test]
fn the_tables_of_rows_are_sound() {
    assert_eq!(faults(&rows()), Vec::<String>::new());
    assert_eq!(faults(&routes()), Vec::<String>::new());
}

#[test]
fn a_table_with_a_doubled_row_a_wrong_path_type_or_an_open_body_is_not_sound() {
    let mut twice = rows();
    twice.extend(rows().into_iter().take(1));
    let mut renamed = rows().remove(2);
    renamed.path = "/pets/{pet}";
    let mut unexplained = rows().remove(2);
    unexplained.access = crate::http::access::Access::Public { why: "" };

    assert_eq!(faults(&twice).len(), 2);
    assert!(faults(&[renamed])[0].contains("[\"pet\"]"));
    assert!(faults(&[unexplained])[0].contains("says why"));
}
