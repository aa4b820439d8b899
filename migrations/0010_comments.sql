-- The talk under a post: threads, likes of comments, pins, and comments that wait for approval.

--   parent_id  what it answers; of any depth
--   root_id    the first comment of its thread, under which all replies are listed; null for that one
--   mentions   [{person_id, username}], those of the text that exist
--   replies    of the whole thread below, those that wait left out; 0 for replies
--   held_at    its author is restricted by the post's author, who has not approved it yet
alter table comments add column parent_id bigint;
alter table comments add column root_id bigint;
alter table comments add column mentions jsonb not null default '[]';
alter table comments add column likes integer not null default 0;
alter table comments add column replies integer not null default 0;
alter table comments add column pinned_at timestamptz;
alter table comments add column held_at timestamptz;

create index comments_first on comments (post_id, comment_id desc) where root_id is null;
create index comments_of_thread on comments (post_id, root_id, comment_id) where root_id is not null;
create index comments_pinned on comments (post_id, pinned_at desc) where pinned_at is not null;
create index comments_held on comments (post_id, root_id) where held_at is not null;

create table comment_likes (
  post_id bigint not null,
  comment_id bigint not null,
  person_id bigint not null,
  like_id bigint not null,
  created_at timestamptz not null,
  primary key (post_id, comment_id, person_id)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('comment_likes', 'post_id', colocate_with => 'posts');
  end if;
end $$;
