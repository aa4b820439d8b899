-- The pushed home feed: ids only, judged at read. Distribution key: the person whose feed it is.

create table feed_entries (
  person_id bigint not null,
  post_id bigint not null,
  author_id bigint not null,
  primary key (person_id, post_id)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('feed_entries', 'person_id', colocate_with => 'people');
  end if;
end $$;
