-- Uploads, and the pictures of posts.

-- An address that was given out, and what came of it. Distribution key: the person.
-- used_at is set when a post, or the person's profile (used_by_post stays null), has taken it;
-- abandoned_at when the sweeper has, before it removes the bytes. Never both.
create table uploads (
  person_id bigint not null,
  upload_id bigint not null,
  content_type text not null,
  size integer not null,
  checksum_sha256 text not null,
  blob_key text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  used_by_post bigint,
  used_at timestamptz,
  abandoned_at timestamptz,
  primary key (person_id, upload_id)
);
create index uploads_to_sweep on uploads (created_at);

-- Distribution key: post_id. Width and height are those of the picture as it is shown; the crop is in
-- fractions of the upright picture. What the worker finds out is null until then.
create table media (
  post_id bigint not null,
  media_id bigint not null,
  position smallint not null,
  original_key text not null,
  width integer not null,
  height integer not null,
  alt text not null,
  crop_x double precision,
  crop_y double precision,
  crop_width double precision,
  crop_height double precision,
  thumbhash text,
  dominant_color text,
  renditions jsonb,
  created_at timestamptz not null,
  primary key (post_id, media_id)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('uploads', 'person_id', colocate_with => 'people');
    -- The first table of the posts' group: posts and what belongs to them are placed beside it.
    perform create_distributed_table('media', 'post_id', colocate_with => 'none');
  end if;
end $$;
