import * as api from '../../../api/ranking.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { wantAgain, wantLess } from './less.ts';
import { reportSeen } from './seen.ts';
import { changeRanking, resetRanking, showRanking } from './settings.ts';
import { whyPost } from './why.ts';

export const rankingRoutes: readonly BoundRoute[] = [
  route(api.getRanking, (ctx, { viewer }) => showRanking(ctx, viewer.personId)),

  route(api.changeRanking, async (ctx, { viewer, body }) => {
    await changeRanking(ctx, viewer.personId, body);
    return showRanking(ctx, viewer.personId);
  }),

  route(api.resetRanking, async (ctx, { viewer }) => {
    await resetRanking(ctx, viewer.personId);
    return showRanking(ctx, viewer.personId);
  }),

  route(api.wantLess, async (ctx, { viewer, body }) => {
    await wantLess(ctx, viewer.personId, body.post_id, body.of);
    return showRanking(ctx, viewer.personId);
  }),

  route(api.wantAgain, async (ctx, { viewer, params }) => {
    await wantAgain(ctx, viewer.personId, params.less_id);
    return showRanking(ctx, viewer.personId);
  }),

  route(api.reportSeen, async (ctx, { viewer, body }) => {
    await reportSeen(ctx, viewer.personId, body.posts);
    return {};
  }),

  route(api.whyPost, (ctx, { viewer, params }) => whyPost(ctx, viewer.personId, params.post_id)),
];
