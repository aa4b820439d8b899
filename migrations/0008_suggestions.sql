-- People whom somebody may want to know, worked out ahead. Distribution key: the person who is to see them.

create table suggestions (
  person_id bigint not null,
  suggested_id bigint not null,
  position integer not null,
  -- Some of those whom the person follows and who follow the suggested one, and how many there are.
  via bigint[] not null,
  via_count integer not null,
  primary key (person_id, suggested_id)
);

create table suggestion_runs (
  person_id bigint primary key,
  computed_at timestamptz not null
);

create table suggestions_dismissed (
  person_id bigint not null,
  dismissed_id bigint not null,
  dismissed_at timestamptz not null,
  primary key (person_id, dismissed_id)
);

-- One row at most: for those who follow nobody yet. Kept, because finding it looks at everyone.
create table popular_people (
  only_one boolean primary key check (only_one),
  people bigint[] not null,
  computed_at timestamptz not null
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('suggestions', 'person_id', colocate_with => 'people');
    perform create_distributed_table('suggestion_runs', 'person_id', colocate_with => 'people');
    perform create_distributed_table('suggestions_dismissed', 'person_id', colocate_with => 'people');
  end if;
end $$;
