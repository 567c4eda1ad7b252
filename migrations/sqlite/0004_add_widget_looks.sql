-- How a client's widget looks, its uploaded logo, and the builds of the widget that were served.

-- Added columns need a default for the rows that are there; every statement still says each value.
alter table client_settings add column theme text not null default 'auto'
    constraint client_settings_theme_check check (theme in ('light', 'dark', 'auto', 'custom'));
alter table client_settings add column background_color text not null default '#ffffff';
alter table client_settings add column text_color text not null default '#1b1e24';
alter table client_settings add column bubble_color text not null default '#eef0f3';
alter table client_settings add column position text not null default 'bottom-right'
    constraint client_settings_position_check
    check (position in ('bottom-right', 'bottom-left', 'top-right', 'top-left', 'center'));
alter table client_settings add column width_px integer not null default 392
    constraint client_settings_width_px_check check (width_px between 200 and 800);
alter table client_settings add column height_px integer not null default 624
    constraint client_settings_height_px_check check (height_px between 300 and 1000);
alter table client_settings add column custom_css text not null default '';
alter table client_settings add column logo_url text not null default '';
-- Content hash of the uploaded logo; empty where there is none.
alter table client_settings add column logo_hash text not null default '';

-- The uploaded logo of a client: one, replaced as a whole.
create table client_logos (
    client_id    text    primary key
                 constraint client_logos_client_fk references clients (id) on delete cascade,
    content_hash text    not null,
    media_type   text    not null constraint client_logos_media_type_check
                         check (media_type in ('image/png', 'image/jpeg', 'image/webp', 'image/svg+xml')),
    bytes        blob    not null,
    created_at   integer not null
) strict;

-- Files of the widget that were served, with their compressed forms: pages that name one by its hash find it
-- long after an upgrade.
create table widget_files (
    name             text    primary key,
    plain            blob    not null,
    gzip             blob    not null,
    brotli           blob    not null,
    -- Until when the running program itself contained the file.
    current_until_at integer not null,
    created_at       integer not null,
    updated_at       integer not null,
    version          integer not null
) strict;

create index widget_files_current_until_idx on widget_files (current_until_at);

create trigger widget_files_version_guard before update on widget_files
when new.version <> old.version + 1
begin select raise(abort, 'widget_files: an update must set version'); end;
