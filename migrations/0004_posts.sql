-- Posts and what belongs to a post. Distribution key: post_id.

create table posts (
  post_id bigint primary key,
  author_id bigint not null,
  status text not null check (status in ('processing', 'published', 'failed')),
  failure_code text,
  failure_message text,
  caption text not null,
  event_seq bigint not null default 0,
  created_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz
);

-- Apart from posts, because they change with every like and a post does not.
create table post_counts (
  post_id bigint primary key,
  likes integer not null default 0,
  comments integer not null default 0
);

create table likes_by_post (
  post_id bigint not null,
  person_id bigint not null,
  like_id bigint not null,
  created_at timestamptz not null,
  primary key (post_id, person_id)
);
create index likes_by_post_newest on likes_by_post (post_id, like_id desc) include (person_id);

create table comments (
  post_id bigint not null,
  comment_id bigint not null,
  author_id bigint not null,
  text text not null,
  created_at timestamptz not null,
  primary key (post_id, comment_id)
);

create table post_events (
  post_id bigint not null,
  seq bigint not null,
  type text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  primary key (post_id, seq)
);

create table post_event_positions (
  post_id bigint not null,
  consumer text not null,
  seq bigint not null,
  primary key (post_id, consumer)
);

-- The same facts from the person's side. Distribution key: the person.

create table posts_by_author (
  author_id bigint not null,
  post_id bigint not null,
  primary key (author_id, post_id)
);

create table likes_by_person (
  person_id bigint not null,
  post_id bigint not null,
  like_id bigint not null,
  primary key (person_id, post_id)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('posts', 'post_id', colocate_with => 'media');
    perform create_distributed_table('post_counts', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('likes_by_post', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('comments', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('post_events', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('post_event_positions', 'post_id', colocate_with => 'posts');
    perform create_distributed_table('posts_by_author', 'author_id', colocate_with => 'people');
    perform create_distributed_table('likes_by_person', 'person_id', colocate_with => 'people');
  end if;
end $$;
