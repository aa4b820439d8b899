-- People, what signs them in, and what belongs to one person. Distribution key: person_id.

create table people (
  person_id bigint primary key,
  username text not null,
  full_name text not null,
  bio text not null default '',
  link text,
  role text not null default 'member' check (role in ('member', 'moderator', 'admin')),
  is_verified boolean not null default false,
  avatar jsonb,
  avatar_upload_id bigint,
  event_seq bigint not null default 0,
  created_at timestamptz not null
);

-- What signs a person in, apart so that no profile read ever loads it.
create table credentials (
  person_id bigint primary key,
  password_hash text not null,
  email_ciphertext bytea not null
);

-- Apart from people, because they change with every follow and a profile does not.
create table person_counts (
  person_id bigint primary key,
  posts integer not null default 0,
  followers integer not null default 0,
  following integer not null default 0
);

-- Names that are unique everywhere have tables of their own, keyed by the name.
create table usernames (
  username text primary key,
  person_id bigint not null
);

create table emails (
  email_index bytea primary key,
  person_id bigint not null
);

-- One row at most: whoever registered first runs the server.
create table founders (
  only_one boolean primary key check (only_one),
  person_id bigint not null
);

-- A session is a family of refresh tokens; generation counts the rotations.
create table sessions (
  person_id bigint not null,
  session_id bigint not null,
  generation integer not null,
  salt bytea not null,
  device text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (person_id, session_id)
);

create table idempotency_keys (
  person_id bigint not null,
  key text not null,
  fingerprint bytea not null,
  result jsonb,
  created_at timestamptz not null,
  primary key (person_id, key)
);

create table person_events (
  person_id bigint not null,
  seq bigint not null,
  type text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  primary key (person_id, seq)
);

create table person_event_positions (
  person_id bigint not null,
  consumer text not null,
  seq bigint not null,
  primary key (person_id, consumer)
);

-- Who may make ids: a worker number is held until a time, and handed on only after it.
create table id_leases (
  worker smallint primary key,
  holder uuid not null,
  until_ms bigint not null,
  job_workers text[] not null default '{}'
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('people', 'person_id');
    perform create_distributed_table('person_counts', 'person_id', colocate_with => 'people');
    perform create_distributed_table('credentials', 'person_id', colocate_with => 'people');
    perform create_distributed_table('sessions', 'person_id', colocate_with => 'people');
    perform create_distributed_table('idempotency_keys', 'person_id', colocate_with => 'people');
    perform create_distributed_table('person_events', 'person_id', colocate_with => 'people');
    perform create_distributed_table('person_event_positions', 'person_id', colocate_with => 'people');
    perform create_distributed_table('usernames', 'username', colocate_with => 'none');
    perform create_distributed_table('emails', 'email_index', colocate_with => 'none');
  end if;
end $$;
