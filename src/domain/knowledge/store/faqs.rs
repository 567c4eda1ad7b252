//! The SQL of FAQs.

use crate::domain::knowledge::faqs::Faq;
use crate::ground::ids::FaqId;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

const COLUMNS: &str = "id, question, answer, enabled, created_at, updated_at, version";

pub(in super::super) fn insert_faq(tx: &WriteTx<'_>, scope: &ClientScope, faq: &Faq) -> Result<(), DbError> {
    tx.execute(
        "insert into faqs (id, client_id, question, answer, enabled, created_at, updated_at, version)
         values (:id, :client_id, :question, :answer, :enabled, :now, :now, 1)",
        params! {
            ":id" => faq.id,
            ":client_id" => scope.client_id(),
            ":question" => faq.question,
            ":answer" => faq.answer,
            ":enabled" => faq.enabled,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in super::super) fn find_faq(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
) -> Result<Option<Faq>, DbError> {
    tx.find(
        &format!("select {COLUMNS} from faqs where client_id = :client_id and id = :id"),
        params! { ":client_id" => scope.client_id(), ":id" => id },
        from_row,
    )
}

pub(in super::super) fn list_faqs(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Vec<Faq>, DbError> {
    tx.list_page(
        &format!(
            "select {COLUMNS}
             from faqs
             where client_id = :client_id and (created_at, id) < (:before_at, :before_id)
             order by created_at desc, id desc
             limit :limit"
        ),
        params! {
            ":client_id" => scope.client_id(),
        },
        page,
        from_row,
    )
}

pub(in super::super) fn count_faqs(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as faqs from faqs where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("faqs"),
    )
}

pub(in super::super) fn update_faq(tx: &WriteTx<'_>, scope: &ClientScope, faq: &Faq) -> Result<(), DbError> {
    tx.execute(
        "update faqs
         set question = :question, answer = :answer, enabled = :enabled, updated_at = :now,
             version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => faq.id,
            ":question" => faq.question,
            ":answer" => faq.answer,
            ":enabled" => faq.enabled,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(in super::super) fn delete_faq(tx: &WriteTx<'_>, scope: &ClientScope, id: &FaqId) -> Result<(), DbError> {
    tx.execute(
        "delete from faqs where client_id = :client_id and id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )?;
    Ok(())
}

pub(in super::super) fn delete_faq_citations(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
) -> Result<(), DbError> {
    tx.execute(
        "delete from citations where client_id = :client_id and faq_id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Faq, DbError> {
    Ok(Faq {
        id: row.get("id")?,
        question: row.get("question")?,
        answer: row.get("answer")?,
        enabled: row.get("enabled")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        version: row.get("version")?,
    })
}
