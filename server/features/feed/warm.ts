import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Pagination } from '../../../api/page.ts';
import type { Context } from '../../context.ts';
import { decodeCursor } from '../../kernel/cursor.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { hydratePosts } from '../posts/hydrate.ts';
import { readSkeleton } from './skeleton.ts';

/** Pages that are fetched ahead at the same time; one more is left to whoever asks for it. */
const AHEAD_MAX = 16;
/** While statements wait this long for their turn, nothing is fetched that nobody asked for. */
const BUSY_MS = 20;

const underWay = perContext(() => ({ pages: 0 }));

/**
 * Brings what comes after a page of the home feed near, for who goes on reading: in the background, and
 * not at all while there is much to do.
 */
export function warmNext(
  ctx: Context,
  personId: PersonId,
  limit: number,
  { next_cursor }: Pagination,
): void {
  const now = underWay(ctx);
  if (next_cursor === null || !ctx.config.nearViewers || !ctx.db.hearsTouches) return;
  if (now.pages >= AHEAD_MAX || ctx.db.waitingMs > BUSY_MS) return;
  now.pages += 1;
  fetchAhead(ctx, personId, limit, decodeCursor<PostId>(next_cursor))
    .catch((error) => ctx.log.debug({ err: error }, 'a page could not be fetched ahead'))
    .finally(() => {
      now.pages -= 1;
    });
}

async function fetchAhead(
  ctx: Context,
  personId: PersonId,
  limit: number,
  before: PostId | null,
): Promise<void> {
  const refs = await readSkeleton(ctx, personId, limit + 1, before);
  await hydratePosts(ctx, refs.slice(0, limit), personId);
}
