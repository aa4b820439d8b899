import type { PersonInAdmin } from '../../../api/admin.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { RoleName } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { askedPage, cutPage, type Page } from '../../kernel/cursor.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { announceRole, closeAllSessions } from '../accounts/standing.ts';
import { lockFounder } from '../accounts/store.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { personCalled } from '../people/read.ts';
import {
  changePersonRole,
  changePersonState,
  countAdmins,
  countsOf,
  listPersonIds,
  lockPerson,
} from '../people/staff-store.ts';
import { recordStanding } from '../people/standing.ts';
import { findPerson, type PersonRow, readCounts } from '../people/store.ts';
import { userSummary } from '../people/view.ts';
import { endSuspensions, insertSuspension } from './store.ts';

/** Gives somebody a role. Throws `user_not_found`, `last_admin`. */
export async function changeRole(
  ctx: Context,
  username: string,
  role: RoleName,
): Promise<PersonInAdmin> {
  const personId = await personCalled(ctx, username);
  await ctx.db.transaction(async (tx) => {
    // Everyone who changes roles takes turns here: two admins cannot dismiss each other at once.
    await lockFounder(tx);
    const person = await lockPerson(tx, personId);
    if (!person) throw new Problem('user_not_found');
    const leaves = person.role === 'admin' && role !== 'admin' && person.state === 'active';
    if (leaves && (await countAdmins(tx)) <= 1) throw new Problem('last_admin');
    await changePersonRole(tx, personId, role);
  });
  await announceRole(ctx, personId);
  return showPerson(ctx, personId);
}

/**
 * Hides a member and all that they share, and logs them out. Doing it again changes nothing. Throws
 * `user_not_found`, `forbidden` for those who run the server themselves.
 */
export async function suspend(
  ctx: Context,
  viewer: Viewer,
  username: string,
  reason: string,
): Promise<PersonInAdmin> {
  const personId = await personCalled(ctx, username);
  await ctx.db.transaction(async (tx) => {
    const person = await lockPerson(tx, personId);
    if (!person || person.state === 'deleted') throw new Problem('user_not_found');
    if (person.role !== 'member') {
      throw new Problem('forbidden', 'Moderators and admins must lose their role first.');
    }
    if (person.state === 'suspended') return;
    await changePersonState(tx, personId, 'suspended');
    await recordStanding(ctx, tx, personId);
    await insertSuspension(tx, {
      personId,
      suspensionId: ctx.ids.next<string>(),
      reason,
      byId: viewer.personId,
      at: ctx.clock.now(),
    });
  });
  tell(ctx, 'standing.changed', { viewer_ids: [], author_ids: [personId] });
  // After the commit, so that no session is opened in between: logging in asks for the state.
  await closeAllSessions(ctx, personId);
  tell(ctx, 'standing.changed', { viewer_ids: [], author_ids: [personId] });
  ctx.log.info(
    { person_id: personId, by: viewer.personId, security: true },
    'a person was suspended',
  );
  return showPerson(ctx, personId);
}

/** Undoes a suspension. Doing it again changes nothing. Throws `user_not_found`. */
export async function reinstate(ctx: Context, viewer: Viewer, username: string) {
  const personId = await personCalled(ctx, username);
  await ctx.db.transaction(async (tx) => {
    const person = await lockPerson(tx, personId);
    if (!person || person.state === 'deleted') throw new Problem('user_not_found');
    if (person.state === 'active') return;
    await changePersonState(tx, personId, 'active');
    await recordStanding(ctx, tx, personId);
    await endSuspensions(tx, personId, viewer.personId, ctx.clock.now());
  });
  ctx.log.info(
    { person_id: personId, by: viewer.personId, security: true },
    'a person was reinstated',
  );
  return showPerson(ctx, personId);
}

async function showPerson(ctx: Context, personId: PersonId): Promise<PersonInAdmin> {
  const [person, counts] = await Promise.all([
    findPerson(ctx.db, personId),
    readCounts(ctx.db, personId),
  ]);
  if (!person) throw new Problem('user_not_found');
  return personInAdmin(person, counts);
}

export interface PeopleQuery {
  readonly cursor?: string;
  readonly limit?: number;
  readonly q?: string;
  readonly role?: RoleName;
  readonly state?: 'active' | 'suspended';
}

/** A page of everyone who fits, newest first. */
export async function listPeople(ctx: Context, query: PeopleQuery): Promise<Page<PersonInAdmin>> {
  const page = askedPage<PersonId>(query);
  const filter = {
    ...(query.role ? { role: query.role } : {}),
    ...(query.state ? { state: query.state } : {}),
    ...(query.q ? { prefix: query.q } : {}),
  };
  const ids = await listPersonIds(ctx.db, filter, page.take, page.before);
  const { items, pagination } = cutPage(ids, page.limit, (id) => id);
  const [people, counts] = await Promise.all([
    hydratePeople(ctx.db, items),
    countsOf(ctx.db, items),
  ]);
  return {
    items: items.flatMap((id) => {
      const person = people.get(id);
      return person ? [personInAdmin(person, counts.get(id) ?? { posts: 0, followers: 0 })] : [];
    }),
    pagination,
  };
}

/** A person as those who run the server see them: whoever they are and whatever their state. */
function personInAdmin(
  person: PersonRow,
  counts: { posts: number; followers: number },
): PersonInAdmin {
  return {
    ...userSummary(person),
    role: person.role,
    state: person.state,
    posts_count: counts.posts,
    followers_count: counts.followers,
    created_at: person.created_at.toISOString(),
  };
}
