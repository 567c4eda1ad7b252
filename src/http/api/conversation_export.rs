//! Conversations as a file: the ones that are named, or all that fit a filter.
//!
//! The file is written while it is sent, a piece per read transaction, so that a year of conversations needs no more
//! memory than one piece. What is deleted in the meantime is left out; a failure cuts the file off, which the browser
//! tells.

use super::conversations::{ConversationView, MessageView, message_views, view};
use super::export_formats::{ExportFormat, Writer};
use crate::domain::conversations::marks::Tag;
use crate::domain::conversations::{
    self, Archived, Channel, Conversation, ConversationError, ConversationFilter,
};
use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{ConversationId, Id as _, MessageId};
use crate::ground::limits::{
    CONVERSATIONS_PER_BULK_MAX, EXPORT_CONVERSATIONS_PER_READ, EXPORT_MESSAGES_PER_READ, EXPORT_PIECE_BYTES,
    EXPORT_PIECE_MS, LIST_QUERY_CHARS_MAX,
};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::address::Site;
use crate::http::reply::{ReplySpec, attachment};
use crate::http::{Call, Code, Key, KeyScope, Limit, NoPath, Problem, Reply, Route, get, operation};
use crate::store::error::Chain;
use crate::store::{Db, PageRequest, ReadTx};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::error;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/conversations/export",
            operation(
                "exportConversations",
                "Conversations",
                "Download conversations as a file: those that are named, or all that fit, newest first.",
            ),
            Key(KeyScope::ConversationsRead),
            Limit::Key,
            export,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

/// Which conversations, and as what.
#[derive(Debug, Deserialize, JsonSchema)]
struct ExportQuery {
    format: ExportFormat,
    /// Up to 100 conversations, separated by commas; the filters do not count then.
    ids: Option<ConversationIds>,
    /// Words that stand in a message, or in the visitor's name or address, in whichever case.
    q: Option<BoundedText<0, LIST_QUERY_CHARS_MAX>>,
    /// Begun at this moment or later.
    since: Option<Timestamp>,
    /// Begun before this moment.
    until: Option<Timestamp>,
    /// Whether those in the archive are among them: `exclude` by default.
    archived: Option<Archived>,
    /// Only those that are bookmarked, or only those that are not.
    bookmarked: Option<bool>,
    /// Only those with exactly this tag, in whichever case.
    tag: Option<Tag>,
    channel: Option<Channel>,
}

/// Ids in one text.
#[derive(Debug, Clone)]
struct ConversationIds(Vec<ConversationId>);

impl<'de> Deserialize<'de> for ConversationIds {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let ids = text.split(',').map(|id| ConversationId::parse(id.trim())).collect::<Result<Vec<_>, _>>();
        let mut ids = ids.map_err(serde::de::Error::custom)?;
        if ids.len() > CONVERSATIONS_PER_BULK_MAX {
            let sentence = format!("Name at most {CONVERSATIONS_PER_BULK_MAX} conversations.");
            return Err(serde::de::Error::custom(sentence));
        }
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        Ok(Self(ids))
    }
}

impl JsonSchema for ConversationIds {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ConversationIds".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = "conv_[0-9a-hjkmnp-tv-z]{26}";
        let others = CONVERSATIONS_PER_BULK_MAX - 1;
        schemars::json_schema!({
            "type": "string",
            "pattern": format!("^{one}(,{one}){{0,{others}}}$"),
            "examples": ["conv_01jd3v5s8e4w6x7y9zabcdefgh"],
        })
    }
}

/// A file that is written while it is sent: its length is not known, and a failure cuts it off.
struct Export {
    file_name: String,
    format: ExportFormat,
    bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Reply for Export {
    fn into_response(self) -> Result<Response, Problem> {
        attachment(&self.file_name, self.format.content_type(), self.bytes)
    }

    fn describe(generator: &mut SchemaGenerator) -> ReplySpec {
        let spec = ReplySpec::new(200, "The file.").header("Content-Disposition", "The file's name.");
        ExportFormat::ALL.iter().fold(spec, |spec, format| {
            let is_json = *format == ExportFormat::Json;
            let schema = is_json.then(|| generator.subschema_for::<Vec<ExportedConversation>>());
            spec.content(format.content_type(), schema)
        })
    }
}

/// A conversation with all that was said in it. [`Writer`] writes it in pieces; this is its schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it tells the shape of what is written in pieces")]
struct ExportedConversation {
    #[serde(flatten)]
    conversation: ConversationView,
    /// Oldest first.
    messages: Vec<MessageView>,
}

/// What is exported.
struct Plan {
    scope: ClientScope,
    selection: Selection,
    format: ExportFormat,
    site: Site,
}

enum Selection {
    Named(Vec<ConversationId>),
    Filtered(ConversationFilter),
}

/// How far it has come.
#[derive(Clone, Default)]
struct Place {
    /// The conversation whose messages come next.
    open: Option<Open>,
    /// Whether the file has a beginning, and a first conversation.
    has_head: bool,
    has_conversation: bool,
    /// The place of the next one among named ones.
    named: usize,
    /// Those of a filter that were found and have not begun, and the last that was found.
    found: VecDeque<ConversationId>,
    last: Option<(Timestamp, String)>,
    is_done: bool,
}

#[derive(Clone)]
struct Open {
    conversation: Arc<ConversationView>,
    after: Option<(Timestamp, MessageId)>,
}

async fn export(call: Call<ClientScope, NoPath, ExportQuery>) -> Result<Export, Problem> {
    let Call { state, caller: scope, query, meta, .. } = call;
    let format = query.format;
    let file_name = match &query.ids {
        Some(ConversationIds(ids)) if ids.len() == 1 => {
            format!("{}.{}", ids.first().map_or("conversation", ConversationId::as_str), format.extension())
        }
        _ => {
            let day: String = meta.now.to_rfc3339().chars().take(10).collect();
            format!("conversations-{day}.{}", format.extension())
        }
    };
    let selection = match query.ids {
        Some(ConversationIds(ids)) => Selection::Named(ids),
        None => Selection::Filtered(ConversationFilter {
            words: query.q.map(BoundedText::into_string).unwrap_or_default(),
            since: query.since,
            until: query.until,
            archived: query.archived.unwrap_or_default(),
            bookmarked: query.bookmarked,
            tag: query.tag,
            channel: query.channel,
        }),
    };
    let plan = Arc::new(Plan { scope, selection, format, site: meta.site });
    let db = state.env.db.clone();
    let noting = Arc::clone(&plan);
    let noted = db.write(plan.scope.actor().clone(), move |tx| {
        let named = match &noting.selection {
            Selection::Named(ids) => Some(ids.as_slice()),
            Selection::Filtered(_) => None,
        };
        conversations::note_export(tx, &noting.scope, named)
    });
    noted.await?;
    let bytes = pieces(db, plan).boxed();
    Ok(Export { file_name, format, bytes })
}

fn pieces(db: Db, plan: Arc<Plan>) -> impl stream::Stream<Item = std::io::Result<Bytes>> + Send {
    stream::try_unfold(Place::default(), move |mut place| {
        let (db, plan) = (db.clone(), Arc::clone(&plan));
        async move {
            while !place.is_done {
                let (of_plan, from) = (Arc::clone(&plan), place);
                let read = db.read(move |tx| read_piece(tx, &of_plan, &from)).await;
                let (bytes, reached) = read.map_err(|failure| {
                    error!(client.id = %plan.scope.client_id(), "An export was cut off: {}", Chain(&failure));
                    std::io::Error::other("the export was cut off")
                })?;
                place = reached;
                if !bytes.is_empty() {
                    return Ok(Some((Bytes::from(bytes), place)));
                }
            }
            Ok(None)
        }
    })
}

/// Goes on from `from` until there is enough for a piece, or it has taken long enough.
// LIMIT: a caller may run as many exports at once as the limit of its key starts; each reads a piece at a time
fn read_piece(tx: &ReadTx<'_>, plan: &Plan, from: &Place) -> Result<(Vec<u8>, Place), ConversationError> {
    let mut place = from.clone();
    let mut writer = Writer::new(plan.format);
    if !place.has_head {
        writer.begin_file();
        place.has_head = true;
    }
    let until = Instant::now() + Duration::from_millis(EXPORT_PIECE_MS);
    while writer.bytes() < EXPORT_PIECE_BYTES && Instant::now() < until {
        if let Some(open) = &mut place.open {
            if write_messages(tx, plan, open, &mut writer)? {
                writer.end_conversation();
                place.open = None;
            }
            continue;
        }
        let Some(conversation) = next(tx, plan, &mut place)? else {
            writer.end_file();
            place.is_done = true;
            break;
        };
        let conversation = Arc::new(view(tx, &plan.scope, conversation)?);
        writer.begin_conversation(&conversation, !place.has_conversation);
        place.has_conversation = true;
        place.open = Some(Open { conversation, after: None });
    }
    Ok((writer.finish(), place))
}

/// Writes some of the conversation's messages; whether those were the last.
fn write_messages(
    tx: &ReadTx<'_>,
    plan: &Plan,
    open: &mut Open,
    writer: &mut Writer,
) -> Result<bool, ConversationError> {
    let (id, after) = (&open.conversation.id, open.after.as_ref());
    let read = conversations::list_after(tx, &plan.scope, id, after, EXPORT_MESSAGES_PER_READ)?;
    let is_whole = read.len() < EXPORT_MESSAGES_PER_READ;
    for message in message_views(tx, &plan.scope, read, &plan.site)? {
        if writer.bytes() >= EXPORT_PIECE_BYTES {
            return Ok(false);
        }
        writer.message(&open.conversation, &message, open.after.is_none());
        open.after = Some((message.created_at, message.id));
    }
    Ok(is_whole)
}

fn next(tx: &ReadTx<'_>, plan: &Plan, place: &mut Place) -> Result<Option<Conversation>, ConversationError> {
    match &plan.selection {
        Selection::Named(ids) => {
            while let Some(id) = ids.get(place.named) {
                place.named += 1;
                if let Some(conversation) = conversations::find_with_visitor(tx, &plan.scope, id)? {
                    return Ok(Some(conversation));
                }
            }
            Ok(None)
        }
        Selection::Filtered(filter) => loop {
            // What was deleted since it was found is passed over.
            while let Some(id) = place.found.pop_front() {
                if let Some(conversation) = conversations::find_with_visitor(tx, &plan.scope, &id)? {
                    return Ok(Some(conversation));
                }
            }
            let request = PageRequest::after(place.last.clone(), EXPORT_CONVERSATIONS_PER_READ);
            let page = conversations::list(tx, &plan.scope, filter, &request)?;
            let Some(last) = page.items.last() else { return Ok(None) };
            place.last = Some((last.created_at, last.id.to_string()));
            place.found = page.items.into_iter().map(|it| it.id).collect();
        },
    }
}
