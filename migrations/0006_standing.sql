-- What decides who may see whom and what: the state and privacy of people, the relations between
-- them, and the audience of posts.

alter table people add column privacy_level text not null default 'public';
alter table people add constraint people_privacy_level check (privacy_level in ('public', 'private'));
alter table people add column state text not null default 'active';
alter table people add constraint people_state check (state in ('active', 'suspended', 'deleted'));

-- A wish to follow a private account: two rows, one for each side that reads it.
create table requests_by_requester (
  requester_id bigint not null,
  target_id bigint not null,
  request_id bigint not null,
  created_at timestamptz not null,
  primary key (requester_id, target_id)
);

create table requests_by_target (
  target_id bigint not null,
  requester_id bigint not null,
  request_id bigint not null,
  created_at timestamptz not null,
  primary key (target_id, requester_id)
);
create index requests_by_target_newest on requests_by_target (target_id, request_id desc) include (requester_id);

-- A block works both ways, so each side finds it under its own key.
create table blocks_by_blocker (
  blocker_id bigint not null,
  blocked_id bigint not null,
  block_id bigint not null,
  created_at timestamptz not null,
  primary key (blocker_id, blocked_id)
);
create index blocks_by_blocker_newest on blocks_by_blocker (blocker_id, block_id desc) include (blocked_id);

create table blocks_by_blocked (
  blocked_id bigint not null,
  blocker_id bigint not null,
  primary key (blocked_id, blocker_id)
);

-- Seen from one side only, and never told to the other.
create table mutes (
  person_id bigint not null,
  muted_id bigint not null,
  mute_id bigint not null,
  posts boolean not null,
  stories boolean not null,
  messages boolean not null,
  created_at timestamptz not null,
  primary key (person_id, muted_id)
);
create index mutes_newest on mutes (person_id, mute_id desc);

create table restrictions (
  person_id bigint not null,
  restricted_id bigint not null,
  restriction_id bigint not null,
  created_at timestamptz not null,
  primary key (person_id, restricted_id)
);
create index restrictions_newest on restrictions (person_id, restriction_id desc);

create table close_friends_by_owner (
  owner_id bigint not null,
  friend_id bigint not null,
  entry_id bigint not null,
  created_at timestamptz not null,
  primary key (owner_id, friend_id)
);
create index close_friends_by_owner_newest on close_friends_by_owner (owner_id, entry_id desc) include (friend_id);

create table close_friends_by_friend (
  friend_id bigint not null,
  owner_id bigint not null,
  primary key (friend_id, owner_id)
);

-- Posts: for whom, and what was said beside the caption. What a list needs lies in the row itself:
--   place      {place_id, name, latitude, longitude}
--   tagged     [{media_id, person_id, username, x, y}]
--   mentions   [{person_id, username}], those of the caption that exist
--   untagged   people who took themselves off: they are not tagged here again
alter table posts add column audience text not null default 'everyone';
alter table posts add constraint posts_audience check (audience in ('everyone', 'followers', 'close_friends'));
alter table posts add column archived_at timestamptz;
alter table posts add column likes_hidden boolean not null default false;
alter table posts add column comments_off boolean not null default false;
alter table posts add column place jsonb;
alter table posts add column tagged jsonb not null default '[]';
alter table posts add column untagged bigint[] not null default '{}';
alter table posts add column mentions jsonb not null default '[]';
alter table posts add column hashtags text[] not null default '{}';
alter table posts add column revision integer not null default 0;
-- A repost carries no media of its own.
alter table posts add column repost_of bigint;
alter table posts add column repost_author_id bigint;

alter table post_counts add column shares integer not null default 0;
alter table post_counts add column saves integer not null default 0;
alter table post_counts add column reposts integer not null default 0;

-- What a post was before each edit. `was` holds caption, place, tagged, and the alt text of each picture.
create table post_revisions (
  post_id bigint not null,
  revision integer not null,
  was jsonb not null,
  edited_at timestamptz not null,
  primary key (post_id, revision)
);

-- With the original beside the repost, one wave fetches both.
alter table posts_by_author add column repost_of bigint;
alter table posts_by_author add column repost_author_id bigint;
alter table feed_entries add column repost_of bigint;
alter table feed_entries add column repost_author_id bigint;

-- What its author alone still finds: archived posts, and deleted ones until they are gone.
create table posts_put_away (
  author_id bigint not null,
  post_id bigint not null,
  why text not null check (why in ('archived', 'deleted')),
  put_away_at timestamptz not null,
  primary key (author_id, post_id)
);

create table pinned_posts (
  author_id bigint not null,
  post_id bigint not null,
  pinned_at timestamptz not null,
  primary key (author_id, post_id)
);

-- The grid of posts that a person is tagged in.
create table tagged_posts (
  person_id bigint not null,
  post_id bigint not null,
  author_id bigint not null,
  primary key (person_id, post_id)
);

-- Saved is seen by its person alone; the row under the post is there so that it can be found when the post goes.
create table saves_by_person (
  person_id bigint not null,
  post_id bigint not null,
  save_id bigint not null,
  author_id bigint not null,
  created_at timestamptz not null,
  primary key (person_id, post_id)
);
create index saves_by_person_newest on saves_by_person (person_id, save_id desc) include (post_id, author_id);

create table saves_by_post (
  post_id bigint not null,
  person_id bigint not null,
  primary key (post_id, person_id)
);

-- One repost of a post a person. repost_id is the post that it became.
create table reposts_by_person (
  person_id bigint not null,
  post_id bigint not null,
  repost_id bigint not null,
  primary key (person_id, post_id)
);

create table reposts_by_post (
  post_id bigint not null,
  person_id bigint not null,
  repost_id bigint not null,
  primary key (post_id, person_id)
);

create table drafts (
  person_id bigint not null,
  draft_id bigint not null,
  draft jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (person_id, draft_id)
);

-- An upload that a draft holds is not swept away.
alter table uploads add column draft_id bigint;

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('requests_by_requester', 'requester_id', colocate_with => 'people');
    perform create_distributed_table('requests_by_target', 'target_id', colocate_with => 'people');
    perform create_distributed_table('blocks_by_blocker', 'blocker_id', colocate_with => 'people');
    perform create_distributed_table('blocks_by_blocked', 'blocked_id', colocate_with => 'people');
    perform create_distributed_table('mutes', 'person_id', colocate_with => 'people');
    perform create_distributed_table('restrictions', 'person_id', colocate_with => 'people');
    perform create_distributed_table('close_friends_by_owner', 'owner_id', colocate_with => 'people');
    perform create_distributed_table('close_friends_by_friend', 'friend_id', colocate_with => 'people');
    perform create_distributed_table('post_revisions', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('posts_put_away', 'author_id', colocate_with => 'people');
    perform create_distributed_table('pinned_posts', 'author_id', colocate_with => 'people');
    perform create_distributed_table('tagged_posts', 'person_id', colocate_with => 'people');
    perform create_distributed_table('saves_by_person', 'person_id', colocate_with => 'people');
    perform create_distributed_table('saves_by_post', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('reposts_by_person', 'person_id', colocate_with => 'people');
    perform create_distributed_table('reposts_by_post', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('drafts', 'person_id', colocate_with => 'people');
  end if;
end $$;
