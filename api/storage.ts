import { type Static, Type } from 'typebox';
import { PageQuery } from './page.ts';
import { defineRoute } from './route.ts';

const Time = Type.String({ format: 'date-time' });
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** A place where files lie: a folder, most often a disk of its own. */
export const StorageRoot = Type.Object({
  root_id: Type.String(),
  path: Type.String(),
  state: Type.Union([Type.Literal('ok'), Type.Literal('away'), Type.Literal('filling')], {
    description: 'filling: empty among others, and being filled with copies',
  }),
  filled: Type.Number({ minimum: 0, maximum: 1, description: 'While filling: how much is done' }),
  free: Type.Integer({ description: 'Bytes; 0 while away' }),
  total: Type.Integer({ description: 'Bytes' }),
  objects: Type.Integer({ description: 'Files of different contents' }),
});
export type StorageRoot = Static<typeof StorageRoot>;

/** A round that reads every file once, and what it came upon. */
export const ScrubRound = Type.Object({
  round: Type.Integer(),
  pace: Type.Union([Type.Literal('spread'), Type.Literal('at_once')]),
  done: Type.Number({ ...Share, description: 'How much of it is done, 0…1' }),
  started_at: Time,
  ended_at: Nullable(Time),
  files: Type.Integer({ description: 'Copies that were read' }),
  bytes: Type.Integer(),
  repaired: Type.Integer({ description: 'Copies that were bad or missing and are whole again' }),
  lost: Type.Integer({ description: 'Files of which no good copy is left' }),
  removed: Type.Integer({ description: 'Copies that nothing needed any more' }),
});
export type ScrubRound = Static<typeof ScrubRound>;

/** Files that nothing in the database names: left over by crashes, removed after two days. */
export const Unclaimed = Type.Object({
  checked_at: Nullable(Time),
  files: Type.Integer({ description: 'All files that were looked at' }),
  unknown: Type.Integer(),
  removed: Type.Integer(),
  held_back: Type.Boolean({
    description:
      'So many are unknown that nothing is removed: the database may not be the one of these files',
  }),
});
export type Unclaimed = Static<typeof Unclaimed>;

export const Storage = Type.Object({
  roots: Type.Array(StorageRoot),
  copies_wanted: Type.Integer({ description: 'In how many places each file is to be kept' }),
  round_days: Type.Integer({ description: 'How long a round takes that nobody hurries' }),
  rounds: Type.Array(ScrubRound, { maxItems: 5, description: 'Newest first' }),
  unclaimed: Nullable(Unclaimed),
});
export type Storage = Static<typeof Storage>;

export const getStorage = defineRoute({
  name: 'GET /admin/storage',
  summary: 'The places where files lie, and the last rounds that read all of them',
  access: 'admin',
  returns: Storage,
  errors: ['forbidden'],
});

export const checkStorage = defineRoute({
  name: 'POST /admin/storage/check',
  summary: 'Read and repair every file now; goes on with a round that is being hurried already',
  access: 'admin',
  returns: Storage,
  status: 202,
  errors: ['forbidden'],
});

/** Something that a round came upon. */
export const StorageFault = Type.Object({
  fault_id: Type.String(),
  round: Type.Integer(),
  outcome: Type.Union([Type.Literal('repaired'), Type.Literal('lost')]),
  what: Type.String({
    description: 'lost: the file’s key, or sha256: and its digest; repaired: the part of the store',
  }),
  copies: Type.Integer(),
  found_at: Time,
});
export type StorageFault = Static<typeof StorageFault>;

export const listStorageFaults = defineRoute({
  name: 'GET /admin/storage/faults',
  summary: 'What the rounds came upon, newest first; the last 1,000',
  access: 'admin',
  query: PageQuery,
  returns: Type.Array(StorageFault),
  list: true,
  errors: ['forbidden', 'invalid_cursor'],
});
