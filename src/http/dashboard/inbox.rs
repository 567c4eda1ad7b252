//! What vendors delivered, as the agency's people see it: the events of the inbox, and what each brought.

use crate::domain::people::permissions::Permission;
use crate::ground::time::Timestamp;
use crate::http::api::views::ListView;
use crate::http::{Agency, AgencyStaff, Call, Code, Json, Limit, NoPath, Problem, Route, get, operation};
use crate::store::PageRequest;
use crate::store::inbox::{self, InboxFlag, InboxLine, InboxMode, InboxState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Operations";
const ID_PREFIX: &str = "inbox_";

pub(super) fn routes() -> Vec<Route> {
    let says = |id, text| operation(id, TAG, text);
    vec![
        get(
            "/api/inbox",
            says("listInbox", "List the events that vendors delivered, newest first."),
            Agency(Permission::JobsRead),
            Limit::Session,
            list,
        ),
        get(
            "/api/inbox/{id}",
            says("getInboxEvent", "Read an event that a vendor delivered, with what it brought."),
            Agency(Permission::JobsRead),
            Limit::Session,
            read,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// With leading zeros, so that ids sort by time like all others.
fn id_of(seq: i64) -> String {
    format!("{ID_PREFIX}{seq:012}")
}

fn seq_of(id: &str) -> Option<i64> {
    id.strip_prefix(ID_PREFIX)?.parse().ok()
}

#[derive(Debug, Serialize, JsonSchema)]
struct InboxEventView {
    /// `inbox_` and its number here.
    id: String,
    /// Which vendor delivered it.
    provider: String,
    /// The vendor's id of it: a second delivery of the same is not a second event.
    event_id: String,
    /// The vendor's type of it, such as `invoice.paid`.
    kind: String,
    mode: InboxMode,
    /// The connected account that it comes from; null for the account that the endpoint belongs to.
    account: Option<String>,
    state: InboxState,
    /// Why it does not count here; null when it does.
    flag: Option<InboxFlag>,
    attempts: u32,
    received_at: Timestamp,
    last_error: Option<String>,
}

impl From<InboxLine> for InboxEventView {
    fn from(line: InboxLine) -> Self {
        Self {
            id: id_of(line.seq),
            provider: line.provider,
            event_id: line.event_id,
            kind: line.kind,
            mode: line.mode,
            account: Some(line.account).filter(|account| !account.is_empty()),
            state: line.state,
            flag: line.flag,
            attempts: line.attempts,
            received_at: line.created_at,
            last_error: line.last_error,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct WholeInboxEventView {
    #[serde(flatten)]
    event: InboxEventView,
    /// What was delivered, as the vendor wrote it; null once it was erased.
    payload: Option<String>,
}

/// Which events to list.
#[derive(Debug, Deserialize, JsonSchema)]
struct InboxQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    state: Option<InboxState>,
}

async fn list(
    call: Call<AgencyStaff, NoPath, InboxQuery>,
) -> Result<Json<ListView<InboxEventView>>, Problem> {
    let InboxQuery { limit, cursor, state } = call.query;
    let page = PageRequest::new(limit, cursor.as_deref())
        .map_err(|error| Problem::field("/cursor", error.to_string()))?;
    let found = call.state.env.db.read(move |tx| inbox::list(tx, state, &page)).await?;
    Ok(Json(ListView::of(found, InboxEventView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct InboxPath {
    /// `inbox_` and the event's number here.
    id: String,
}

async fn read(call: Call<AgencyStaff, InboxPath>) -> Result<Json<WholeInboxEventView>, Problem> {
    let seq = seq_of(&call.path.id).ok_or_else(Problem::not_found)?;
    let found = call.state.env.db.read(move |tx| inbox::find_line(tx, seq)).await?;
    let (line, payload) = found.ok_or_else(Problem::not_found)?;
    let payload = payload.map(|bytes| String::from_utf8_lossy(bytes.reveal()).into_owned());
    Ok(Json(WholeInboxEventView { event: line.into(), payload }))
}
