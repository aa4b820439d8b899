import * as api from '../../../api/feed.ts';
import type { PersonId, PostId } from '../../../api/ids.ts';
import { PAGE_LIMIT_DEFAULT } from '../../../api/page.ts';
import type { Context } from '../../context.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { tagCalled } from '../hashtags/read.ts';
import { demandPlace } from '../places/read.ts';
import { decodeRankCursor } from './cursor.ts';
import { recentPage, topPage } from './pages.ts';
import type { Topic } from './topic.ts';

interface Asked {
  readonly cursor?: string;
  readonly limit?: number;
  readonly order?: 'top' | 'recent';
}

/** What was asked for, checked before anything is looked up. */
function asked(query: Asked) {
  if (query.order === 'recent') return { order: query.order, ...askedPage<PostId>(query) };
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  return { order: 'top' as const, limit, cursor: decodeRankCursor(query.cursor) };
}

function page(
  ctx: Context,
  topic: Topic,
  viewerId: PersonId | null,
  wish: ReturnType<typeof asked>,
) {
  return wish.order === 'recent'
    ? recentPage(ctx, topic, viewerId, wish)
    : topPage(ctx, topic, viewerId, wish);
}

export const topicRoutes: readonly BoundRoute[] = [
  route(api.hashtagFeed, async (ctx, { viewer, params, query }) => {
    const wish = asked(query);
    const topic: Topic = { kind: 'hashtag', tag: tagCalled(params.tag) };
    return page(ctx, topic, viewer?.personId ?? null, wish);
  }),

  route(api.locationFeed, async (ctx, { viewer, params, query }) => {
    const wish = asked(query);
    const { place_id } = await demandPlace(ctx, params.place_id);
    return page(ctx, { kind: 'place', placeId: place_id }, viewer?.personId ?? null, wish);
  }),
];
