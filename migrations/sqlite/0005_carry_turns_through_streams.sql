-- A turn that streams: its answer has an id from the beginning, it may be held before a model is asked, and it
-- keeps how its answer ended and what was used up. The table is made anew, because a check cannot be changed;
-- nothing references it.

create table turns_wider (
    visitor_message_id   text    primary key,
    client_id            text    not null,
    conversation_id      text    not null,
    dedupe_key           text    not null,
    state                text    not null constraint turns_state_check
                         check (state in ('accepted', 'held', 'generating', 'settled', 'failed', 'abandoned')),
    -- The id that the answer has or will have: events carry it before the message is there. Null in turns from
    -- before streams that never got an answer.
    answer_id            text,
    assistant_message_id text,
    answered_by          text    constraint turns_answered_by_check
                         check (answered_by in ('faq', 'extractive', 'model', 'none')),
    ending               text    constraint turns_ending_check check (ending in ('whole', 'stopped', 'cut')),
    input_tokens         integer,
    output_tokens        integer,
    tokens_by            text    constraint turns_tokens_by_check check (tokens_by in ('provider', 'estimate')),
    created_at           integer not null,
    updated_at           integer not null,
    version              integer not null,
    constraint turns_dedupe_key unique (client_id, dedupe_key),
    constraint turns_answer_key unique (answer_id),
    constraint turns_visitor_message_fk
        foreign key (client_id, visitor_message_id) references messages (client_id, id) on delete cascade,
    constraint turns_assistant_message_fk
        foreign key (client_id, assistant_message_id) references messages (client_id, id) on delete cascade,
    constraint turns_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade,
    constraint turns_settled_check check ((state = 'settled') = (assistant_message_id is not null)),
    constraint turns_answered_check check ((state = 'settled') = (answered_by is not null)),
    constraint turns_ended_check check ((state = 'settled') = (ending is not null)),
    constraint turns_same_answer_check check (assistant_message_id is null or assistant_message_id = answer_id),
    constraint turns_tokens_check check ((tokens_by is null) = (input_tokens is null and output_tokens is null))
) strict;

insert into turns_wider (visitor_message_id, client_id, conversation_id, dedupe_key, state, answer_id,
                         assistant_message_id, answered_by, ending, input_tokens, output_tokens, tokens_by,
                         created_at, updated_at, version)
select visitor_message_id, client_id, conversation_id, dedupe_key, state, assistant_message_id,
       assistant_message_id, answered_by, case when state = 'settled' then 'whole' end, null, null, null,
       created_at, updated_at, version
from turns;

drop table turns;
alter table turns_wider rename to turns;

create index turns_conversation_idx on turns (client_id, conversation_id);
create index turns_assistant_message_idx on turns (client_id, assistant_message_id);
create index turns_open_idx on turns (updated_at) where state in ('accepted', 'held', 'generating');

create trigger turns_version_guard before update on turns
when new.version <> old.version + 1
begin select raise(abort, 'turns: an update must set version'); end;

-- Why an answer is as it is: what was found, what was decided, the prompt. Never changes.
create table turn_explanations (
    message_id  text    primary key,
    client_id   text    not null,
    explanation text    not null,
    created_at  integer not null,
    constraint turn_explanations_message_fk
        foreign key (client_id, message_id) references messages (client_id, id) on delete cascade
) strict;

create index turn_explanations_created_idx on turn_explanations (created_at);

-- ── what is known of a visit, as far as the client keeps it ─────────────────────────────────────────────

-- Null means the default: they are kept.
alter table client_settings add column keep_visit_details integer
    constraint client_settings_keep_visit_details_check check (keep_visit_details in (0, 1));

-- How a conversation began: addresses without their query. May be deleted without its conversation.
create table conversation_visits (
    conversation_id text    primary key,
    client_id       text    not null,
    page_url        text,
    referrer        text,
    language        text,
    device          text    constraint conversation_visits_device_check
                    check (device in ('phone', 'tablet', 'desktop', 'other')),
    created_at      integer not null,
    constraint conversation_visits_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade
) strict;

-- A visitor whom the client's own website has named, under the id that it has there.
create table identified_visitors (
    id         text    primary key,
    client_id  text    not null
               constraint identified_visitors_client_fk references clients (id) on delete cascade,
    user_id    text    not null,
    name       text,
    email      text,
    created_at integer not null,
    updated_at integer not null,
    version    integer not null,
    constraint identified_visitors_client_id_key unique (client_id, id),
    constraint identified_visitors_user_key unique (client_id, user_id)
) strict;

create trigger identified_visitors_version_guard before update on identified_visitors
when new.version <> old.version + 1
begin select raise(abort, 'identified_visitors: an update must set version'); end;

-- The conversations of an identified visitor; the newest is the one that goes on.
create table conversation_visitors (
    conversation_id text    primary key,
    client_id       text    not null,
    visitor_id      text    not null,
    created_at      integer not null,
    constraint conversation_visitors_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade,
    constraint conversation_visitors_visitor_fk
        foreign key (client_id, visitor_id) references identified_visitors (client_id, id) on delete cascade
) strict;

create index conversation_visitors_visitor_idx on conversation_visitors (client_id, visitor_id);

-- The browsers in which a visitor was identified.
create table visitor_sessions (
    session_id text    primary key,
    client_id  text    not null,
    visitor_id text    not null,
    created_at integer not null,
    constraint visitor_sessions_visitor_fk
        foreign key (client_id, visitor_id) references identified_visitors (client_id, id) on delete cascade
) strict;

create index visitor_sessions_visitor_idx on visitor_sessions (client_id, visitor_id);

-- ── questions that nothing answered ─────────────────────────────────────────────────────────────────────

-- One row for all questions that are the same once case, punctuation and spaces are left aside.
create table knowledge_gaps (
    id            text    primary key,
    client_id     text    not null constraint knowledge_gaps_client_fk references clients (id) on delete cascade,
    question_hash text    not null,
    status        text    not null constraint knowledge_gaps_status_check
                  check (status in ('open', 'resolved', 'dismissed')),
    times_asked   integer not null,
    last_asked_at integer not null,
    created_at    integer not null,
    updated_at    integer not null,
    version       integer not null,
    constraint knowledge_gaps_client_id_key unique (client_id, id),
    constraint knowledge_gaps_question_key unique (client_id, question_hash)
) strict;

create index knowledge_gaps_client_created_idx on knowledge_gaps (client_id, created_at, id);

create trigger knowledge_gaps_version_guard before update on knowledge_gaps
when new.version <> old.version + 1
begin select raise(abort, 'knowledge_gaps: an update must set version'); end;

-- What was asked, in the words of whoever asked first.
create table knowledge_gap_questions (
    gap_id     text    primary key,
    client_id  text    not null,
    question   text    not null,
    created_at integer not null,
    constraint knowledge_gap_questions_gap_fk
        foreign key (client_id, gap_id) references knowledge_gaps (client_id, id) on delete cascade
) strict;
