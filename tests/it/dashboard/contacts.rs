//! Who hears of a client's account (ACC-21).

use crate::support::{Browser, TestApp};
use serde_json::json;
use snip::domain::people::Role;

// ACC-21
#[tokio::test]
async fn billing_contacts_are_kept_by_those_who_manage_people_and_seen_by_members() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let other = app.client("Bikes").await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let jo = app.person("jo@bakery.test", Role::Member, Some(&client)).await;
    let path = format!("/api/clients/{}/billing-contacts", client.id);
    let contact = |email: &str| json!({ "name": "Accounts", "email": email });

    let made = eve.post(&path, contact("bills@bakery.test")).await.expect(201).json();
    eve.post(&path, contact("Bills@Bakery.test")).await.expect_problem(409, "wrong_state");
    eve.post(&path, contact("nowhere")).await.expect_problem(422, "validation_failed");
    jo.post(&path, contact("jo@bakery.test")).await.expect_problem(403, "forbidden");
    let list = jo.get(&path).await.expect(200).json();
    let elsewhere = format!("/api/clients/{}/billing-contacts", other.id);
    eve.get(&elsewhere).await.expect_problem(404, "not_found");
    let id = made["id"].as_str().unwrap();
    jo.delete(&format!("{path}/{id}")).await.expect_problem(403, "forbidden");
    eve.delete(&format!("{path}/{id}")).await.expect(204);
    eve.delete(&format!("{path}/{id}")).await.expect_problem(404, "not_found");

    assert_eq!(list["items"][0]["email"], "bills@bakery.test");
    assert_eq!(eve.get(&path).await.json()["items"], json!([]));
    let deeds = "select count(*) as n from audit_log where action like 'billing_contact.%'";
    assert_eq!(app.count(deeds).await, 2);
    app.finish().await;
}

// ACC-21, ACC-8
#[tokio::test]
async fn billing_contacts_hear_once_that_a_trial_ends_and_without_any_the_clients_address_does() {
    let app = TestApp::start_with(|settings| settings.sign_up.enabled = true).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let mut accounts = Vec::new();
    for email in ["eve@bakery.test", "kim@bikes.test", "lee@books.test"] {
        let asking = json!({ "email": email, "name": "Somebody", "business": email });
        app.site.post("/api/sign-up", asking).await.expect(202);
        app.settle().await;
        let path = format!("/api/sign-up/{}", app.mail_to(email).token());
        let person = Browser::of(&app.site, &app.site.post(&path, json!({})).await);
        let id = person.membership().await["client_id"].as_str().unwrap().to_owned();
        accounts.push((person, format!("/api/clients/{id}")));
    }
    let [(eve, bakery), _, (_, books)] = &accounts[..] else { panic!("three accounts") };
    for email in ["bills@bakery.test", "boss@bakery.test"] {
        let contact = json!({ "name": "Accounts", "email": email });
        eve.post(&format!("{bakery}/billing-contacts"), contact).await.expect(201);
    }
    ada.patch(books, json!({ "take_on": true })).await.expect(200);
    let hour = async || {
        app.clock.advance_ms(3_600_000);
        let ticked = app.env.db.write(snip::ground::scope::Actor::System("test"), |tx| {
            snip::engine::schedules::tick(tx, snip::engine::schedules::SCHEDULES)
        });
        ticked.await.unwrap();
        app.settle().await;
    };
    let told = || -> Vec<String> {
        let of_trials = app.mails().into_iter().filter(|mail| mail.subject.starts_with("The trial of"));
        let mut told: Vec<String> = of_trials.map(|mail| mail.to).collect();
        told.sort();
        told
    };

    hour().await;
    assert!(told().is_empty(), "two weeks are long");
    app.clock.advance_ms(11 * 24 * 3_600_000);
    hour().await;
    hour().await;

    assert_eq!(told(), ["bills@bakery.test", "boss@bakery.test", "kim@bikes.test"]);
    let code = app.sign_in_mail("eve@bakery.test").await.code();
    let eve = Browser::of(&app.site, &app.site.enter_code("eve@bakery.test", &code).await);
    // A contact that is taken off and put back is not told again, nor is one that comes later.
    for contact in eve.get(&format!("{bakery}/billing-contacts")).await.json()["items"].as_array().unwrap() {
        let path = format!("{bakery}/billing-contacts/{}", contact["id"].as_str().unwrap());
        eve.delete(&path).await.expect(204);
        let again = json!({ "name": "Accounts", "email": contact["email"] });
        eve.post(&format!("{bakery}/billing-contacts"), again).await.expect(201);
    }
    hour().await;
    assert_eq!(told().len(), 3);
    let text = app.mail_to("bills@bakery.test").text;
    assert!(text.contains("nothing is deleted"), "{text}");
    app.finish().await;
}

// ACC-21, ACC-8
#[tokio::test]
async fn a_client_that_nobody_pays_for_has_as_many_contacts_as_seats() {
    let app = TestApp::start_with(|settings| settings.limits.capped_members = 2).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let client = app.client("Bakery").await;
    let path = format!("/api/clients/{}/billing-contacts", client.id);
    let contact = |name: &str| json!({ "name": name, "email": format!("{name}@bakery.test") });
    let serve = async |purpose: &str| {
        let change = json!({ "purpose": purpose });
        ada.patch(&format!("/api/clients/{}", client.id), change).await.expect(200);
    };

    serve("demo").await;
    ada.post(&path, contact("eve")).await.expect(201);
    ada.post(&path, contact("jo")).await.expect(201);
    let refused = ada.post(&path, contact("kim")).await.expect_problem(403, "quota_reached");
    serve("live").await;
    ada.post(&path, contact("kim")).await.expect(201);

    assert!(refused.contains("at most 2"), "{refused}");
    app.finish().await;
}
