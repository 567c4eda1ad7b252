//! The SQL of FAQs, their phrasings and their uses.

use crate::domain::knowledge::faqs::{Faq, FaqFilter, FaqQuestion};
use crate::ground::ids::FaqId;
use crate::ground::limits::{FAQ_PHRASINGS_MAX, FAQS_PER_CLIENT_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::params;
use crate::store::value::Row;
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

/// Of one client.
const QUESTIONS_MAX: usize = FAQS_PER_CLIENT_MAX as usize * (1 + FAQ_PHRASINGS_MAX);

const COLUMNS: &str = "faqs.id, faqs.question, faqs.answer, faqs.category, faqs.language, faqs.priority, \
                       faqs.status, faqs.enabled, coalesce(faq_uses.uses, 0) as uses, faq_uses.last_used_at, \
                       faqs.created_at, faqs.updated_at, faqs.version";
const TABLES: &str = "faqs left join faq_uses \
                      on faq_uses.client_id = faqs.client_id and faq_uses.faq_id = faqs.id";

pub(in super::super) fn insert_faq(tx: &WriteTx<'_>, scope: &ClientScope, faq: &Faq) -> Result<(), DbError> {
    tx.execute(
        "insert into faqs (id, client_id, question, answer, category, language, priority, status, enabled,
                           created_at, updated_at, version)
         values (:id, :client_id, :question, :answer, :category, :language, :priority, :status, :enabled,
                 :now, :now, 1)",
        params! {
            ":id" => faq.id,
            ":client_id" => scope.client_id(),
            ":question" => faq.question,
            ":answer" => faq.answer,
            ":category" => faq.category,
            ":language" => faq.language.map(Language::as_tag),
            ":priority" => faq.priority,
            ":status" => faq.status,
            ":enabled" => faq.enabled,
            ":now" => tx.now(),
        },
    )?;
    insert_phrasings(tx, scope, &faq.id, &faq.phrasings)
}

fn insert_phrasings(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
    phrasings: &[FaqQuestion],
) -> Result<(), DbError> {
    for (ordinal, phrasing) in phrasings.iter().enumerate() {
        tx.execute(
            "insert into faq_phrasings (client_id, faq_id, ordinal, phrasing, created_at)
             values (:client_id, :faq_id, :ordinal, :phrasing, :now)",
            params! {
                ":client_id" => scope.client_id(),
                ":faq_id" => id,
                ":ordinal" => ordinal,
                ":phrasing" => phrasing,
                ":now" => tx.now(),
            },
        )?;
    }
    Ok(())
}

pub(in super::super) fn replace_phrasings(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
    phrasings: &[FaqQuestion],
) -> Result<(), DbError> {
    tx.execute(
        "delete from faq_phrasings where client_id = :client_id and faq_id = :id",
        params! { ":client_id" => scope.client_id(), ":id" => id },
    )?;
    insert_phrasings(tx, scope, id, phrasings)
}

/// The other phrasings of an FAQ, in their order.
pub(super) fn list_phrasings(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
) -> Result<Vec<FaqQuestion>, DbError> {
    tx.list(
        "select phrasing
         from faq_phrasings
         where client_id = :client_id and faq_id = :id
         order by ordinal
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":limit" => FAQ_PHRASINGS_MAX },
        |row| row.get("phrasing"),
    )
}

pub(in super::super) fn find_faq(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
) -> Result<Option<Faq>, DbError> {
    let found = tx.find(
        &format!("select {COLUMNS} from {TABLES} where faqs.client_id = :client_id and faqs.id = :id"),
        params! { ":client_id" => scope.client_id(), ":id" => id },
        from_row,
    )?;
    found.map(|faq| with_phrasings(tx, scope, faq)).transpose()
}

pub(in super::super) fn list_faqs(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    filter: &FaqFilter,
    page: &PageRequest,
) -> Result<Vec<Faq>, DbError> {
    let found = tx.list_page(
        &format!(
            "select {COLUMNS}
             from {TABLES}
             where faqs.client_id = :client_id and (faqs.created_at, faqs.id) < (:before_at, :before_id)
               and (:category is null or faqs.category = :category)
               and (:enabled is null or faqs.enabled = :enabled)
               and (:language is null or faqs.language = :language)
               and (:status is null or faqs.status = :status)
             order by faqs.created_at desc, faqs.id desc
             limit :limit"
        ),
        params! {
            ":client_id" => scope.client_id(),
            ":category" => filter.category,
            ":enabled" => filter.enabled,
            ":language" => filter.language.map(Language::as_tag),
            ":status" => filter.status,
        },
        page,
        from_row,
    )?;
    found.into_iter().map(|faq| with_phrasings(tx, scope, faq)).collect()
}

pub(in super::super) fn count_faqs(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as faqs from faqs where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("faqs"),
    )
}

pub(in super::super) fn count_drafts(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<u32, DbError> {
    tx.get(
        "select count(*) as drafts from faqs where client_id = :client_id and status = 'draft'",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("drafts"),
    )
}

/// Every question of the client's FAQs and drafts, with their other phrasings.
pub(in super::super) fn list_faq_questions(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Vec<String>, DbError> {
    tx.list(
        "select question from faqs where client_id = :client_id
         union all
         select phrasing from faq_phrasings where client_id = :client_id
         order by question
         limit :limit",
        params! { ":client_id" => scope.client_id(), ":limit" => QUESTIONS_MAX },
        |row| row.get("question"),
    )
}

pub(in super::super) fn update_faq(tx: &WriteTx<'_>, scope: &ClientScope, faq: &Faq) -> Result<(), DbError> {
    tx.execute(
        "update faqs
         set question = :question, answer = :answer, category = :category, language = :language,
             priority = :priority, status = :status, enabled = :enabled, updated_at = :now,
             version = version + 1
         where client_id = :client_id and id = :id",
        params! {
            ":client_id" => scope.client_id(),
            ":id" => faq.id,
            ":question" => faq.question,
            ":answer" => faq.answer,
            ":category" => faq.category,
            ":language" => faq.language.map(Language::as_tag),
            ":priority" => faq.priority,
            ":status" => faq.status,
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

/// One more use, where the FAQ is still there.
pub(in super::super) fn count_faq_use(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &FaqId,
) -> Result<(), DbError> {
    tx.execute(
        "insert into faq_uses (client_id, faq_id, uses, last_used_at, created_at, updated_at, version)
         select client_id, id, 1, :now, :now, :now, 1
         from faqs
         where client_id = :client_id and id = :id
         on conflict (client_id, faq_id) do update
         set uses = uses + 1, last_used_at = :now, updated_at = :now, version = version + 1",
        params! { ":client_id" => scope.client_id(), ":id" => id, ":now" => tx.now() },
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

fn with_phrasings(tx: &ReadTx<'_>, scope: &ClientScope, faq: Faq) -> Result<Faq, DbError> {
    let phrasings = list_phrasings(tx, scope, &faq.id)?;
    Ok(Faq { phrasings, ..faq })
}

/// Without the phrasings, which stand in rows of their own.
fn from_row(row: &Row<'_>) -> Result<Faq, DbError> {
    let language: Option<String> = row.get("language")?;
    Ok(Faq {
        id: row.get("id")?,
        question: row.get("question")?,
        answer: row.get("answer")?,
        phrasings: Vec::new(),
        category: row.get("category")?,
        language: language.as_deref().map(Language::from_tag),
        priority: row.get("priority")?,
        status: row.get("status")?,
        enabled: row.get("enabled")?,
        uses: row.get("uses")?,
        last_used_at: row.get("last_used_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        version: row.get("version")?,
    })
}
