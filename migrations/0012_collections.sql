-- Collections of saved posts, and who shared what over which channel.

-- Names are unique for their owner without regard to case; `name_folded` is the form they are compared in.
create table collections (
  person_id bigint not null,
  collection_id bigint not null,
  name text not null,
  name_folded text not null,
  posts integer not null default 0,
  created_at timestamptz not null,
  primary key (person_id, collection_id)
);
create unique index collections_name on collections (person_id, name_folded);

-- Each of these posts is saved, too. entry_id is time-ordered: the collection is paged by it.
create table collection_posts (
  person_id bigint not null,
  post_id bigint not null,
  collection_id bigint not null,
  entry_id bigint not null,
  primary key (person_id, post_id, collection_id)
);
create index collection_posts_newest on collection_posts (person_id, collection_id, entry_id desc) include (post_id);

create table shares (
  post_id bigint not null,
  person_id bigint not null,
  channel text not null,
  shared_at timestamptz not null,
  primary key (post_id, person_id, channel)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('collections', 'person_id', colocate_with => 'people');
    perform create_distributed_table('collection_posts', 'person_id', colocate_with => 'people');
    perform create_distributed_table('shares', 'post_id', colocate_with => 'posts');
  end if;
end $$;
