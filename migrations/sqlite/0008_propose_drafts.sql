-- Drafts of FAQs, proposed from questions that several conversations asked in vain.

-- When a draft was proposed for the question: there never is a second one.
alter table knowledge_gaps add column draft_proposed_at integer;

-- Which conversations asked it, as many as decide that a draft is proposed. They go once it is.
create table knowledge_gap_askers (
    client_id       text    not null,
    gap_id          text    not null,
    conversation_id text    not null,
    created_at      integer not null,
    constraint knowledge_gap_askers_pk primary key (client_id, gap_id, conversation_id),
    constraint knowledge_gap_askers_gap_fk
        foreign key (client_id, gap_id) references knowledge_gaps (client_id, id) on delete cascade,
    constraint knowledge_gap_askers_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade
) strict;

create index knowledge_gap_askers_conversation_idx on knowledge_gap_askers (client_id, conversation_id);
