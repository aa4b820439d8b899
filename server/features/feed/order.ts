import type { homeFeed as contract } from '../../../api/feed.ts';
import type { PersonId, PostId } from '../../../api/ids.ts';
import { PAGE_LIMIT_DEFAULT } from '../../../api/page.ts';
import type { Post } from '../../../api/posts.ts';
import type { QueryOf } from '../../../api/route.ts';
import type { Context } from '../../context.ts';
import { askedPage, type Page } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';
import { privateAddresses } from '../media/private-address.ts';
import type { HydratedPost } from '../posts/hydrate.ts';
import { homeView } from '../posts/view.ts';
import { readSettings } from '../ranking/settings.ts';
import { homeFeed } from './home.ts';
import { decodeRankedPlace, rankedPage } from './ranked.ts';

/**
 * A page of the home feed: the first one in the order that is asked for, or else in the one that the reader
 * has chosen; those that follow in the order of their cursor, which is also that of the older posts below
 * the ranked ones. Throws `invalid_cursor`.
 */
export async function homeInOrder(
  ctx: Context,
  personId: PersonId,
  { order, ...asked }: QueryOf<typeof contract>,
): Promise<Page<Post>> {
  const place = asked.cursor === undefined ? null : decodeRankedPlace(asked.cursor);
  if (place) {
    if (order === 'latest') throw new Problem('invalid_cursor');
    return shown(
      ctx,
      personId,
      await rankedPage(ctx, personId, asked.limit ?? PAGE_LIMIT_DEFAULT, place),
    );
  }
  const { limit, before } = askedPage<PostId>(asked);
  if (before === null && (order ?? (await readSettings(ctx, personId)).feed_order) === 'ranked') {
    return shown(ctx, personId, await rankedPage(ctx, personId, limit, null));
  }
  return homeFeed(ctx, personId, limit, before);
}

function shown(ctx: Context, personId: PersonId, page: Page<HydratedPost>): Page<Post> {
  const address = privateAddresses(ctx);
  return { ...page, items: page.items.map((found) => homeView(found, personId, address)) };
}
