-- The counts of a post in slots: what a post has is the sum of its rows. Every process writes the likes that
-- it takes into a slot of its own, so that processes never wait for each other when one post is liked by
-- thousands; the rest is written into slot 0, which is there from the beginning. A slot may be negative.
--
--   heat     likes, each with half the weight an hour later; as of heat_at. Times ln 2, it is the likes an
--            hour of late. Null heat_at: never liked since this column is here.
alter table post_counts add column slot smallint not null default 0;
alter table post_counts add column heat double precision not null default 0;
alter table post_counts add column heat_at timestamptz;

alter table post_counts drop constraint post_counts_pkey;
alter table post_counts add primary key (post_id, slot);

-- Slots that can be folded into slot 0. No column that a like changes stands in an index, so that the new version
-- of a row finds room beside the old one, and no index is written.
create index post_counts_more on post_counts (post_id) where slot > 0;
