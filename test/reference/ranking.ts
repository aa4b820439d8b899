/**
 * How the home feed is to be ranked, worked out anew for each post from the base tables and the product's
 * page: nothing of the server's ranking is used here. What somebody feels close to and wants is taken from
 * where it is kept, and grows old here by itself.
 */
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Queryable } from '../../server/ports/db/db.ts';
import { IN_HOME } from './reference.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** What of a post counts for one viewer. */
interface Facts {
  readonly viewer: PersonId;
  readonly post_id: PostId;
  readonly author_id: PersonId;
  readonly likes: number;
  /** Of each like, what an hour's half-life has left, summed. */
  readonly heat: number;
  readonly comments: number;
  readonly shares: number;
  readonly saves: number;
  readonly age_s: number;
  readonly closeness: number | null;
  readonly closeness_age_s: number | null;
  readonly medium: 'image' | 'video' | null;
  readonly seen: boolean;
  readonly less_of_author: boolean;
  readonly less_of_hashtag: boolean;
  readonly less_of_media: boolean;
  readonly preset: 'balanced' | 'simple' | null;
  readonly weights: Readonly<Record<string, number>> | null;
  readonly because: 'own' | 'followed' | 'hashtag';
}

/** `$3` is the time; `o` is what a post shows: of a repost the original. */
const FACTS = `select v.person_id as viewer, p.post_id, p.author_id,
  case when knows then (select count(*)::int from likes_by_post l where l.post_id = o.post_id)
    else 0 end as likes,
  case when knows then (select coalesce(sum(power(0.5::float8,
      least(200, extract(epoch from $3::timestamptz - l.created_at)::float8 / ${HOUR_S}))), 0)
    from likes_by_post l where l.post_id = o.post_id) else 0 end as heat,
  case when o.comments_off then 0 else (select count(*)::int from comments c
    where c.post_id = o.post_id and c.held_at is null) end as comments,
  (select count(*)::int from shares s where s.post_id = o.post_id)
    + (select count(*)::int from reposts_by_person r where r.post_id = o.post_id) as shares,
  (select count(*)::int from saves_by_person s where s.post_id = o.post_id) as saves,
  extract(epoch from $3::timestamptz - p.created_at)::float8 as age_s,
  a.score as closeness, extract(epoch from $3::timestamptz - a.at)::float8 as closeness_age_s,
  m.kind as medium,
  exists (select from seen_posts e where e.person_id = v.person_id
    and e.post_id in (p.post_id, o.post_id)) as seen,
  unwanted('author', array[p.author_id::text, o.author_id::text]) as less_of_author,
  unwanted('hashtag', p.hashtags || o.hashtags) as less_of_hashtag,
  unwanted('media', array[case m.kind when 'image' then 'photo' else m.kind end]) as less_of_media,
  w.preset, w.weights,
  case when p.author_id = v.person_id then 'own'
    when exists (select from follows_by_follower f where f.follower_id = v.person_id
      and f.followee_id = p.author_id) then 'followed' else 'hashtag' end as because
from unnest($1::bigint[]) as v (person_id)
join posts p on p.author_id = any($2::bigint[]) and ${IN_HOME}
join posts o on o.post_id = coalesce(p.repost_of, p.post_id)
left join ranking_settings w on w.person_id = v.person_id
left join affinity a on a.person_id = v.person_id and a.other_id = p.author_id
left join lateral (select kind from media where post_id = o.post_id
  order by position, media_id limit 1) m on true`
  .replaceAll('knows', '(not o.likes_hidden or o.author_id = v.person_id)')
  .replaceAll(
    /unwanted\('(\w+)', (.+)\) as/g,
    `exists (select from jsonb_to_recordset(w.less_of) as u (kind text, "of" text)
      where u.kind = '$1' and u."of" = any($2)) as`,
  );

/** A number from 0 to 1 that is a half at `half`. */
const soft = (count: number, half: number) => count / (count + half);

/** A post's score for a viewer: section 4.5 of the product, with the constants of decision 21. */
function scoreOf(facts: Facts, taste: Taste): number {
  const recency = Math.min(1, 0.5 ** ((facts.age_s - HOUR_S) / DAY_S));
  const points = (facts.closeness ?? 0) * 0.5 ** ((facts.closeness_age_s ?? 0) / (30 * DAY_S));
  const affinity = soft(points, 10);
  const { likes, comments, shares, saves, heat, weights } = facts;
  let sum = 0;
  if (facts.preset === 'simple') {
    const by = { likes: 1, comments: 2, shares: 3, recency: 10, affinity: 5, ...weights };
    sum = likes * by.likes + comments * by.comments + shares * by.shares;
    sum += recency * by.recency + affinity * by.affinity;
  } else {
    const by = { engagement: 40, affinity: 30, recency: 20, content: 10, ...weights };
    const engagement =
      soft(likes, 20) * 0.25 +
      soft(comments, 5) * 0.2 +
      soft(shares, 3) * 0.2 +
      soft(saves, 3) * 0.15 +
      soft(heat * Math.log(2), 5) * 0.2;
    const content = facts.medium === null ? 0.5 : taste[facts.medium];
    sum = engagement * by.engagement + affinity * by.affinity;
    sum += recency * by.recency + content * by.content;
    sum /= by.engagement + by.affinity + by.recency + by.content || 1;
  }
  if (facts.seen) sum *= 0.05;
  if (facts.less_of_author) sum *= 0.2;
  if (facts.less_of_hashtag) sum *= 0.3;
  if (facts.less_of_media) sum *= 0.4;
  return sum;
}

/** What somebody makes of what a post shows, from 0 to 1. */
interface Taste {
  readonly image: number;
  readonly video: number;
}

interface Preference {
  readonly person_id: PersonId;
  readonly medium: 'photo' | 'video';
  readonly engaged: number;
  readonly viewed: number;
  readonly watched: number;
  readonly age_s: number;
}

/** Half of ten views are taken as engaged; how much of videos is played is two fifths of their worth. */
function tasteOf(preferences: readonly Preference[]): Taste {
  const [photo, video] = (['photo', 'video'] as const).map((medium) => {
    const found = preferences.find((one) => one.medium === medium);
    const left = found ? 0.5 ** (found.age_s / (30 * DAY_S)) : 0;
    const [engaged, viewed, watched] = [found?.engaged, found?.viewed, found?.watched].map(
      (value = 0) => Math.max(0, value) * left,
    ) as [number, number, number];
    const share = (engaged + 5) / (Math.max(engaged, viewed) + 10);
    return { share, played: (Math.min(watched, viewed) + 5) / (viewed + 10) };
  }) as [{ share: number; played: number }, { share: number; played: number }];
  const both = photo.share + video.share;
  return {
    image: photo.share / both,
    video: (video.share / both) * 0.6 + video.played * 0.4,
  };
}

/** How a post is to stand in somebody's ranked feed. */
export interface RankedPost {
  readonly post_id: PostId;
  readonly author_id: PersonId;
  readonly score: number;
  readonly seen: boolean;
  readonly because: Facts['because'];
}

/** Each viewer's home feed at a time, with the score of every post in it; in no order. */
export async function referenceRanking(
  q: Queryable,
  viewers: readonly PersonId[],
  world: readonly PersonId[],
  at: Date,
): Promise<Map<PersonId, RankedPost[]>> {
  const rows = await q.query<Facts>(FACTS, [viewers, world, at]);
  const preferences = await q.query<Preference>(
    `select person_id, medium, engaged, viewed, watched,
       extract(epoch from $2::timestamptz - at)::float8 as age_s
     from content_preferences where person_id = any($1::bigint[]) order by person_id, medium`,
    [viewers, at],
  );
  const tastes = new Map(
    viewers.map((viewer) => [
      viewer,
      tasteOf(preferences.filter(({ person_id }) => person_id === viewer)),
    ]),
  );
  const feeds = new Map(viewers.map((viewer): [PersonId, RankedPost[]] => [viewer, []]));
  for (const facts of rows) {
    const { viewer, post_id, author_id, seen, because } = facts;
    const score = scoreOf(facts, tastes.get(viewer) as Taste);
    feeds.get(viewer)?.push({ post_id, author_id, score, seen, because });
  }
  return feeds;
}
