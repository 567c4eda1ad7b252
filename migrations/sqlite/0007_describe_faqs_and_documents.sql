-- What FAQs and documents are about, how much they count, and how often an FAQ was used.
-- The added columns that may not be null carry a value for the rows that are there already.

alter table faqs add column category text;
-- A tag: the FAQ answers questions in this language only. Null: in any.
alter table faqs add column language text;
-- Decides between FAQs that fit a question equally well; the higher wins.
alter table faqs add column priority integer not null default 0
    constraint faqs_priority_check check (priority between 0 and 100);
-- A draft was proposed and waits for its owner: it is never in use.
alter table faqs add column status text not null default 'ready'
    constraint faqs_status_check check (status = 'ready' or (status = 'draft' and enabled = 0));

-- Other ways to ask the question of an FAQ.
create table faq_phrasings (
    client_id  text    not null,
    faq_id     text    not null,
    ordinal    integer not null,
    phrasing   text    not null,
    created_at integer not null,
    constraint faq_phrasings_pk primary key (client_id, faq_id, ordinal),
    constraint faq_phrasings_faq_fk
        foreign key (client_id, faq_id) references faqs (client_id, id) on delete cascade
) strict;

-- Apart from the FAQs, so that an answer to a visitor never makes an edit of the FAQ stale.
create table faq_uses (
    client_id    text    not null,
    faq_id       text    not null,
    uses         integer not null constraint faq_uses_uses_check check (uses > 0),
    last_used_at integer not null,
    created_at   integer not null,
    updated_at   integer not null,
    version      integer not null,
    constraint faq_uses_pk primary key (client_id, faq_id),
    constraint faq_uses_faq_fk
        foreign key (client_id, faq_id) references faqs (client_id, id) on delete cascade
) strict;

create trigger faq_uses_version_guard before update on faq_uses
when new.version <> old.version + 1
begin select raise(abort, 'faq_uses: an update must set version'); end;

alter table documents add column category text;
-- How much a document counts beside the others: 100 is as much as any.
alter table documents add column weight_percent integer not null default 100
    constraint documents_weight_check check (weight_percent between 10 and 500);
