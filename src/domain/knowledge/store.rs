//! The SQL of documents and FAQs. Versions, chunks and the change log are in `store/` beside.

mod chunks;
mod documents;
mod faqs;

pub(super) use chunks::{
    ChunkRow, LiveChunk, NewVersion, count_live_subjects, delete_versions, find_chunk_entry, find_faq_entry,
    find_live_chunk, find_version_id, insert_change, insert_changes_of_client, insert_removal_of_chunks,
    insert_version, last_change_seq, list_changes, list_live_subjects, oldest_change_seq, prune_changes,
};
pub(super) use documents::{
    count_documents, count_stored, delete_document, find_document, find_document_by_content, find_text,
    insert_document, list_blob_ids, list_documents, mark_failed, requeue_failed, set_progress, set_ready,
};
pub(super) use faqs::{
    count_faqs, delete_faq, delete_faq_citations, find_faq, insert_faq, list_faqs, update_faq,
};
