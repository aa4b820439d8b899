import type { PersonId } from '../../../api/ids.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofPerson, ofUsername } from '../../kernel/touch-keys.ts';
import { hydratePeople } from './hydrate.ts';
import { findIdsByUsernames, type PersonRow } from './store.ts';

const PEOPLE_MAX = 50_000;
const PEOPLE_TTL_MS = 60 * 60 * 1000;

/** People as reads ask about them. Not for what runs in a transaction. */
export const nearPeople = perContext(
  (ctx) =>
    new NearCache<PersonId, PersonRow>(ctx, {
      max: PEOPLE_MAX,
      ttlMs: PEOPLE_TTL_MS,
      keyOf: ofPerson,
      shared: 'people-1',
      load: (ids) => hydratePeople(ctx.db, ids),
    }),
);

/** Who holds a name, in small letters. */
export const nearUsernames = perContext(
  (ctx) =>
    new NearCache<string, { readonly person_id: PersonId }>(ctx, {
      max: PEOPLE_MAX,
      ttlMs: PEOPLE_TTL_MS,
      keyOf: ofUsername,
      load: async (names) => {
        const rows = await findIdsByUsernames(ctx.db, names);
        return new Map(rows.map((row) => [row.username, row]));
      },
    }),
);
