//! A conversation that was shared, for whoever has its link: a page without a script.

use crate::domain::access::passwords;
use crate::domain::conversations::Role;
use crate::domain::conversations::citations::named_sources;
use crate::domain::conversations::shares::{self, Share, Shared};
use crate::ground::limits::SHARE_PASSWORD_CHARS_MAX;
use crate::ground::secret::Secret;
use crate::ground::time::{Timestamp, ZoneName};
use crate::http::{
    Anyone, Call, Code, Form, Html, HttpState, Limit, NoQuery, Problem, Public, Route, get, operation, post,
};
use crate::http::{pages, prose};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;

const TAG: &str = "Conversations";
const PATH: &str = "/shared/{token}";

pub(super) fn routes() -> Vec<Route> {
    let why =
        Public("the token is a capability: 128 bits of a keyed hash that only the link's holders have seen");
    vec![
        get(PATH, operation("openShared", TAG, "Open a shared conversation."), why, Limit::PublicRead, open)
            .hidden()
            .may_answer(&[Code::NotFound]),
        post(
            PATH,
            operation("openSharedWithPassword", TAG, "Open a shared conversation that has a password."),
            why,
            Limit::SignIn,
            open_with_password,
        )
        .hidden()
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SharedPath {
    token: String,
}

async fn open(call: Call<Anyone, SharedPath>) -> Result<Html, Problem> {
    let share = find(&call.state, call.path.token).await?;
    match share.password_hash {
        Some(_) => Ok(Html(ask_for_password(false))),
        None => show(&call.state, share).await,
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct PasswordEntry {
    password: String,
}

async fn open_with_password(
    call: Call<Anyone, SharedPath, NoQuery, Form<PasswordEntry>>,
) -> Result<Html, Problem> {
    let Call { state, path, body: Form(entry), meta, .. } = call;
    let share = find(&state, path.token).await?;
    let Some(hash) = share.password_hash.clone() else { return show(&state, share).await };
    state.frame.limiter.take_for_share(&share.id, meta.now)?;
    // No password is longer, and a hash of much text is dear.
    let fits = entry.password.chars().count() <= SHARE_PASSWORD_CHARS_MAX;
    let entered = Secret::new(entry.password.trim().to_owned());
    if fits && passwords::verify(entered, hash.reveal().clone()).await.map_err(Problem::internal)? {
        show(&state, share).await
    } else {
        Ok(Html(ask_for_password(true)))
    }
}

async fn find(state: &HttpState, token: String) -> Result<Share, Problem> {
    let key = state.env.signing_key.clone();
    let found = state.env.db.read(move |tx| shares::find_open(tx, &key, &token)).await?;
    found.ok_or_else(|| {
        let detail = "This link has expired or was taken back. Ask whoever sent it for a new one.";
        Problem::with_detail(Code::NotFound, detail)
    })
}

async fn show(state: &HttpState, share: Share) -> Result<Html, Problem> {
    let shared_at = share.created_at;
    let served = state.node.served_clients.get(&state.env, &share.client_id).await?;
    let shared = state.env.db.read(move |tx| shares::read(tx, &share)).await?;
    Ok(Html(page(&shared, served.settings.widget_name.or(&state.node.product_name), shared_at)))
}

fn ask_for_password(was_wrong: bool) -> String {
    pages::page(
        "A shared conversation",
        &html! {
            section.card {
                h1 { "A shared conversation" }
                p.lead { "Whoever shared it has set a password." }
                form method="post" {
                    div.field {
                        label for="password" { "Password" }
                        input id="password" name="password" type="password" required autocomplete="off" autofocus
                            aria-invalid=[was_wrong.then_some("true")]
                            aria-describedby=[was_wrong.then_some("password_error")];
                        @if was_wrong {
                            p.field-error id="password_error" role="alert" { "This is not the password. Try again." }
                        }
                    }
                    button.button type="submit" { "Open" }
                }
            }
        },
    )
}

fn page(shared: &Shared, assistant: &str, shared_at: Timestamp) -> String {
    let title = format!("Conversation with {assistant}");
    pages::page(
        &title,
        &html! {
            article.card {
                h1 { (title) }
                p.lead { "Begun on " (moment(shared.began_at)) }
                @if shared.is_cut { p.hint { "What was said before is not shown." } }
                @if shared.messages.is_empty() { p { "Nothing was said yet." } }
                ol.transcript {
                    @for (message, citations) in &shared.messages {
                        @let is_visitor = message.role == Role::Visitor;
                        li class=(if is_visitor { "said visitor" } else { "said assistant" }) {
                            p.who {
                                strong { @if is_visitor { "Visitor" } @else { (assistant) } }
                                " " time datetime=(message.created_at) { (moment(message.created_at)) }
                            }
                            @if is_visitor { div.words dir="auto" { (message.text) } }
                            @else { div.prose dir="auto" { (prose::html(&message.text)) } }
                            @if !citations.is_empty() {
                                p.hint { "Sources: " (named_sources(citations.iter().map(|it| (it.number, it.title.as_str(), it.page)))) }
                            }
                        }
                    }
                }
                p.foot { "Shared on " (moment(shared_at)) ". What was said later is not shown." }
            }
        },
    )
}

fn moment(at: Timestamp) -> String {
    at.civil_text(&ZoneName::utc())
}
