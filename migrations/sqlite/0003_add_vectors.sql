-- Vectors, which only the embedder that made them can compare. A generation is everything that one embedder and
-- one preparation of the texts have made: one of them answers, the next is filled beside it and takes its place.

create table index_generations (
    id             text    primary key,
    embedder       text    not null,
    chunker        text    not null,
    dimensions     integer not null,
    state          text    not null constraint index_generations_state_check
                   check (state in ('building', 'live', 'retired')),
    -- How far the filling is; both stand still once the generation is live.
    entries_done   integer not null,
    entries_total  integer not null,
    created_at     integer not null,
    updated_at     integer not null,
    version        integer not null,
    constraint index_generations_dimensions_check check (dimensions > 0)
) strict;

create unique index index_generations_live_key on index_generations (state) where state = 'live';
create unique index index_generations_building_key on index_generations (state) where state = 'building';

-- Part 0 is the passage as a whole, 1 and above are its windows of sentences. Sixteen-bit floats, little-endian.
-- Ordered as one client is read: all of its vectors of one generation lie together.
create table chunk_vectors (
    generation_id text    not null,
    client_id     text    not null,
    chunk_id      text    not null,
    part          integer not null,
    vector        blob    not null,
    created_at    integer not null,
    constraint chunk_vectors_pk primary key (generation_id, client_id, chunk_id, part),
    constraint chunk_vectors_generation_fk
        foreign key (generation_id) references index_generations (id) on delete restrict,
    constraint chunk_vectors_chunk_fk
        foreign key (client_id, chunk_id) references chunks (client_id, id) on delete cascade
) strict, without rowid;

create index chunk_vectors_chunk_idx on chunk_vectors (client_id, chunk_id);

-- Part 0 is the question, 1 and above are its other phrasings.
create table faq_vectors (
    generation_id text    not null,
    client_id     text    not null,
    faq_id        text    not null,
    part          integer not null,
    vector        blob    not null,
    created_at    integer not null,
    constraint faq_vectors_pk primary key (generation_id, client_id, faq_id, part),
    constraint faq_vectors_generation_fk
        foreign key (generation_id) references index_generations (id) on delete restrict,
    constraint faq_vectors_faq_fk
        foreign key (client_id, faq_id) references faqs (client_id, id) on delete cascade
) strict, without rowid;

create index faq_vectors_faq_idx on faq_vectors (client_id, faq_id);

create trigger index_generations_version_guard before update on index_generations
when new.version <> old.version + 1
begin select raise(abort, 'index_generations: an update must set version'); end;

create trigger chunk_vectors_immutable before update on chunk_vectors
begin select raise(abort, 'chunk_vectors: a vector never changes'); end;

create trigger faq_vectors_immutable before update on faq_vectors
begin select raise(abort, 'faq_vectors: a vector never changes'); end;
