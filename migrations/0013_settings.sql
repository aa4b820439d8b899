-- What a person has chosen. What others' reads and writes ask about stands in the person's own row.
alter table people add column tags_from text not null default 'everyone';
alter table people add column mentions_from text not null default 'everyone';
alter table people add column comments_from text not null default 'everyone';
alter table people add constraint people_from_whom check (
  tags_from in ('everyone', 'followed', 'nobody')
  and mentions_from in ('everyone', 'followed', 'nobody')
  and comments_from in ('everyone', 'followed', 'nobody'));
alter table people add column suggest_me boolean not null default true;

-- Whoever has never chosen has no row. notifications: null stands for the defaults.
create table settings (
  person_id bigint primary key,
  language text not null default 'auto',
  show_like_counts boolean not null default true,
  default_audience text not null default 'everyone',
  notifications jsonb
);

-- Every suspension, for those who come after.
create table suspensions (
  person_id bigint not null,
  suspension_id bigint not null,
  reason text not null,
  by_id bigint not null,
  created_at timestamptz not null,
  ended_by_id bigint,
  ended_at timestamptz,
  primary key (person_id, suspension_id)
);

-- The few who run the server, and those who were sent away.
create index people_staff on people (role, person_id desc) where role <> 'member';
create index people_not_active on people (state, person_id desc) where state <> 'active';
create index people_by_username on people (username text_pattern_ops);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('settings', 'person_id', colocate_with => 'people');
    perform create_distributed_table('suspensions', 'person_id', colocate_with => 'people');
  end if;
end $$;
