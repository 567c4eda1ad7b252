//! Pages that the server writes itself, for people: the first run, the passage behind a citation.
//!
//! Everything that came from outside is escaped by the template. No script, no style but `/pages/pages.css`, and
//! no word of the product: visitors see some of them.

use super::address::Site;
use super::api::search::below_title;
use crate::domain::access::keys::IssuedKey;
use crate::domain::clients::{Client, ClientName};
use crate::domain::conversations::citations::Passage;
use crate::ground::email_address::EmailAddress;
use crate::ground::scope::AgencyScope;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use schemars::JsonSchema;
use serde::Deserialize;

/// What was entered into the form of the first run, and what is wrong with it.
#[derive(Debug, Default)]
pub struct SetupForm {
    agency_name: Field,
    owner_name: Field,
    owner_email: Field,
    client_name: Field,
    client_email: Field,
}

/// The entries of the form of the first run.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SetupEntries {
    pub agency_name: String,
    pub owner_name: String,
    pub owner_email: String,
    pub client_name: String,
    pub client_email: String,
}

#[derive(Debug, Default)]
struct Field {
    value: String,
    error: Option<String>,
}

impl SetupForm {
    /// The form before anything was entered.
    pub fn proposed(agency_name: &str) -> Self {
        Self { agency_name: Field { value: agency_name.to_owned(), error: None }, ..Self::default() }
    }

    /// The form as it was sent, each field judged.
    pub fn entered(entered: &SetupEntries) -> Self {
        let name = |value: &str| Field {
            value: value.to_owned(),
            error: ClientName::parse(value).err().map(|error| error.to_string()),
        };
        let email = |value: &str| Field {
            value: value.to_owned(),
            error: EmailAddress::parse(value).err().map(|error| error.to_string()),
        };
        Self {
            agency_name: name(&entered.agency_name),
            owner_name: name(&entered.owner_name),
            owner_email: email(&entered.owner_email),
            client_name: name(&entered.client_name),
            client_email: email(&entered.client_email),
        }
    }

    fn errors(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("agency_name", &self.agency_name),
            ("owner_name", &self.owner_name),
            ("owner_email", &self.owner_email),
            ("client_name", &self.client_name),
            ("client_email", &self.client_email),
        ]
        .into_iter()
        .filter_map(|(id, field)| Some((id, field.error.as_deref()?)))
    }
}

/// The form of the first run.
pub fn setup(form: &SetupForm) -> String {
    let errors: Vec<_> = form.errors().collect();
    page(
        "Set up",
        &html! {
            section.card {
                h1 { "Set up your agency" }
                @if errors.is_empty() {
                    p.lead {
                        "This page works once. It makes your agency with you as its owner and your first client, \
                         and shows you the key of its API."
                    }
                } @else {
                    div.problems role="alert" {
                        h2 { "Some entries need another look" }
                        ul { @for (id, error) in &errors { li { a href={ "#" (id) } { (error) } } } }
                    }
                }
                form method="post" {
                    (input("agency_name", "Name of your agency", "text", "organization", &form.agency_name))
                    (input("owner_name", "Your name", "text", "name", &form.owner_name))
                    (input("owner_email", "Your e-mail address", "email", "email", &form.owner_email))
                    (input("client_name", "Name of the first client", "text", "off", &form.client_name))
                    (input("client_email", "E-mail address of that client", "email", "off", &form.client_email))
                    button.button type="submit" { "Create" }
                }
            }
            p.foot { "Nothing leaves this server. You sign in later with a code that is sent to your address." }
        },
    )
}

fn input(id: &str, label: &str, kind: &str, autocomplete: &str, field: &Field) -> Markup {
    let error_id = format!("{id}_error");
    html! {
        div.field {
            label for=(id) { (label) }
            input id=(id) name=(id) type=(kind) maxlength="254" required autocomplete=(autocomplete)
                value=(field.value) aria-invalid=[field.error.as_ref().map(|_| "true")]
                aria-describedby=[field.error.as_ref().map(|_| error_id.as_str())];
            @if let Some(error) = &field.error { p.field-error id=(error_id) { (error) } }
        }
    }
}

/// What the first run made.
pub struct Finished<'a> {
    pub client: &'a Client,
    pub key: &'a IssuedKey,
    pub site: &'a Site,
    /// Whether the browser was signed in.
    pub is_signed_in: bool,
}

/// The page with the key, which is shown this once.
pub fn finished(finished: &Finished<'_>) -> String {
    let Finished { client, key, site, is_signed_in } = finished;
    let scope = AgencyScope::from_setup_link().client(client.id.clone());
    let snippet = super::api::embed::snippet(&scope, site);
    let upload =
        format!("curl -H \"X-API-Key: {}\" -F file=@hours.md {site}/api/documents", key.key.reveal());
    let question = format!(
        "curl -H \"Content-Type: application/json\" -d '{{\"client_id\":\"{}\",\"message\":\"When are you open?\"}}' \
         {site}/api/chat",
        client.id
    );
    page(
        "Your first client is ready",
        &html! {
            section.card {
                h1 { "Your first client is ready" }
                p.notice {
                    strong { "Copy the API key now." }
                    " It is shown only this once. Whoever holds it can read and change this client."
                }
                dl.values {
                    div { dt { "Client" } dd { (client.name) } }
                    div { dt { "Client id" } dd { code.copy { (client.id) } } }
                    div { dt { "API key" } dd { code.copy { (key.key.reveal()) } } }
                }
            }
            section.card {
                h2 { "Go on in the dashboard" }
                @if *is_signed_in {
                    p { "You are signed in: " a href="/app" { "open the dashboard" } "." }
                } @else {
                    p { "Signing in needs https: set " code { "http.public_url" } ", then open " code { "/app" } "." }
                }
            }
            section.card {
                h2 { "Give it something to know" }
                p { "Upload a Markdown or text file:" }
                pre { code.copy { (upload) } }
                p { "Ask a question:" }
                pre { code.copy { (question) } }
            }
            section.card {
                h2 { "Put the assistant on a page" }
                p { "Add this line before " code { "</body>" } ":" }
                pre { code.copy { (snippet) } }
                p { "Everything else stands in the " a href="/api/docs" { "API reference" } "." }
            }
        },
    )
}

/// What the server's own page has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Nobody has set the node up.
    FirstRun,
    Running,
    /// The demo's websites are here.
    Demo,
}

/// The page at the address of the server itself.
pub fn home(home: &Home, product_name: &str) -> String {
    page(
        product_name,
        &html! {
            section.card {
                h1 { (product_name) }
                @match home {
                    Home::FirstRun => {
                        p { "This server waits to be set up. Its log shows a link for that, which works once." }
                    }
                    Home::Running => { p { "This server is running. The assistants stand on their own websites." } }
                    Home::Demo => {
                        p { "This is a demo. " a href="/demo/" { "Open its two sample websites" } " and ask." }
                    }
                }
                p.hint { a href="/api/docs" { "API reference" } }
            }
        },
    )
}

/// The address of the dashboard, in a build that has none.
pub fn no_app(product_name: &str) -> String {
    page(
        product_name,
        &html! {
            section.card {
                h1 { (product_name) }
                p { "This build has no dashboard. Everything it does can be done through the API." }
                p.hint { a href="/api/docs" { "API reference" } }
            }
        },
    )
}

/// The passage around a quote, with the quote marked.
pub fn passage(passage: &Passage) -> String {
    let citation = &passage.citation;
    let headings = below_title(&citation.title, &citation.heading_path);
    let part = |range: std::ops::Range<usize>| passage.text.get(range).unwrap_or_default();
    page(
        &citation.title,
        &html! {
            article.card {
                h1 { (citation.title) }
                @if !headings.is_empty() || citation.page.is_some() {
                    ol.path aria-label="Place in the document" {
                        @for heading in headings { li { (heading) } }
                        @if let Some(number) = citation.page { li { "page " (number) } }
                    }
                }
                div.passage {
                    (part(0..passage.quote.start))
                    mark id="quote" { (part(passage.quote.clone())) }
                    (part(passage.quote.end..passage.text.len()))
                }
                p.foot { "The marked words are what the assistant quoted. Close this tab to go back to the chat." }
            }
        },
    )
}

/// A failed request, for somebody who opened it in a browser.
pub fn failure(status: u16, title: &str, detail: Option<&str>, request_id: &str) -> String {
    page(
        title,
        &html! {
            section.card {
                p.status-code { (status) }
                h1 { (title) }
                @if let Some(detail) = detail { p { (detail) } }
                p.hint { "If you ask for help, name this request: " code.copy { (request_id) } }
            }
        },
    )
}

/// A whole page around `main`.
pub(super) fn page(title: &str, main: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href="/pages/pages.css";
            }
            body { main { (PreEscaped(&main.0)) } }
        }
    };
    page.into_string()
}
