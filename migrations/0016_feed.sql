-- The feed, pushed and pulled: who reads it, how far back what was pushed is complete, whose posts are
-- pulled instead, and how far each fan-out has come. Distribution key: the person.

-- A row for everybody who has read their home feed, or to whom more was pushed than it keeps.
create table feed_homes (
  person_id bigint primary key,
  -- The day (UTC) of the last read, moved at most once a day.
  last_read_on date,
  -- The day of the first read after a pause.
  returned_on date,
  -- At and above this post the pushed entries are complete; below it a read asks the authors' lists.
  complete_from bigint not null default 0
);

-- What was pushed until now began somewhere: with the first read it is made anew.
insert into feed_homes (person_id, last_read_on, complete_from)
  select person_id, current_date, 9223372036854775807 from people;

-- Authors whose posts are merged at read. Without a row: pushed.
create table feed_authors (
  author_id bigint primary key,
  -- both: pushed again, and still merged until what was posted meanwhile has been pushed too.
  mode text not null check (mode in ('pull', 'both')),
  -- Another one with each switch, so that a job of an earlier one knows that it is late.
  version bigint not null,
  -- Of `both`: when it began, as ids count time; followers up to this one have what was posted meanwhile.
  began bigint not null default 0,
  brought_after bigint not null default 0,
  brought_all boolean not null default false
);

-- Fan-outs under way. source: empty for the author's followers, else the hashtag whose followers get it.
create table feed_fan_outs (
  author_id bigint not null,
  post_id bigint not null,
  source text collate "C" not null,
  repost_of bigint,
  repost_author_id bigint,
  -- Those who have read since this day come first, everybody else in a second round.
  active_since date not null,
  rest boolean not null default false,
  -- Somebody is left for the second round.
  rest_seen boolean not null default false,
  after_id bigint not null default 0,
  -- Some feeds may have it already.
  careful boolean not null,
  -- Open pages are told of it.
  told boolean not null,
  primary key (author_id, post_id, source)
);

-- Who may have more entries than a feed keeps: looked at by a job.
create table feed_grown (
  person_id bigint primary key
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('feed_homes', 'person_id', colocate_with => 'people');
    perform create_distributed_table('feed_authors', 'author_id', colocate_with => 'people');
    perform create_distributed_table('feed_fan_outs', 'author_id', colocate_with => 'people');
    perform create_distributed_table('feed_grown', 'person_id', colocate_with => 'people');
  end if;
end $$;
