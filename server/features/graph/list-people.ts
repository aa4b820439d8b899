import type { PersonId } from '../../../api/ids.ts';
import type { UserInList } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Meeting } from '../../kernel/visibility.ts';
import { userInList } from '../people/view.ts';
import { type Met, meetable } from './relations.ts';
import type { EdgeRow } from './store.ts';

/** A person as they stand in any list, with what the viewer has to do with them. */
export function showInList({ person, relation, viewerId }: Met): UserInList {
  const { following, requested } = relation;
  return userInList(person, { following, requested, is_self: person.person_id === viewerId });
}

/**
 * Ids → people as they stand in any list, in the same order. Those who are not there for the viewer
 * are left out.
 */
export async function listPeople(
  ctx: Context,
  viewer: Viewer | null,
  ids: readonly PersonId[],
): Promise<UserInList[]> {
  const met = await meetable(ctx, viewer?.personId ?? null, ids);
  return ids.flatMap((id) => {
    const found = met.get(id);
    return found ? [showInList(found)] : [];
  });
}

interface PeopleList<Row extends EdgeRow, Item> {
  readonly read: (take: number, before: string | null) => Promise<readonly Row[]>;
  readonly show: (met: Met, row: Row) => Item;
  /** The rule of a list that has one of its own. */
  readonly may?: (meeting: Meeting) => boolean;
}

/**
 * A page of people, in the order of the ids of their rows. Who is not there for the viewer is left out,
 * and others move up.
 */
export async function pageOfPeople<Row extends EdgeRow, Item>(
  ctx: Context,
  viewer: Viewer | null,
  asked: { readonly limit: number; readonly before: string | null },
  { read, show, may }: PeopleList<Row, Item>,
): Promise<Page<Item>> {
  return fillPage(asked, {
    read,
    idOf: (row) => row.edge_id,
    async show(rows) {
      const ids = rows.map((row) => row.person_id);
      const met = await meetable(ctx, viewer?.personId ?? null, ids, may);
      return rows.map((row) => {
        const found = met.get(row.person_id);
        return found ? show(found, row) : null;
      });
    },
  });
}
