//! How well a client's questions are answered, by its own cases.

use crate::support::{Client, TestApp};
use snip::cli::admin::{AdminAnswer, AdminCommand, AdminError};
use snip::domain::chat::AnsweredBy;
use snip::domain::evaluation::Outcome;
use snip::domain::evaluation::cases::parse;
use snip::domain::evaluation::metrics::Summary;
use snip::ground::ids::{ClientId, Id as _};

const PRICES: &str = "# Prices\n\n## Repairs\n\nA puncture repair costs £12. A full service costs £80.\n";
const HOURS: &str = "# Opening hours\n\nOn Saturday the workshop closes at 16:00.\n";

async fn workshop(app: &TestApp) -> Client {
    let client = app.client("Workshop").await;
    app.ready_document(&client, "prices.md", PRICES).await;
    app.ready_document(&client, "hours.md", HOURS).await;
    client
}

async fn evaluated(app: &TestApp, client: &Client, cases: &str) -> Vec<Outcome> {
    let command = AdminCommand::Evaluate {
        client_id: ClientId::parse(&client.id).unwrap(),
        cases: parse(cases).unwrap(),
    };
    match app.operator(command).await {
        AdminAnswer::Evaluated { outcomes } => outcomes,
        other => panic!("not evaluated: {other:?}"),
    }
}

// KNO-12
#[tokio::test]
async fn cases_are_judged_by_their_sources_their_answers_and_their_refusals() {
    let app = TestApp::start().await;
    let client = workshop(&app).await;

    let outcomes = evaluated(
        &app,
        &client,
        r#"{"question": "What does a puncture repair cost?", "expected": ["prices.md"], "answer": "£12"}
           {"question": "When does the workshop close on Saturday?", "expected": ["hours.md"], "answer": "18:00"}
           {"question": "Who won the football match?", "unanswerable": true}"#,
    )
    .await;

    assert_eq!(
        outcomes.iter().map(|it| it.found_at.first().copied()).collect::<Vec<_>>(),
        [Some(1), Some(1), None]
    );
    assert_eq!(outcomes.iter().map(|it| it.is_right).collect::<Vec<_>>(), [Some(true), Some(false), None]);
    assert_eq!(outcomes[2].answered_by, AnsweredBy::None);
    let summary = Summary::of(&outcomes);
    assert_eq!((summary.value("hit@1"), summary.value("refusal_accuracy")), (Some(1.0), Some(1.0)));
    assert_eq!(summary.value("answer_accuracy"), Some(0.5));
    assert_eq!(app.count("select count(*) as n from conversations").await, 0, "nothing is stored");
    app.finish().await;
}

// KNO-12
#[tokio::test]
async fn an_expected_document_that_the_client_does_not_have_ends_the_evaluation_with_its_line() {
    let app = TestApp::start().await;
    let (client, other) = (workshop(&app).await, app.client("Bakery").await);
    app.ready_document(&other, "menu.md", "# Menu\n\nTea.\n").await;
    let cases = parse(
        "{\"question\": \"Tea?\", \"answer\": \"Tea\"}\n{\"question\": \"Tea?\", \"expected\": [\"menu.md\"]}",
    );
    let command =
        AdminCommand::Evaluate { client_id: ClientId::parse(&client.id).unwrap(), cases: cases.unwrap() };

    let refused = app.try_operator(command).await.unwrap_err();

    assert!(matches!(refused, AdminError::Evaluation(_)), "{refused:?}");
    assert!(refused.to_string().starts_with("line 2: the client has no document `menu.md`"), "{refused}");
    app.finish().await;
}

// KNO-12
#[tokio::test]
async fn the_operator_asks_a_clients_assistant_and_gets_the_answer_with_its_sources() {
    let app = TestApp::start().await;
    let client = workshop(&app).await;
    let client_id = ClientId::parse(&client.id).unwrap();
    let question = "What does a puncture repair cost?".to_owned();

    let answer = app.operator(AdminCommand::Ask { client_id, question }).await;

    let AdminAnswer::Answered { given } = answer else { panic!("not answered: {answer:?}") };
    assert!(given.response.contains("£12"), "{given:?}");
    assert_eq!(given.sources[0].heading_path, ["Prices", "Repairs"]);
    assert!(given.sources[0].quote.contains("£12") && given.confidence > 0.3, "{given:?}");
    assert_eq!(app.count("select count(*) as n from messages").await, 0, "nothing is stored");
    app.finish().await;
}
