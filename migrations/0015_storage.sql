-- What is known of the store of files: rounds that read all of it, files that nobody claims, pictures that
-- look alike.

-- A round reads every bucket of the store once. pace: spread over days, or at once. filling: the empty
-- places that it is to fill, by id. Few rows, written by one job: not distributed.
create table scrub_rounds (
  round integer primary key,
  pace text not null check (pace in ('spread', 'at_once')),
  filling text[] not null default '{}',
  started_at timestamptz not null,
  next_bucket smallint not null default 0,
  last_at timestamptz not null,
  ended_at timestamptz,
  files bigint not null default 0,
  bytes bigint not null default 0,
  repaired bigint not null default 0,
  lost bigint not null default 0,
  removed bigint not null default 0
);

-- What a round found: copies that were made whole again, and files of which no good copy is left.
create table scrub_faults (
  fault_id bigint primary key,
  round integer not null,
  outcome text not null check (outcome in ('repaired', 'lost')),
  what text not null,
  copies integer not null,
  found_at timestamptz not null
);

-- Files that no row knew when they were looked at. They are removed when nobody has claimed them in days.
create table orphans (
  blob_key text primary key,
  found_at timestamptz not null,
  seen_at timestamptz not null
);

-- One row at most: how far the search for such files is. place: the last key that was looked at.
create table orphan_walks (
  only_one boolean primary key check (only_one),
  started_at timestamptz not null,
  ended_at timestamptz,
  place text,
  files bigint not null default 0,
  unknown bigint not null default 0,
  removed bigint not null default 0
);

-- Whether somebody still knows a file is asked by its key, for many at once and seldom: a hash of the key is enough.
create index media_by_original on media using hash (original_key);
create index uploads_by_key on uploads using hash (blob_key);
create index people_by_avatar on people using hash ((avatar->>'original'));
create index people_by_avatar_upload on people using hash (avatar_upload_id);

-- What a person's pictures look like; phash as in media. original_sha256: of the file as it came.
-- Distribution key of both: the person.
create table picture_hashes (
  person_id bigint not null,
  media_id bigint not null,
  post_id bigint not null,
  phash bigint,
  original_sha256 text,
  primary key (person_id, media_id)
);
create index picture_hashes_by_post on picture_hashes (person_id, post_id);
create index picture_hashes_same on picture_hashes (person_id, original_sha256);

-- media_id is the later one. distance: bits of phash that differ. kept: the person wants both.
create table near_duplicates (
  person_id bigint not null,
  pair_id bigint not null,
  media_id bigint not null,
  post_id bigint not null,
  other_media_id bigint not null,
  other_post_id bigint not null,
  distance smallint not null,
  exact boolean not null,
  kept boolean not null default false,
  primary key (person_id, pair_id),
  unique (person_id, media_id, other_media_id)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('picture_hashes', 'person_id', colocate_with => 'people');
    perform create_distributed_table('near_duplicates', 'person_id', colocate_with => 'people');
  end if;
end $$;
