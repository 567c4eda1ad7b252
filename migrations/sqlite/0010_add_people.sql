-- People of the agency and of its clients: who they are, what they may do, and how they come in. Codes and links
-- are derived by a keyed hash, so that no row here opens anything.

-- Where the node was reached when it was set up: the beginning of links in mails, never taken from a request.
alter table agency add column site text not null default '';

-- A client that has left: nothing is sent and none of its people get in, until it is taken back.
alter table clients add column deactivated_at integer;
-- Everything of it is being removed; there is no way back.
alter table clients add column erasing_at integer;

create table people (
    id             text    primary key,
    name           text    not null,
    email          text    not null,
    -- The address in lower case: two spellings of one mailbox are one person.
    email_key      text    not null,
    -- Counted whenever this person's rights change: sessions of a former number are over.
    access_version integer not null,
    last_seen_at   integer,
    created_at     integer not null,
    updated_at     integer not null,
    version        integer not null,
    constraint people_email_key unique (email_key)
) strict;

create trigger people_version_guard before update on people
when new.version <> old.version + 1
begin select raise(abort, 'people: an update must set version'); end;

-- A person's place in the agency or in a client, with a role. One that is invited has no person yet.
create table memberships (
    id         text    primary key,
    kind       text    not null constraint memberships_kind_check check (kind in ('agency', 'client')),
    client_id  text    constraint memberships_client_fk references clients (id) on delete cascade,
    person_id  text    constraint memberships_person_fk references people (id) on delete cascade,
    role       text    not null,
    -- Staff of the agency who see assigned clients only.
    is_limited integer not null constraint memberships_limited_check check (is_limited in (0, 1)),
    state      text    not null constraint memberships_state_check check (state in ('invited', 'active', 'off')),
    -- Null: an operator, or a program.
    invited_by text    constraint memberships_invited_by_fk references people (id) on delete set null,
    -- Of the invitation; a new one is sent with a new time, and the former link is void.
    expires_at integer,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null,
    constraint memberships_place_check check ((kind = 'client') = (client_id is not null)),
    constraint memberships_person_check check ((state = 'invited') = (person_id is null)),
    constraint memberships_expiry_check check ((state = 'invited') = (expires_at is not null)),
    constraint memberships_role_check check (
        (kind = 'agency' and role in ('owner', 'admin', 'account_manager', 'content_specialist'))
        or (kind = 'client' and role in ('owner', 'manager', 'member'))),
    constraint memberships_limit_check check (is_limited = 0 or (kind = 'agency' and role <> 'owner'))
) strict;

create index memberships_client_idx on memberships (client_id, created_at, id);
create index memberships_person_idx on memberships (person_id);
create index memberships_invited_by_idx on memberships (invited_by);
create unique index memberships_agency_key on memberships (person_id) where kind = 'agency';
create unique index memberships_person_client_key on memberships (client_id, person_id) where kind = 'client';

create trigger memberships_version_guard before update on memberships
when new.version <> old.version + 1
begin select raise(abort, 'memberships: an update must set version'); end;

-- To whom an invitation goes and what it says; gone once it was accepted.
create table membership_invitations (
    membership_id text    primary key
                  constraint membership_invitations_membership_fk references memberships (id) on delete cascade,
    email         text    not null,
    email_key     text    not null,
    message       text    not null,
    -- The clients of staff who will see assigned ones only, as a list of ids.
    client_ids    text    not null,
    created_at    integer not null
) strict;

create index membership_invitations_email_idx on membership_invitations (email_key);

-- The clients that limited staff may see.
create table client_assignments (
    person_id  text    not null constraint client_assignments_person_fk references people (id) on delete cascade,
    client_id  text    not null constraint client_assignments_client_fk references clients (id) on delete cascade,
    created_at integer not null,
    constraint client_assignments_pk primary key (person_id, client_id)
) strict;

create index client_assignments_client_idx on client_assignments (client_id);

-- One asking for a code and a link. An address that nobody has makes a row too, so that both cost the same.
create table sign_in_attempts (
    id              text    primary key,
    -- A keyed hash of the address that was entered.
    identifier_hash text    not null,
    person_id       text    constraint sign_in_attempts_person_fk references people (id) on delete cascade,
    comparisons     integer not null constraint sign_in_attempts_comparisons_check check (comparisons >= 0),
    code_expires_at integer not null,
    link_expires_at integer not null,
    used_at         integer,
    voided_at       integer,
    created_at      integer not null,
    updated_at      integer not null,
    version         integer not null
) strict;

create index sign_in_attempts_open_idx on sign_in_attempts (identifier_hash, created_at, id)
where used_at is null and voided_at is null;
create index sign_in_attempts_person_idx on sign_in_attempts (person_id);
create index sign_in_attempts_expires_idx on sign_in_attempts (link_expires_at);

create trigger sign_in_attempts_version_guard before update on sign_in_attempts
when new.version <> old.version + 1
begin select raise(abort, 'sign_in_attempts: an update must set version'); end;

-- The new address of a person, until the code that was sent there comes back.
create table email_changes (
    person_id   text    primary key
                constraint email_changes_person_fk references people (id) on delete cascade,
    id          text    not null,
    email       text    not null,
    comparisons integer not null constraint email_changes_comparisons_check check (comparisons >= 0),
    expires_at  integer not null,
    created_at  integer not null,
    updated_at  integer not null,
    version     integer not null,
    constraint email_changes_id_key unique (id)
) strict;

create index email_changes_expires_idx on email_changes (expires_at, id);

create trigger email_changes_version_guard before update on email_changes
when new.version <> old.version + 1
begin select raise(abort, 'email_changes: an update must set version'); end;

-- Somebody signed in: a person, or whoever holds a client's key. Only the hash of the token is kept.
create table sessions (
    id             text    primary key,
    token_hash     blob    not null,
    person_id      text    constraint sessions_person_fk references people (id) on delete cascade,
    api_key_id     text    constraint sessions_api_key_fk references api_keys (id) on delete cascade,
    -- The person's `access_version` when it began.
    access_version integer not null,
    last_seen_at   integer not null,
    expires_at     integer not null,
    created_at     integer not null,
    updated_at     integer not null,
    version        integer not null,
    constraint sessions_token_key unique (token_hash),
    constraint sessions_principal_check check ((person_id is null) <> (api_key_id is null))
) strict;

create index sessions_person_idx on sessions (person_id, created_at, id);
create index sessions_api_key_idx on sessions (api_key_id);
create index sessions_expires_idx on sessions (expires_at);

create trigger sessions_version_guard before update on sessions
when new.version <> old.version + 1
begin select raise(abort, 'sessions: an update must set version'); end;

-- Where a session runs, for its owner's list.
create table session_details (
    session_id text    primary key
               constraint session_details_session_fk references sessions (id) on delete cascade,
    device     text    not null,
    address    text    not null,
    created_at integer not null
) strict;

-- How much was sent in a period. A new period is a new row: nothing is ever reset.
create table sending_counters (
    counter           text    not null,
    -- A keyed hash of whom it counts; empty for everybody together.
    subject_hash      text    not null,
    period_started_at integer not null,
    sent              integer not null constraint sending_counters_sent_check check (sent > 0),
    created_at        integer not null,
    updated_at        integer not null,
    version           integer not null,
    constraint sending_counters_pk primary key (counter, subject_hash, period_started_at)
) strict;

create index sending_counters_created_idx on sending_counters (created_at);

create trigger sending_counters_version_guard before update on sending_counters
when new.version <> old.version + 1
begin select raise(abort, 'sending_counters: an update must set version'); end;

-- Conversations in which the assistant is tried out by people of the agency or the client.
create table test_conversations (
    client_id       text    not null,
    conversation_id text    not null,
    created_at      integer not null,
    constraint test_conversations_pk primary key (client_id, conversation_id),
    constraint test_conversations_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade
) strict;

-- When a client's widget was last asked for by a page of somebody's website.
create table widget_sightings (
    client_id    text    primary key
                 constraint widget_sightings_client_fk references clients (id) on delete cascade,
    last_seen_at integer not null,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null
) strict;

create trigger widget_sightings_version_guard before update on widget_sightings
when new.version <> old.version + 1
begin select raise(abort, 'widget_sightings: an update must set version'); end;

-- What the lists of the agency read, newest first.
create index conversations_client_last_idx on conversations (client_id, last_message_at, id);
create index documents_open_idx on documents (client_id) where status in ('queued', 'extracting', 'embedding');
create index jobs_created_idx on jobs (created_at, id);
create index outbox_created_idx on outbox (channel, created_at, id);
create index audit_log_created_idx on audit_log (created_at, id);
