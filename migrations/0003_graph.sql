-- A follow is two rows, one for each side that reads it. follow_id is time-ordered: lists page by it.

create table follows_by_follower (
  follower_id bigint not null,
  followee_id bigint not null,
  follow_id bigint not null,
  created_at timestamptz not null,
  primary key (follower_id, followee_id)
);
create index follows_by_follower_newest on follows_by_follower (follower_id, follow_id desc) include (followee_id);

create table follows_by_followee (
  followee_id bigint not null,
  follower_id bigint not null,
  follow_id bigint not null,
  created_at timestamptz not null,
  primary key (followee_id, follower_id)
);
create index follows_by_followee_newest on follows_by_followee (followee_id, follow_id desc) include (follower_id);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('follows_by_follower', 'follower_id', colocate_with => 'people');
    perform create_distributed_table('follows_by_followee', 'followee_id', colocate_with => 'people');
  end if;
end $$;
