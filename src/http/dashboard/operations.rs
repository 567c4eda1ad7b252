//! What the agency's people see of the machinery: jobs, mails, the audit log.

use crate::domain::notify::{self, Secrets};
use crate::domain::people;
use crate::domain::people::permissions::Permission;
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{AuditId, ClientId, Id as _, JobId, OutboxId, PersonId};
use crate::ground::limits::LIST_QUERY_CHARS_MAX;
use crate::ground::time::Timestamp;
use crate::http::api::views::ListView;
use crate::http::{
    Accepted, Agency, AgencyStaff, Call, Code, Json, Limit, NoPath, Problem, Route, get, operation, post,
};
use crate::store::audit::{self, AuditFilter, AuditLine, Deed};
use crate::store::jobs::{self, JobLine, JobState};
use crate::store::outbox::{self, OutboxChannel, OutboxFilter, OutboxState, OutgoingLine};
use crate::store::{DbError, PageRequest, ReadTx};
use crate::text_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TAG: &str = "Operations";
const MAIL: OutboxChannel = OutboxChannel::Email;

pub(super) fn routes() -> Vec<Route> {
    let (reads, writes) = (Limit::Session, Limit::SessionWrite);
    let says = |id, text| operation(id, TAG, text);
    vec![
        get(
            "/api/jobs",
            says("listJobs", "List the work in the background, newest first."),
            Agency(Permission::JobsRead),
            reads,
            list_jobs,
        ),
        post(
            "/api/jobs/{id}/retry",
            says("retryJob", "Run a job again that was given up."),
            Agency(Permission::JobsWrite),
            writes,
            retry_job,
        )
        .may_answer(&[Code::NotFound, Code::WrongState]),
        get(
            "/api/mails",
            says("listMails", "List the mails, newest first."),
            Agency(Permission::MailsRead),
            reads,
            list_mails,
        ),
        get(
            "/api/mails/{id}",
            says("getMail", "Read a mail; codes and links are left out."),
            Agency(Permission::MailsRead),
            reads,
            read_mail,
        )
        .may_answer(&[Code::NotFound]),
        post(
            "/api/mails/{id}/resend",
            says("resendMail", "Send a mail again that has left, or was given up."),
            Agency(Permission::MailsWrite),
            writes,
            resend_mail,
        )
        .may_answer(&[Code::NotFound, Code::WrongState]),
        get(
            "/api/audit",
            says("listAudit", "List who did what, newest first."),
            Agency(Permission::AuditRead),
            reads,
            list_audit,
        ),
    ]
}

// ── jobs ────────────────────────────────────────────────────────────────────────────────────────────────────

text_enum! {
    /// How a job stands.
    pub enum JobViewState {
        Waiting = "waiting",
        Running = "running",
        Done = "done",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

static JOB_STATES: [(JobState, JobViewState); 5] = [
    (JobState::Queued, JobViewState::Waiting),
    (JobState::Leased, JobViewState::Running),
    (JobState::Done, JobViewState::Done),
    (JobState::Failed, JobViewState::Failed),
    (JobState::Cancelled, JobViewState::Cancelled),
];

#[derive(Debug, Serialize, JsonSchema)]
struct JobView {
    id: JobId,
    kind: String,
    client_id: Option<ClientId>,
    state: JobViewState,
    attempts: u32,
    run_at: Timestamp,
    last_error: Option<String>,
}

impl From<JobLine> for JobView {
    fn from(line: JobLine) -> Self {
        let state = JOB_STATES.iter().find(|(state, _)| *state == line.state);
        Self {
            state: state.map_or(JobViewState::Waiting, |(_, view)| *view),
            id: line.id,
            kind: line.kind,
            client_id: line.client_id,
            attempts: line.attempts,
            run_at: line.run_at,
            last_error: line.last_error,
        }
    }
}

/// Which jobs to list.
#[derive(Debug, Deserialize, JsonSchema)]
struct JobsQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    state: Option<JobViewState>,
}

async fn list_jobs(call: Call<AgencyStaff, NoPath, JobsQuery>) -> Result<Json<ListView<JobView>>, Problem> {
    let page = page_of(call.query.limit, call.query.cursor.as_deref())?;
    let state = call.query.state.and_then(|wanted| JOB_STATES.iter().find(|(_, view)| *view == wanted));
    let state = state.map(|(state, _)| *state);
    let found = call.state.env.db.read(move |tx| jobs::list(tx, state, &page)).await?;
    Ok(Json(ListView::of(found, JobView::from)))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct JobPath {
    id: JobId,
}

async fn retry_job(call: Call<AgencyStaff, JobPath>) -> Result<Accepted<JobView>, Problem> {
    let id = call.path.id;
    let actor = call.caller.right.scope.actor().clone();
    let retried = call.state.env.db.write(actor, move |tx| -> Result<_, DbError> {
        let is_replayed = jobs::replay(tx, &id)?;
        if is_replayed {
            record(tx, "job.retried", id.as_str())?;
        }
        Ok((is_replayed, jobs::find_line(tx, &id)?))
    });
    match retried.await? {
        (true, Some(line)) => Ok(Accepted(line.into())),
        (false, Some(_)) => {
            Err(Problem::with_detail(Code::WrongState, "Only a job that was given up can be run again."))
        }
        (_, None) => Err(Problem::not_found()),
    }
}

// ── mails ───────────────────────────────────────────────────────────────────────────────────────────────────

text_enum! {
    /// How a mail stands.
    pub enum MailState {
        Queued = "queued",
        Sent = "sent",
        Delivered = "delivered",
        Failed = "failed",
        Suppressed = "suppressed",
        /// Written and not sent: its client is a demo or a test.
        Simulated = "simulated",
    }
}

pub(super) fn mail_state(line: &OutgoingLine) -> MailState {
    if line.is_simulated() {
        return MailState::Simulated;
    }
    outbox_state(line.state)
}

/// As it looks without its reason.
const fn outbox_state(state: OutboxState) -> MailState {
    match state {
        OutboxState::Queued | OutboxState::Leased | OutboxState::Ambiguous => MailState::Queued,
        OutboxState::Accepted => MailState::Sent,
        OutboxState::Delivered => MailState::Delivered,
        OutboxState::Undelivered | OutboxState::Failed | OutboxState::Expired => MailState::Failed,
        OutboxState::Suppressed | OutboxState::Cancelled => MailState::Suppressed,
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct MailView {
    id: OutboxId,
    /// Empty once it was erased, like the subject.
    to: String,
    subject: String,
    purpose: String,
    state: MailState,
    attempts: u32,
    created_at: Timestamp,
    last_error: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WholeMailView {
    #[serde(flatten)]
    mail: MailView,
    text: String,
    html: String,
}

fn whole_mail(
    tx: &ReadTx<'_>,
    env: &crate::domain::Environment,
    line: OutgoingLine,
) -> Result<WholeMailView, DbError> {
    let content = outbox::find_content(tx, &line.id)?;
    let words = match &content {
        Some(content) => notify::compose(tx, env, &notify::letter_of(&content.body)?, Secrets::LeftOut)?,
        None => None,
    };
    let (subject, text, html) = words.map(|it| (it.subject, it.text, it.html)).unwrap_or_default();
    let mail = MailView {
        to: content.map(|content| content.recipient.reveal().clone()).unwrap_or_default(),
        subject,
        state: mail_state(&line),
        id: line.id,
        purpose: line.purpose,
        attempts: line.attempts,
        created_at: line.created_at,
        last_error: line.last_error,
    };
    Ok(WholeMailView { mail, text, html })
}

/// Which mails to list.
#[derive(Debug, Deserialize, JsonSchema)]
struct MailsQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    state: Option<MailState>,
}

fn filter_of(wanted: Option<MailState>) -> OutboxFilter {
    let Some(wanted) = wanted else {
        return OutboxFilter { states: OutboxState::ALL.to_vec(), is_simulated: None };
    };
    let is_simulated = wanted == MailState::Simulated;
    let looks_like = if is_simulated { MailState::Suppressed } else { wanted };
    let states = OutboxState::ALL.iter().copied().filter(|state| outbox_state(*state) == looks_like);
    OutboxFilter { states: states.collect(), is_simulated: Some(is_simulated) }
}

async fn list_mails(
    call: Call<AgencyStaff, NoPath, MailsQuery>,
) -> Result<Json<ListView<MailView>>, Problem> {
    let (env, wanted) = (call.state.env.clone(), call.query.state);
    let page = page_of(call.query.limit, call.query.cursor.as_deref())?;
    let filter = filter_of(wanted);
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        let page = outbox::list(tx, MAIL, &filter, &page)?;
        let mails = page.items.into_iter().map(|line| whole_mail(tx, &env, line).map(|whole| whole.mail));
        Ok(ListView { items: mails.collect::<Result<Vec<_>, _>>()?, next_cursor: page.next_cursor })
    });
    Ok(Json(found.await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct MailPath {
    id: OutboxId,
}

async fn read_mail(call: Call<AgencyStaff, MailPath>) -> Result<Json<WholeMailView>, Problem> {
    let (env, id) = (call.state.env.clone(), call.path.id);
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        match outbox::find_line(tx, MAIL, &id)? {
            Some(line) => whole_mail(tx, &env, line).map(Some),
            None => Ok(None),
        }
    });
    found.await?.map(Json).ok_or_else(Problem::not_found)
}

async fn resend_mail(call: Call<AgencyStaff, MailPath>) -> Result<Accepted<MailView>, Problem> {
    let (env, id) = (call.state.env.clone(), call.path.id);
    let actor = call.caller.right.scope.actor().clone();
    let sent = call.state.env.db.write(actor, move |tx| -> Result<_, DbError> {
        if outbox::find_line(tx, MAIL, &id)?.is_none() {
            return Ok(Err(Problem::not_found as fn() -> Problem));
        }
        let Some(copy) = outbox::enqueue_again(tx, &id)? else {
            return Ok(Err(still_on_its_way as fn() -> Problem));
        };
        record(tx, "mail.sent_again", copy.as_str())?;
        match outbox::find_line(tx, MAIL, &copy)? {
            Some(line) => whole_mail(tx, &env, line).map(|whole| Ok(whole.mail)),
            None => Ok(Err(Problem::not_found as fn() -> Problem)),
        }
    });
    sent.await?.map(Accepted).map_err(|problem| problem())
}

fn still_on_its_way() -> Problem {
    let detail = "This mail is still on its way, or its content was erased.";
    Problem::with_detail(Code::WrongState, detail)
}

// ── the audit log ───────────────────────────────────────────────────────────────────────────────────────────

#[derive(Debug, Serialize, JsonSchema)]
struct AuditView {
    id: AuditId,
    at: Timestamp,
    /// A person's name where there is one, otherwise the kind with its id.
    actor: String,
    action: String,
    /// The id of what it was done to.
    target: String,
    client_id: Option<ClientId>,
    /// The names of the fields that changed.
    fields: Vec<String>,
}

fn audit_view(tx: &ReadTx<'_>, line: AuditLine) -> Result<AuditView, DbError> {
    let person = line.actor_id.as_deref().filter(|_| line.actor_kind == "person");
    let person = match person.and_then(|id| PersonId::parse(id).ok()) {
        Some(id) => people::find(tx, &id)?,
        None => None,
    };
    let actor = match (person, &line.actor_id) {
        (Some(person), _) => person.name.into_string(),
        (None, Some(id)) => format!("{} {id}", line.actor_kind),
        (None, None) => line.actor_kind,
    };
    Ok(AuditView {
        id: line.id,
        at: line.at,
        actor,
        action: line.action,
        target: line.subject_id,
        client_id: line.client_id,
        fields: line.fields,
    })
}

/// Which deeds to list.
#[derive(Debug, Deserialize, JsonSchema)]
struct AuditQuery {
    /// Items on a page: 50 by default; more than 100 is taken as 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before. Leave it away for the first page.
    cursor: Option<String>,
    client_id: Option<ClientId>,
    /// Exactly this action, such as `member.changed`.
    action: Option<BoundedText<1, LIST_QUERY_CHARS_MAX>>,
}

async fn list_audit(
    call: Call<AgencyStaff, NoPath, AuditQuery>,
) -> Result<Json<ListView<AuditView>>, Problem> {
    let page = page_of(call.query.limit, call.query.cursor.as_deref())?;
    let filter = AuditFilter {
        client_id: call.query.client_id,
        action: call.query.action.map(BoundedText::into_string),
    };
    let found = call.state.env.db.read(move |tx| -> Result<_, DbError> {
        let page = audit::list(tx, &filter, &page)?;
        let items = page.items.into_iter().map(|line| audit_view(tx, line)).collect::<Result<Vec<_>, _>>()?;
        Ok(ListView { items, next_cursor: page.next_cursor })
    });
    Ok(Json(found.await?))
}

fn page_of(limit: Option<u32>, cursor: Option<&str>) -> Result<PageRequest, Problem> {
    PageRequest::new(limit, cursor).map_err(|error| Problem::field("/cursor", error.to_string()))
}

fn record(tx: &crate::store::WriteTx<'_>, action: &'static str, id: &str) -> Result<(), DbError> {
    audit::record(
        tx,
        &Deed { action, client_id: None, subject_id: id, fields: &["state"], values_after: None },
    )
}
