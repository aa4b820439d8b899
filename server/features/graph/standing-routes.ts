import * as api from '../../../api/graph.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { askedPage } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { mayListAsBlocked } from '../../kernel/visibility.ts';
import { personCalled } from '../people/read.ts';
import { block, unblock } from './block.ts';
import { addCloseFriend, removeCloseFriend } from './close-friends.ts';
import { pageOfPeople, showInList } from './list-people.ts';
import { meetAnother } from './pair.ts';
import { mute, restrict, unmute, unrestrict } from './quiet.ts';
import { listOwn, type OwnListName } from './standing-store.ts';

/** What one person decides about another: block, mute, restrict, close friends; and the lists of it. */
export const standingRoutes: readonly BoundRoute[] = [
  route(api.block, (ctx, call) => toOther(ctx, call, block)),
  route(api.unblock, async (ctx, { viewer, params }) => {
    // Not `meetAnother`: whoever has been blocked back must find the way out.
    const otherId = await personCalled(ctx, params.username);
    if (otherId === viewer.personId) throw new Problem('cannot_do_to_self');
    await unblock(ctx, viewer.personId, otherId);
    return {};
  }),
  route(api.mute, (ctx, call) => toOther(ctx, call, (...who) => mute(...who, call.body))),
  route(api.unmute, (ctx, call) => toOther(ctx, call, unmute)),
  route(api.restrict, (ctx, call) => toOther(ctx, call, restrict)),
  route(api.unrestrict, (ctx, call) => toOther(ctx, call, unrestrict)),
  route(api.addCloseFriend, (ctx, call) => toOther(ctx, call, addCloseFriend)),
  route(api.removeCloseFriend, (ctx, call) => toOther(ctx, call, removeCloseFriend)),

  route(api.listBlocked, (ctx, { viewer, query }) =>
    pageOfPeople(ctx, viewer, askedPage(query), {
      read: reader(ctx, viewer, 'blocked'),
      show: showInList,
      may: mayListAsBlocked,
    }),
  ),
  route(api.listMuted, (ctx, { viewer, query }) =>
    pageOfPeople(ctx, viewer, askedPage(query), {
      read: (take, before) => listOwn(ctx.db, 'muted', viewer.personId, take, before),
      show: (met, { posts, stories, messages }) => ({
        ...showInList(met),
        muted: { posts, stories, messages },
      }),
    }),
  ),
  route(api.listRestricted, (ctx, { viewer, query }) =>
    pageOfPeople(ctx, viewer, askedPage(query), {
      read: reader(ctx, viewer, 'restricted'),
      show: showInList,
    }),
  ),
  route(api.listCloseFriends, (ctx, { viewer, query }) =>
    pageOfPeople(ctx, viewer, askedPage(query), {
      read: reader(ctx, viewer, 'closeFriends'),
      show: showInList,
    }),
  ),
];

async function toOther(
  ctx: Context,
  { viewer, params }: { readonly viewer: Viewer; readonly params: { readonly username: string } },
  act: (ctx: Context, viewerId: PersonId, otherId: PersonId) => Promise<void>,
) {
  const { person } = await meetAnother(ctx, params.username, viewer.personId);
  await act(ctx, viewer.personId, person.person_id);
  return {};
}

const reader =
  (ctx: Context, viewer: Viewer, name: OwnListName) => (take: number, before: string | null) =>
    listOwn(ctx.db, name, viewer.personId, take, before);
