-- Hashtags and places, who follows them, and which posts stand under them.

-- A hashtag stands under its folded form, which is its name everywhere. Distribution key: tag.
create table hashtags (
  tag text collate "C" primary key,
  posts_count integer not null default 0
);

-- For completion: a row for each of the first three letters of a tag that is in use. `weight` is the
-- power of two of its count, so that a tag in use is rewritten here seldom. Distribution key: prefix.
create table hashtags_by_prefix (
  prefix text collate "C" not null,
  tag text collate "C" not null,
  weight smallint not null,
  primary key (prefix, tag)
);
create index hashtags_by_prefix_heaviest on hashtags_by_prefix (prefix, weight desc, tag);

create table hashtag_follows_by_person (
  person_id bigint not null,
  tag text collate "C" not null,
  follow_id bigint not null,
  created_at timestamptz not null,
  primary key (person_id, tag)
);
create index hashtag_follows_by_person_newest on hashtag_follows_by_person (person_id, follow_id desc) include (tag);

create table hashtag_follows_by_tag (
  tag text collate "C" not null,
  person_id bigint not null,
  primary key (tag, person_id)
);

create table places (
  place_id bigint primary key,
  name text not null,
  latitude double precision,
  longitude double precision,
  created_by bigint not null,
  created_at timestamptz not null,
  constraint places_both_or_none check ((latitude is null) = (longitude is null))
);

-- What makes two places the same: a hash of the folded name and the rounded spot. Distribution key: key.
create table place_keys (
  key text collate "C" primary key,
  place_id bigint not null
);

-- For completion, by the first letter of the folded name. Distribution key: initial.
create table place_names (
  initial text collate "C" not null,
  folded text collate "C" not null,
  place_id bigint not null,
  primary key (initial, folded, place_id)
);

-- What the index holds of a post, locked while it is brought up to date. Distribution key: post_id.
create table post_topics (
  post_id bigint primary key,
  author_id bigint not null,
  tags text[] not null,
  place_id bigint,
  open boolean not null
);

-- The index itself. `open` is true while anyone at all may see the post; a read asks the policy anyway.
create table posts_by_hashtag (
  tag text collate "C" not null,
  post_id bigint not null,
  author_id bigint not null,
  open boolean not null,
  primary key (tag, post_id)
);
create index posts_by_hashtag_open on posts_by_hashtag (tag, post_id desc) include (author_id) where open;

create table posts_by_place (
  place_id bigint not null,
  post_id bigint not null,
  author_id bigint not null,
  open boolean not null,
  primary key (place_id, post_id)
);
create index posts_by_place_open on posts_by_place (place_id, post_id desc) include (author_id) where open;

-- The top posts of a hashtag (`#tag`) or place (`@place_id`) as they were ranked together at one time.
-- Older versions stay for those who are paging through them. Distribution key: topic.
create table topic_rankings (
  topic text collate "C" not null,
  version bigint not null,
  ranked_at timestamptz not null,
  newest_post_id bigint not null,
  size integer not null,
  primary key (topic, version)
);

create table topic_ranks (
  topic text collate "C" not null,
  version bigint not null,
  rank integer not null,
  post_id bigint not null,
  author_id bigint not null,
  primary key (topic, version, rank)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('hashtags', 'tag', colocate_with => 'none');
    perform create_distributed_table('hashtag_follows_by_tag', 'tag', colocate_with => 'hashtags');
    perform create_distributed_table('posts_by_hashtag', 'tag', colocate_with => 'hashtags');
    perform create_distributed_table('hashtags_by_prefix', 'prefix', colocate_with => 'none');
    perform create_distributed_table('hashtag_follows_by_person', 'person_id', colocate_with => 'people');
    perform create_distributed_table('places', 'place_id', colocate_with => 'none');
    perform create_distributed_table('posts_by_place', 'place_id', colocate_with => 'places');
    perform create_distributed_table('place_keys', 'key', colocate_with => 'none');
    perform create_distributed_table('place_names', 'initial', colocate_with => 'none');
    perform create_distributed_table('post_topics', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('topic_rankings', 'topic', colocate_with => 'none');
    perform create_distributed_table('topic_ranks', 'topic', colocate_with => 'topic_rankings');
  end if;
end $$;
