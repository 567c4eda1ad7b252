-- Clients that the agency looks after and clients that look after themselves; demos and tests, which are capped, send
-- nothing and are counted nowhere; keys that a client makes itself from a mailed link; keys of the agency; accounts
-- that begin with a verified address.

-- Managed: the client's own people and keys see results and change nothing.
alter table clients add column service text not null default 'self_serve'
    constraint clients_service_check check (service in ('self_serve', 'managed'));
alter table clients add column purpose text not null default 'live'
    constraint clients_purpose_check check (purpose in ('live', 'demo', 'test'));
-- Of an account that began with a sign-up; null once the agency has taken it on, and for every other.
alter table clients add column plan text
    constraint clients_plan_check check (plan in ('trial', 'free'));
-- Whether the account is suspended by itself is asked by this time.
alter table clients add column trial_ends_at integer
    constraint clients_trial_check check (trial_ends_at is null or plan = 'trial');

create index clients_trial_idx on clients (trial_ends_at) where trial_ends_at is not null;
-- Of clients that are capped, what is answered on one day is counted; of all others, what is asked in a month.
create index turns_created_idx on turns (client_id, created_at, conversation_id);

-- The link with which a client makes its own key, as it was mailed last.
create table key_claims (
    client_id  text    primary key
               constraint key_claims_client_fk references clients (id) on delete cascade,
    -- Counted at each mail: the link is derived from it, so that a new one voids the former.
    round      integer not null constraint key_claims_round_check check (round > 0),
    -- The mail that carries it; its row may be gone.
    outbox_id  text,
    mailed_at  integer not null,
    expires_at integer not null,
    claimed_at integer,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null
) strict;

create trigger key_claims_version_guard before update on key_claims
when new.version <> old.version + 1
begin select raise(abort, 'key_claims: an update must set version'); end;

-- Keys of the agency: they open what a person of the agency with these permissions could.
create table agency_keys (
    id           text    primary key,
    name         text    not null,
    prefix       text    not null,
    key_hash     blob    not null,
    -- A list of permissions.
    permissions  text    not null,
    -- Null: an operator.
    made_by      text    constraint agency_keys_made_by_fk references people (id) on delete set null,
    expires_at   integer,
    last_used_at integer,
    revoked_at   integer,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null,
    constraint agency_keys_key_hash_key unique (key_hash)
) strict;

create index agency_keys_created_idx on agency_keys (created_at, id);
create index agency_keys_made_by_idx on agency_keys (made_by);

create trigger agency_keys_version_guard before update on agency_keys
when new.version <> old.version + 1
begin select raise(abort, 'agency_keys: an update must set version'); end;

-- Who hears of a client's account: the end of a trial, and money. They need no login.
create table billing_contacts (
    id         text    primary key,
    client_id  text    not null
               constraint billing_contacts_client_fk references clients (id) on delete cascade,
    name       text    not null,
    email      text    not null,
    -- The address in lower case: two spellings of one mailbox are one contact.
    email_key  text    not null,
    created_at integer not null,
    constraint billing_contacts_email_key unique (client_id, email_key)
) strict;

create index billing_contacts_client_idx on billing_contacts (client_id, created_at, id);

-- Somebody who asked for an account, until the link that was mailed to them is used or has expired.
create table sign_ups (
    id         text    primary key,
    email      text    not null,
    email_key  text    not null,
    name       text    not null,
    business   text    not null,
    expires_at integer not null,
    used_at    integer,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null
) strict;

create index sign_ups_email_idx on sign_ups (email_key, created_at, id);
create index sign_ups_expires_idx on sign_ups (expires_at, id);

create trigger sign_ups_version_guard before update on sign_ups
when new.version <> old.version + 1
begin select raise(abort, 'sign_ups: an update must set version'); end;
