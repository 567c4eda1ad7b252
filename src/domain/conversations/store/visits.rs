//! The SQL of visits.

use crate::domain::conversations::visits::Visit;
use crate::ground::ids::ConversationId;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::{DbError, ReadTx, WriteTx};

pub(in crate::domain::conversations) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
    visit: &Visit,
) -> Result<(), DbError> {
    tx.execute(
        "insert into conversation_visits (conversation_id, client_id, page_url, referrer, language, device,
                                          created_at)
         values (:conversation_id, :client_id, :page_url, :referrer, :language, :device, :now)
         on conflict (conversation_id) do nothing",
        params! {
            ":conversation_id" => conversation,
            ":client_id" => scope.client_id(),
            ":page_url" => visit.page_url,
            ":referrer" => visit.referrer,
            ":language" => visit.language,
            ":device" => visit.device,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in crate::domain::conversations) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    conversation: &ConversationId,
) -> Result<Option<Visit>, DbError> {
    tx.find(
        "select page_url, referrer, language, device from conversation_visits
         where client_id = :client_id and conversation_id = :conversation_id",
        params! { ":client_id" => scope.client_id(), ":conversation_id" => conversation },
        |row| {
            Ok(Visit {
                page_url: row.get("page_url")?,
                referrer: row.get("referrer")?,
                language: row.get("language")?,
                device: row.get("device")?,
            })
        },
    )
}
