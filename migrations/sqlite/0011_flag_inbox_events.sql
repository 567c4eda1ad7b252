-- What a vendor sends for another mode (test, live) or another account than this node's is kept and shown, and never
-- handled (BIL-20). Lists and counts of the inbox do not walk the table.

alter table inbox_events add column flag text
    constraint inbox_events_flag_check check (flag in ('other_mode', 'other_account'));

create index inbox_events_listed_idx on inbox_events (created_at, seq);
create index inbox_events_state_idx on inbox_events (state, created_at, seq);
