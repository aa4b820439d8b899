import type { Param, Queryable } from './db.ts';
import { Json } from './json.ts';
import { encode } from './values.ts';

/** Lets one statement stay a matter of milliseconds. */
const UNNEST_ROWS = 10_000;
/** PostgreSQL's limit of parameters in one statement, from its protocol's 16-bit count. */
const PARAMETERS_MAX = 65_535;
/** So few rows are a VALUES list everywhere, and the statement is started at once. */
const FEW_ROWS = 2;

export interface Insertion<Column extends string> {
  readonly table: string;
  /** Column to PostgreSQL type. Any type: `int8`, `timestamptz`, `jsonb`, `text[]` … */
  readonly columns: Readonly<Record<Column, string>>;
  /**
   * The columns of the primary key. Rows are written in the order of their keys, so that two writers
   * that meet wait for each other instead of deadlocking.
   */
  readonly key: readonly NoInfer<Column>[];
  /** In a `json` or `jsonb` column every value but null is a JSON value, a text too. */
  readonly rows: readonly { readonly [column in NoInfer<Column>]: Param }[];
  /** What follows `on conflict`: `do nothing`, `(id) do update set …`. */
  readonly onConflict?: string;
  /** What follows `returning`. Match the rows by their keys, not by their order. */
  readonly returning?: string;
}

/**
 * Inserts many rows the fast way of the database at hand: `unnest` on PostgreSQL, one VALUES list on
 * Citus. Up to 10,000 rows (on Citus 65,535 values) are one statement; more are several, one after
 * the other, so give a transaction where all must hold or none.
 */
export async function insertMany<Column extends string, Row extends object = Record<string, never>>(
  q: Queryable,
  insertion: Insertion<Column>,
): Promise<Row[]> {
  if (insertion.rows.length === 0) return [];
  const { table, columns, onConflict, returning } = insertion;
  const names = Object.keys(columns) as Column[];
  const types = names.map((name) => columns[name]);
  refuseUnsafe(table, names, types);
  const rows = sortedByKey(insertion);
  const head = `insert into ${table} (${names.join(', ')})`;
  const tail = `${onConflict ? ` on conflict ${onConflict}` : ''}${returning ? ` returning ${returning}` : ''}`;
  if (rows.length <= FEW_ROWS) {
    const { text, params } = values(names, types, rows);
    return q.query<Row>(`${head} ${text}${tail}`, params);
  }
  const citus = (await q.flavour()) === 'citus';
  const step = citus ? Math.floor(PARAMETERS_MAX / names.length) : UNNEST_ROWS;
  const inserted: Row[] = [];
  for (let start = 0; start < rows.length; start += step) {
    const part = rows.slice(start, start + step);
    const source = citus ? values(names, types, part) : unnest(names, types, part);
    const options = { prepare: !citus };
    inserted.push(...(await q.query<Row>(`${head} ${source.text}${tail}`, source.params, options)));
  }
  return inserted;
}

type Rows<Column extends string> = Insertion<Column>['rows'];
interface Source {
  readonly text: string;
  readonly params: Param[];
}

function unnest<Column extends string>(
  names: readonly Column[],
  types: readonly string[],
  rows: Rows<Column>,
): Source {
  // `unnest` would flatten lists of lists, so a column of lists travels as their notations.
  const lists = types.map((type, i) => `$${i + 1}::${isList(type) ? 'text' : type}[]`);
  const taken = names.map((name, i) => (isList(types[i]) ? `${name}::${types[i]}` : name));
  return {
    text: `select ${taken.join(', ')} from unnest(${lists.join(', ')}) as new (${names.join(', ')})`,
    params: names.map((name, i) => rows.map((row) => forColumn(row[name], types[i], true))),
  };
}

function values<Column extends string>(
  names: readonly Column[],
  types: readonly string[],
  rows: Rows<Column>,
): Source {
  const params: Param[] = [];
  const lines = rows.map((row) => {
    const places = names.map((name, i) => {
      params.push(forColumn(row[name], types[i], false));
      return `$${params.length}::${types[i]}`;
    });
    return `(${places.join(',')})`;
  });
  return { text: `values ${lines.join(',')}`, params };
}

function forColumn(value: Param, type: string | undefined, nested: boolean): Param {
  if (value === null) return null;
  if (type === 'json' || type === 'jsonb') return value instanceof Json ? value : new Json(value);
  return nested && isList(type) ? encode(value) : value;
}

function isList(type: string | undefined): boolean {
  return type?.endsWith('[]') === true;
}

function sortedByKey<Column extends string>({ key, rows }: Insertion<Column>): Rows<Column> {
  const keyed = rows.map((row) => ({ row, keys: key.map((name) => sortable(row[name])) }));
  keyed.sort((a, b) => compare(a.keys, b.keys));
  return keyed.map(({ row }) => row);
}

/** Any order does that every writer agrees on; this one is also that of ids and of times. */
function sortable(value: Param): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i] ?? '', b[i] ?? ''];
    if (x !== y) return x.length - y.length || (x < y ? -1 : 1);
  }
  return 0;
}

/** Names and types become part of the statement, so they must be the program's own words. */
function refuseUnsafe(table: string, names: readonly string[], types: readonly string[]): void {
  const name = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/;
  const type = /^[a-z_][a-z0-9_. ]*(\(\d+(,\d+)?\))?(\[\])?$/;
  for (const text of [table, ...names]) {
    if (!name.test(text)) throw new TypeError(`not a name: ${text}`);
  }
  for (const text of types) if (!type.test(text)) throw new TypeError(`not a type: ${text}`);
}
