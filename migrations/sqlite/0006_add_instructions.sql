-- What a client tells its assistant: each saving is a version of its own, the newest is in effect. Versions are
-- never changed; going back writes an earlier one anew.

create table instruction_versions (
    id                     text    primary key,
    client_id              text    not null
                           constraint instruction_versions_client_fk references clients (id) on delete cascade,
    number                 integer not null,
    text                   text    not null,
    company_name           text    not null,
    opening_hours          text    not null,
    time_zone              text    not null,
    -- Null: what the appliance's settings say.
    model                  text,
    temperature_hundredths integer,
    output_tokens_max      integer,
    -- The number of the version that was written anew, where this one goes back.
    restored_number        integer,
    created_at             integer not null,
    constraint instruction_versions_number_key unique (client_id, number),
    constraint instruction_versions_number_check check (number > 0),
    constraint instruction_versions_temperature_check check (temperature_hundredths between 0 and 200)
) strict;

create index instruction_versions_client_created_idx on instruction_versions (client_id, created_at, id);

create trigger instruction_versions_immutable before update on instruction_versions
begin select raise(abort, 'instruction_versions: a version never changes'); end;
