-- Chunks know which chunker cut them, so that documents can be cut anew when it changes. The default of both columns
-- is the chunker of the rows that are there already.

alter table chunks add column chunker integer not null default 1;
-- The one whose chunks answer. Chunks of another are on their way in.
alter table documents add column chunker integer not null default 1;

-- A citation moves to the chunk that holds its quote when its document is cut anew.
alter table citations add column updated_at integer not null default 0;
alter table citations add column version integer not null default 1;

create trigger citations_version_guard before update on citations
when new.version <> old.version + 1
begin select raise(abort, 'citations: an update must set version'); end;
