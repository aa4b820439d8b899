-- What the ranking of a home feed knows of its person. Distribution key: that person.

-- How close somebody stands to others, by what they themselves do. `score` is worth so much at `at` and
-- halves in 30 days; `times` counts what went into it; `visited_at`: when a visit to the profile last counted.
create table affinity (
  person_id bigint not null,
  other_id bigint not null,
  score double precision not null,
  at timestamptz not null,
  times integer not null,
  visited_at timestamptz,
  primary key (person_id, other_id)
);

-- What somebody does with photos and videos that they come across, decaying as above: how many they have
-- engaged with, how many they saw, and how much of the videos was played (1 for each that ended).
create table content_preferences (
  person_id bigint not null,
  medium text collate "C" not null check (medium in ('photo', 'video')),
  engaged double precision not null,
  viewed double precision not null,
  watched double precision not null,
  at timestamptz not null,
  primary key (person_id, medium)
);

-- How somebody wants their feed; without a row, as it begins. `weights`: those that they chose for the preset;
-- the others are its own. `less_of`: [{less_id, kind, of}], newest last. `revision` counts the changes.
create table ranking_settings (
  person_id bigint primary key,
  feed_order text not null check (feed_order in ('latest', 'ranked')),
  preset text not null check (preset in ('balanced', 'simple')),
  weights jsonb not null,
  less_of jsonb not null,
  revision bigint not null
);

-- Posts that were on somebody's screen, and how much of a video was played, from 0 to 1.
create table seen_posts (
  person_id bigint not null,
  post_id bigint not null,
  watched real not null,
  seen_at timestamptz not null,
  primary key (person_id, post_id)
);
-- Rows come in the order of time, so this is a few pages for the sweep.
create index seen_posts_at on seen_posts using brin (seen_at);

-- A feed in the order in which it was ranked at one time, for those who page through it. `basis` says what
-- it was ranked from; `posts`: a line each, best first: its id, its author, and of a repost the original and
-- its author. A text, for it is always read and written whole, and lists of numbers are slow to take apart.
create table ranked_feeds (
  person_id bigint not null,
  version bigint not null,
  made_at timestamptz not null,
  basis text not null,
  posts text not null,
  primary key (person_id, version)
);
create index ranked_feeds_at on ranked_feeds using brin (made_at);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('affinity', 'person_id', colocate_with => 'people');
    perform create_distributed_table('content_preferences', 'person_id', colocate_with => 'people');
    perform create_distributed_table('ranking_settings', 'person_id', colocate_with => 'people');
    perform create_distributed_table('seen_posts', 'person_id', colocate_with => 'people');
    perform create_distributed_table('ranked_feeds', 'person_id', colocate_with => 'people');
  end if;
end $$;
