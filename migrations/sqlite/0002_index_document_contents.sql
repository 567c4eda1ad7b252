-- A file that a client has already is recognised by its content.
create index documents_content_idx on documents (client_id, content_hash);
