-- Verified addresses, changes of address, and the mails about an account.

alter table credentials add column email_verified_at timestamptz;

-- A change of address that waits for the links in the mails to both. One a person: a newer wish
-- takes the place of an older one.
create table email_changes (
  person_id bigint primary key,
  change_id bigint not null,
  email_index bytea not null,
  email_ciphertext bytea not null,
  -- False when the old address was never verified: nobody has shown that they read mail there.
  old_needed boolean not null,
  old_confirmed_at timestamptz,
  new_confirmed_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  done_at timestamptz
);
create index email_changes_expires_at on email_changes (expires_at);

-- A mail about an account, and what the token in its link is made of. The token itself is nowhere:
-- it is signed anew, with a key that the database does not have, when the mail is sent.
create table account_mails (
  person_id bigint not null,
  mail_id bigint not null,
  purpose text not null check (purpose in (
    'verify', 'reset', 'change_old', 'change_new', 'change_notice', 'password_notice')),
  change_id bigint,
  salt bytea not null,
  email_index bytea not null,
  email_ciphertext bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  sent_at timestamptz,
  used_at timestamptz,
  primary key (person_id, mail_id)
);
create index account_mails_expires_at on account_mails (expires_at);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('email_changes', 'person_id', colocate_with => 'people');
    perform create_distributed_table('account_mails', 'person_id', colocate_with => 'people');
  end if;
end $$;
