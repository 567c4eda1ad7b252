-- Conversations that the client's people keep in order: bookmarked, put into the archive, tagged; and links with which
-- one is read without signing in.

alter table conversations add column bookmarked_at integer;
-- A visitor who writes again takes it out of the archive.
alter table conversations add column archived_at integer;

create table conversation_tags (
    client_id       text    not null,
    conversation_id text    not null,
    -- In lower case: two spellings of one word are one tag.
    tag_key         text    not null,
    -- As it was written first.
    tag             text    not null,
    created_at      integer not null,
    constraint conversation_tags_pk primary key (client_id, conversation_id, tag_key),
    constraint conversation_tags_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade
) strict;

create index conversation_tags_tag_idx on conversation_tags (client_id, tag_key, conversation_id, tag);

-- A link that shows what was said until it was made. Its token is derived; of its password only the hash is here.
create table conversation_shares (
    id              text    primary key,
    client_id       text    not null,
    conversation_id text    not null,
    -- Argon2id in the PHC string format; null where the link alone opens it.
    password_hash   text,
    expires_at      integer not null,
    created_at      integer not null,
    constraint conversation_shares_conversation_fk
        foreign key (client_id, conversation_id) references conversations (client_id, id) on delete cascade
) strict;

create index conversation_shares_conversation_idx
    on conversation_shares (client_id, conversation_id, created_at, id);
create index conversation_shares_expires_idx on conversation_shares (expires_at, id);
