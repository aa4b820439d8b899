-- Videos, edits, large files in parts.

-- part_size: bytes of each part but the last; null: sent as a whole.
alter table uploads add column part_size integer;

-- kind: what it is shown as. edit: looks and adjustments, as the contract has them. video: the keys of what
-- is played, and what is known of it; null until it is processed. video_files: the keys of all its files, a
-- thousand of a long one, and so apart from what every page reads. captions: language and key of each.
-- poster_at: in seconds. phash: 64 bits that are close for pictures that look alike; of a video, its poster's.
alter table media add column kind text not null default 'image' check (kind in ('image', 'video'));
alter table media add column edit jsonb;
alter table media add column poster_at double precision;
alter table media add column video jsonb;
alter table media add column video_files jsonb;
alter table media add column captions jsonb not null default '[]';
alter table media add column phash bigint;
