//! The SQL of this room, by what it is about.

mod chunks;
mod document_settings;
mod documents;
mod faqs;
mod generations;
mod recutting;
mod vectors;

pub(super) use chunks::{
    ChunkRow, LiveChunk, NewVersion, count_live_subjects, delete_versions, find_chunk_entry, find_faq_entry,
    find_written_version, insert_change, insert_changes_of_client, insert_chunks, insert_removal_of_chunks,
    insert_version, last_change_seq, list_changes, list_live_chunks, list_live_subjects, oldest_change_seq,
    prune_changes,
};
pub(super) use document_settings::{find_document_settings, update_document_settings};
pub(super) use documents::{
    count_by_status, count_documents, count_stored, delete_document, find_document, find_document_by_content,
    find_text, insert_document, list_all_blobs, list_blob_ids, list_documents, list_moving_documents,
    mark_failed, requeue_failed, set_progress, set_ready,
};
pub(super) use faqs::{
    count_drafts, count_faq_use, count_faqs, delete_faq, delete_faq_citations, find_faq, insert_faq,
    list_faq_questions, list_faqs, replace_phrasings, update_faq,
};
pub(super) use generations::{
    count_filled, delete_generation, delete_vectors_of, find_client_after, find_generation,
    insert_generation, list_generations, move_generation,
};
pub(super) use recutting::{
    DocumentToRecut, delete_chunks_beside, find_document_to_recut, find_extraction, has_new_chunks,
    insert_removal_beside, is_to_recut, move_citations, set_chunker,
};
pub(super) use vectors::{
    ChunkToEmbed, FaqToEmbed, count_embedded, delete_faq_vectors, insert_chunk_vector, insert_faq_vector,
    is_chunk_to_embed, is_faq_to_embed, list_chunks_to_embed, list_clients_to_embed, list_entry_vectors,
    list_faqs_to_embed, list_vectors,
};
