-- The tables of the house. Times are integer milliseconds UTC, ids are prefixed texts compared bytewise,
-- enums are texts with a check. A row that changes carries `version` and `updated_at`; a trigger refuses an
-- update that forgot to count the version. (A time it cannot judge: a clock may step back.) Every foreign key
-- says what a delete does.

-- ── the agency, its clients ─────────────────────────────────────────────────────────────────────────────

create table agency (
    id         integer primary key constraint agency_single_check check (id = 1),
    name       text    not null,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null
) strict;

create table setup_links (
    id         text    primary key,
    expires_at integer not null,
    used_at    integer,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null
) strict;

create table clients (
    id         text    primary key,
    name       text    not null,
    email      text    not null,
    status     text    not null constraint clients_status_check check (status in ('active', 'suspended')),
    created_at integer not null,
    updated_at integer not null,
    version    integer not null
) strict;

create index clients_created_idx on clients (created_at, id);

create table client_settings (
    client_id       text    primary key
                    constraint client_settings_client_fk references clients (id) on delete cascade,
    widget_name     text    not null,
    welcome         text    not null,
    placeholder     text    not null,
    suggestions     text    not null,
    accent_color    text    not null,
    language        text    not null,
    allowed_domains text    not null,
    created_at      integer not null,
    updated_at      integer not null,
    version         integer not null
) strict;

create table demo_sites (
    slug       text    primary key,
    client_id  text    not null constraint demo_sites_client_fk references clients (id) on delete cascade,
    created_at integer not null
) strict;

create index demo_sites_client_idx on demo_sites (client_id);

create table api_keys (
    id           text    primary key,
    client_id    text    not null constraint api_keys_client_fk references clients (id) on delete cascade,
    name         text    not null,
    prefix       text    not null,
    key_hash     blob    not null,
    scopes       text    not null,
    expires_at   integer,
    last_used_at integer,
    revoked_at   integer,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null,
    constraint api_keys_key_hash_key unique (key_hash)
) strict;

create index api_keys_client_idx on api_keys (client_id, created_at, id);

-- ── knowledge ───────────────────────────────────────────────────────────────────────────────────────────

create table documents (
    id               text    primary key,
    client_id        text    not null constraint documents_client_fk references clients (id) on delete cascade,
    file_name        text    not null,
    title            text    not null,
    media_type       text    not null,
    size_bytes       integer not null,
    content_hash     text    not null,
    blob_id          text    not null,
    status           text    not null constraint documents_status_check
                     check (status in ('queued', 'extracting', 'embedding', 'ready', 'failed')),
    progress_percent integer not null constraint documents_progress_check check (progress_percent between 0 and 100),
    error            text,
    live_version_id  text,
    created_at       integer not null,
    updated_at       integer not null,
    version          integer not null,
    constraint documents_client_id_key unique (client_id, id)
) strict;

create index documents_client_created_idx on documents (client_id, created_at, id);
create index documents_blob_idx on documents (blob_id);

-- The immutable text that was read out of a document. Spans are UTF-8 bytes in `text`.
create table document_versions (
    id          text    primary key,
    client_id   text    not null,
    document_id text    not null,
    number      integer not null,
    text        text    not null,
    blocks      text    not null,
    created_at  integer not null,
    constraint document_versions_client_id_key unique (client_id, id),
    constraint document_versions_number_key unique (document_id, number),
    constraint document_versions_document_fk
        foreign key (client_id, document_id) references documents (client_id, id) on delete cascade
) strict;

create index document_versions_document_idx on document_versions (client_id, document_id);

create table chunks (
    id           text    primary key,
    client_id    text    not null,
    document_id  text    not null,
    version_id   text    not null,
    ordinal      integer not null,
    span_start   integer not null,
    span_end     integer not null,
    heading_path text    not null,
    page         integer,
    token_count  integer not null,
    -- The version's text at this span: read for every answer, where the whole version would be far too much.
    text         text    not null,
    created_at   integer not null,
    constraint chunks_client_id_key unique (client_id, id),
    constraint chunks_ordinal_key unique (version_id, ordinal),
    constraint chunks_span_check check (0 <= span_start and span_start < span_end),
    constraint chunks_document_fk
        foreign key (client_id, document_id) references documents (client_id, id) on delete cascade,
    constraint chunks_version_fk
        foreign key (client_id, version_id) references document_versions (client_id, id) on delete cascade
) strict;

create index chunks_document_idx on chunks (client_id, document_id);
create index chunks_version_idx on chunks (client_id, version_id);

create table faqs (
    id         text    primary key,
    client_id  text    not null constraint faqs_client_fk references clients (id) on delete cascade,
    question   text    not null,
    answer     text    not null,
    enabled    integer not null constraint faqs_enabled_check check (enabled in (0, 1)),
    created_at integer not null,
    updated_at integer not null,
    version    integer not null,
    constraint faqs_client_id_key unique (client_id, id)
) strict;

create index faqs_client_created_idx on faqs (client_id, created_at, id);

-- What the derived indexes must follow; each keeps its own cursor. Ids only.
create table index_changes (
    seq        integer primary key autoincrement,
    client_id  text    not null constraint index_changes_client_fk references clients (id) on delete cascade,
    kind       text    not null constraint index_changes_kind_check check (kind in ('chunk', 'faq')),
    subject_id text    not null,
    change     text    not null constraint index_changes_change_check check (change in ('put', 'delete')),
    created_at integer not null
) strict;

create index index_changes_client_idx on index_changes (client_id);

-- ── conversations ───────────────────────────────────────────────────────────────────────────────────────

create table conversations (
    id              text    primary key,
    client_id       text    not null constraint conversations_client_fk references clients (id) on delete cascade,
    session_id      text    not null,
    channel         text    not null constraint conversations_channel_check check (channel in ('widget')),
    message_count   integer not null,
    last_message_at integer not null,
    created_at      integer not null,
    updated_at      integer not null,
    version         integer not null,
    constraint conversations_client_id_key unique (client_id, id),
    constraint conversations_session_key unique (client_id, session_id)
) strict;

create index conversations_client_created_idx on conversations (client_id, created_at, id);

create table messages (
    id              text    primary key,
    client_id       text    not null,
    conversation_id text    not null,
    role            text    not null constraint messages_role_check check (role in ('visitor', 'assistant')),
    text            text    not null,
    created_at      integer not null,
    constraint messages_client_id_key unique (client_id, id),
    constraint messages_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade
) strict;

create index messages_conversation_idx on messages (client_id, conversation_id, created_at, id);
create index messages_client_created_idx on messages (client_id, created_at);

-- One visitor message and its answer.
create table turns (
    visitor_message_id   text    primary key,
    client_id            text    not null,
    conversation_id      text    not null,
    dedupe_key           text    not null,
    state                text    not null constraint turns_state_check
                         check (state in ('accepted', 'settled', 'abandoned')),
    assistant_message_id text,
    answered_by          text    constraint turns_answered_by_check
                         check (answered_by in ('faq', 'extractive', 'none')),
    created_at           integer not null,
    updated_at           integer not null,
    version              integer not null,
    constraint turns_dedupe_key unique (client_id, dedupe_key),
    constraint turns_visitor_message_fk
        foreign key (client_id, visitor_message_id) references messages (client_id, id) on delete cascade,
    constraint turns_assistant_message_fk
        foreign key (client_id, assistant_message_id) references messages (client_id, id) on delete cascade,
    constraint turns_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade,
    constraint turns_settled_check check ((state = 'settled') = (assistant_message_id is not null)),
    constraint turns_answered_check check ((state = 'settled') = (answered_by is not null))
) strict;

create index turns_conversation_idx on turns (client_id, conversation_id);
create index turns_assistant_message_idx on turns (client_id, assistant_message_id);
create index turns_open_idx on turns (updated_at) where state = 'accepted';

-- A quoted span under an answer: in a version's text, or the answer of an FAQ.
create table citations (
    id          text    primary key,
    client_id   text    not null,
    message_id  text    not null,
    ordinal     integer not null,
    version_id  text,
    chunk_id    text,
    faq_id      text,
    quote_start integer not null,
    quote_end   integer not null,
    created_at  integer not null,
    constraint citations_ordinal_key unique (message_id, ordinal),
    constraint citations_source_check check ((version_id is null) <> (faq_id is null)),
    constraint citations_span_check check (0 <= quote_start and quote_start < quote_end),
    constraint citations_message_fk
        foreign key (client_id, message_id) references messages (client_id, id) on delete cascade,
    constraint citations_version_fk
        foreign key (client_id, version_id) references document_versions (client_id, id) on delete cascade,
    constraint citations_chunk_fk
        foreign key (client_id, chunk_id) references chunks (client_id, id) on delete cascade,
    constraint citations_faq_fk
        foreign key (client_id, faq_id) references faqs (client_id, id) on delete cascade
) strict;

create index citations_message_idx on citations (client_id, message_id);
create index citations_version_idx on citations (client_id, version_id);
create index citations_chunk_idx on citations (client_id, chunk_id);
create index citations_faq_idx on citations (client_id, faq_id);

-- ── the kernel ──────────────────────────────────────────────────────────────────────────────────────────

create table jobs (
    id           text    primary key,
    kind         text    not null,
    lane         text    not null,
    client_id    text    constraint jobs_client_fk references clients (id) on delete cascade,
    subject_id   text,
    dedupe_key   text    not null,
    state        text    not null constraint jobs_state_check
                 check (state in ('queued', 'leased', 'done', 'failed', 'cancelled')),
    attempts     integer not null,
    attempts_max integer not null,
    run_at       integer not null,
    leased_until integer,
    fence        integer not null,
    last_error   text,
    finished_at  integer,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null,
    constraint jobs_dedupe_key unique (kind, dedupe_key)
) strict;

create index jobs_due_idx on jobs (lane, run_at, id) where state = 'queued';
create index jobs_leased_idx on jobs (leased_until) where state = 'leased';
create index jobs_subject_idx on jobs (kind, subject_id) where state = 'queued';
create index jobs_finished_idx on jobs (finished_at) where finished_at is not null;
create index jobs_client_idx on jobs (client_id);

create table events (
    id         text    primary key,
    kind       text    not null,
    client_id  text    constraint events_client_fk references clients (id) on delete cascade,
    subject_id text,
    created_at integer not null
) strict;

create index events_created_idx on events (created_at, id);
create index events_client_idx on events (client_id);

-- Per scheduled job, the last slot for which a job row was made: downtime is caught up from here.
create table schedule_cursors (
    name       text    primary key,
    last_slot  integer not null,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null
) strict;

-- Who did what, as ids. Values and addresses stand in `audit_details`, which erasure may delete.
create table audit_log (
    id         text    primary key,
    actor_kind text    not null,
    actor_id   text,
    client_id  text,
    action     text    not null,
    subject_id text    not null,
    fields     text    not null,
    created_at integer not null
) strict;

create index audit_log_client_idx on audit_log (client_id, created_at, id);

create table audit_details (
    audit_id     text    primary key
                 constraint audit_details_audit_fk references audit_log (id) on delete restrict,
    values_after text    not null,
    created_at   integer not null
) strict;

-- What an `Idempotency-Key` was answered with.
create table idempotency_keys (
    client_id    text    not null constraint idempotency_keys_client_fk references clients (id) on delete cascade,
    operation    text    not null,
    key          text    not null,
    request_hash text    not null,
    answer       text    not null,
    created_at   integer not null,
    constraint idempotency_keys_pk primary key (client_id, operation, key)
) strict;

create index idempotency_keys_created_idx on idempotency_keys (created_at);

-- What came in from a vendor: stored before the 2xx, handled later. The payload stands apart.
create table inbox_events (
    seq          integer primary key autoincrement,
    provider     text    not null,
    account      text    not null,
    mode         text    not null constraint inbox_events_mode_check check (mode in ('test', 'live')),
    event_id     text    not null,
    kind         text    not null,
    state        text    not null constraint inbox_events_state_check
                 check (state in ('received', 'handled', 'ignored', 'dead')),
    attempts     integer not null,
    run_at       integer not null,
    last_error   text,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null,
    constraint inbox_events_event_key unique (provider, account, mode, event_id)
) strict;

create index inbox_events_due_idx on inbox_events (run_at, seq) where state = 'received';

create table inbox_payloads (
    seq        integer primary key constraint inbox_payloads_event_fk references inbox_events (seq) on delete cascade,
    payload    blob    not null,
    created_at integer not null
) strict;

-- What must go out: one row per effect. Addresses and bodies stand apart.
create table outbox (
    id           text    primary key,
    client_id    text    constraint outbox_client_fk references clients (id) on delete cascade,
    purpose      text    not null,
    channel      text    not null constraint outbox_channel_check check (channel in ('email', 'sms', 'webhook')),
    order_key    text    not null,
    sender_key   text    not null,
    subject_id   text,
    dedupe_key   text    not null,
    state        text    not null constraint outbox_state_check check (state in (
                     'queued', 'leased', 'accepted', 'delivered', 'undelivered', 'ambiguous',
                     'failed', 'suppressed', 'expired', 'cancelled')),
    reason       text,
    not_before   integer not null,
    expires_at   integer,
    attempts     integer not null,
    leased_until integer,
    fence        integer not null,
    provider_ref text,
    last_error   text,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null,
    constraint outbox_dedupe_key unique (dedupe_key)
) strict;

create index outbox_due_idx on outbox (channel, not_before, id) where state in ('queued', 'ambiguous');
create index outbox_open_idx on outbox (order_key, id) where state in ('queued', 'leased', 'ambiguous');
create index outbox_expires_idx on outbox (expires_at) where state = 'queued' and expires_at is not null;
create index outbox_subject_idx on outbox (subject_id) where state = 'queued';
create index outbox_provider_ref_idx on outbox (channel, provider_ref) where provider_ref is not null;
create index outbox_leased_idx on outbox (leased_until) where state = 'leased';
create index outbox_client_idx on outbox (client_id);

create table outbox_bodies (
    outbox_id  text    primary key constraint outbox_bodies_outbox_fk references outbox (id) on delete cascade,
    recipient  text    not null,
    body       text    not null,
    created_at integer not null
) strict;

-- ── guards ──────────────────────────────────────────────────────────────────────────────────────────────

create trigger agency_version_guard before update on agency
when new.version <> old.version + 1
begin select raise(abort, 'agency: an update must set version'); end;

create trigger setup_links_version_guard before update on setup_links
when new.version <> old.version + 1
begin select raise(abort, 'setup_links: an update must set version'); end;

create trigger clients_version_guard before update on clients
when new.version <> old.version + 1
begin select raise(abort, 'clients: an update must set version'); end;

create trigger client_settings_version_guard before update on client_settings
when new.version <> old.version + 1
begin select raise(abort, 'client_settings: an update must set version'); end;

create trigger api_keys_version_guard before update on api_keys
when new.version <> old.version + 1
begin select raise(abort, 'api_keys: an update must set version'); end;

create trigger documents_version_guard before update on documents
when new.version <> old.version + 1
begin select raise(abort, 'documents: an update must set version'); end;

create trigger faqs_version_guard before update on faqs
when new.version <> old.version + 1
begin select raise(abort, 'faqs: an update must set version'); end;

create trigger conversations_version_guard before update on conversations
when new.version <> old.version + 1
begin select raise(abort, 'conversations: an update must set version'); end;

create trigger turns_version_guard before update on turns
when new.version <> old.version + 1
begin select raise(abort, 'turns: an update must set version'); end;

create trigger jobs_version_guard before update on jobs
when new.version <> old.version + 1
begin select raise(abort, 'jobs: an update must set version'); end;

create trigger schedule_cursors_version_guard before update on schedule_cursors
when new.version <> old.version + 1
begin select raise(abort, 'schedule_cursors: an update must set version'); end;

create trigger inbox_events_version_guard before update on inbox_events
when new.version <> old.version + 1
begin select raise(abort, 'inbox_events: an update must set version'); end;

create trigger outbox_version_guard before update on outbox
when new.version <> old.version + 1
begin select raise(abort, 'outbox: an update must set version'); end;

create trigger document_versions_immutable before update on document_versions
begin select raise(abort, 'document_versions: a version never changes'); end;

create trigger chunks_immutable before update on chunks
begin select raise(abort, 'chunks: a chunk never changes'); end;

create trigger audit_log_no_update before update on audit_log
begin select raise(abort, 'audit_log: append-only'); end;

create trigger audit_log_no_delete before delete on audit_log
begin select raise(abort, 'audit_log: append-only'); end;
