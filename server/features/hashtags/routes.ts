import * as api from '../../../api/hashtags.ts';
import { foldHashtagStart } from '../../../api/text.ts';
import { askedPage, cutPage } from '../../kernel/cursor.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { followTag, unfollowTag } from './follow.ts';
import { showTag, showTags, tagCalled } from './read.ts';
import { listTagFollows, tagsThatBegin } from './store.ts';

/** What completion offers. */
const OFFERED_MAX = 10;

export const hashtagRoutes: readonly BoundRoute[] = [
  route(api.getHashtag, (ctx, { viewer, params }) =>
    showTag(ctx.db, tagCalled(params.tag), viewer?.personId ?? null),
  ),

  route(api.followHashtag, async (ctx, { viewer, params }) => {
    const tag = tagCalled(params.tag);
    await followTag(ctx, viewer.personId, tag);
    return showTag(ctx.db, tag, viewer.personId);
  }),

  route(api.unfollowHashtag, async (ctx, { viewer, params }) => {
    const tag = tagCalled(params.tag);
    await unfollowTag(ctx, viewer.personId, tag);
    return showTag(ctx.db, tag, viewer.personId);
  }),

  route(api.listFollowedHashtags, async (ctx, { viewer, query }) => {
    const page = askedPage<string>(query);
    const follows = await listTagFollows(ctx.db, viewer.personId, page.take, page.before);
    const { items, pagination } = cutPage(follows, page.limit, (follow) => follow.follow_id);
    const tags = items.map((follow) => follow.tag);
    return { items: await showTags(ctx.db, tags, viewer.personId), pagination };
  }),

  route(api.findHashtags, async (ctx, { viewer, query }) => {
    const start = foldHashtagStart(query.q);
    const tags = start === null ? [] : await tagsThatBegin(ctx.db, start, OFFERED_MAX);
    return showTags(ctx.db, tags, viewer.personId);
  }),
];
