import type { PostId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';

export interface Resonance {
  post_id: PostId;
  likes: number;
  comments: number;
  reposts: number;
}

/** How much posts are liked, talked about and reposted, in one statement bounded by `ids`. */
export async function resonanceOf(q: Queryable, ids: readonly PostId[]): Promise<Resonance[]> {
  if (ids.length === 0) return [];
  return q.query<Resonance>(
    `select post_id, likes, comments, reposts from post_counts
     where post_id = any($1::bigint[]) order by post_id desc`,
    [ids],
  );
}
