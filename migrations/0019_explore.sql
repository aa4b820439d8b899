-- What is recommended to somebody, in the order in which it was ranked at one time; older versions stay for a
-- while for those who are paging through them. The lists belong together, best post first. kinds: why a post
-- is there; causes: of whom or what, a person's id or a hashtag, empty for nobody. Distribution key: the person.
create table explore_feeds (
  person_id bigint not null,
  version bigint not null,
  made_at timestamptz not null,
  post_ids bigint[] not null,
  author_ids bigint[] not null,
  kinds text[] not null,
  causes text[] not null,
  primary key (person_id, version)
);
-- Rows come in the order of time, so this is a few pages for the sweep.
create index explore_feeds_at on explore_feeds using brin (made_at);

-- One row at most: the posts of the whole server that are liked and talked about most of late, best first.
-- Kept, because finding them looks at thousands.
create table popular_posts (
  only_one boolean primary key check (only_one),
  post_ids bigint[] not null,
  computed_at timestamptz not null
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('explore_feeds', 'person_id', colocate_with => 'people');
  end if;
end $$;
