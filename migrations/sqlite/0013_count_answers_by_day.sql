-- What is answered on one day for a client that nobody pays for is counted by itself: deleting a conversation gives
-- nothing back. A trial's end is told once. One account begins with an address, however it is written.

create table answer_days (
    client_id      text    not null
                   constraint answer_days_client_fk references clients (id) on delete cascade,
    -- In UTC.
    day_started_at integer not null,
    answers        integer not null constraint answer_days_answers_check check (answers > 0),
    created_at     integer not null,
    updated_at     integer not null,
    version        integer not null,
    constraint answer_days_pk primary key (client_id, day_started_at)
) strict;

create index answer_days_day_idx on answer_days (day_started_at);

create trigger answer_days_version_guard before update on answer_days
when new.version <> old.version + 1
begin select raise(abort, 'answer_days: an update must set version'); end;

-- What was answered today counts on.
insert into answer_days (client_id, day_started_at, answers, created_at, updated_at, version)
select client_id, created_at - created_at % 86400000, count(*), max(created_at), max(created_at), 1
from turns
where created_at >= unixepoch('now', 'start of day') * 1000
group by client_id, created_at - created_at % 86400000;

-- When the end of the trial was told.
alter table clients add column trial_told_at integer;
-- The address with which the account began, in lower case: it opens no second one.
alter table clients add column sign_up_email_key text;
create index clients_sign_up_email_idx on clients (sign_up_email_key) where sign_up_email_key is not null;

update clients
set sign_up_email_key = coalesce(
        (select email_key from people where people.email = clients.email), lower(email)),
    version = version + 1
where plan is not null;

-- The demo's clients were real ones before demos were marked.
update clients
set purpose = 'demo', version = version + 1
where purpose = 'live' and id in (select client_id from demo_sites);

-- A mail is found by what it is about: one that was sent again is followed, too.
update outbox
set subject_id = (
        select key_claims.client_id || '@' || key_claims.round from key_claims where key_claims.outbox_id = outbox.id),
    version = version + 1
where id in (select outbox_id from key_claims where outbox_id is not null);
-- The address that the link went to, in lower case: it opens for as long as it is the client's. Where that is not known
-- any more, it opens nothing.
alter table key_claims add column email_key text not null default '';
update key_claims
set email_key = coalesce(
        (select lower(recipient) from outbox_bodies where outbox_bodies.outbox_id = key_claims.outbox_id), ''),
    version = version + 1;
alter table key_claims drop column outbox_id;
create index outbox_about_idx on outbox (subject_id, purpose, created_at) where subject_id is not null;
-- What only opened a door is forgotten after a while.
create index outbox_purpose_idx on outbox (purpose, created_at);
