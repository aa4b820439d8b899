import pg from 'pg';
import type { Param } from './db.ts';
import { Json } from './json.ts';

/** What travels to PostgreSQL for a parameter, everything but bytes as text. */
export function encode(param: Param | Json): string | Buffer | null {
  if (typeof param === 'string') return param;
  if (param instanceof Uint8Array) {
    return Buffer.from(param.buffer, param.byteOffset, param.byteLength);
  }
  return encodeText(param);
}

function encodeText(param: Param | Json): string | null {
  switch (typeof param) {
    case 'string':
      return param;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(param);
    case 'object':
      if (param === null) return null;
      if (Array.isArray(param)) return encodeArray(param);
      if (param instanceof Date) return param.toISOString();
      if (param instanceof Uint8Array) return `\\x${Buffer.from(param).toString('hex')}`;
      return encodeJson(param instanceof Json ? param.value : param);
    default:
      // A forgotten field must not become a null in silence.
      throw new TypeError(`a statement cannot take ${typeof param} as a parameter`);
  }
}

function encodeJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}

/** PostgreSQL's notation of an array: `{"a","b",NULL}`. */
function encodeArray(items: readonly Param[]): string {
  let text = '{';
  for (let i = 0; i < items.length; i += 1) {
    if (i > 0) text += ',';
    const item = items[i] as Param;
    const element = encodeText(item);
    if (element === null) text += 'NULL';
    else if (Array.isArray(item) || plain.test(element)) text += element;
    else text += `"${element.replace(/["\\]/g, '\\$&')}"`;
  }
  return `${text}}`;
}

/** Numbers, ids and times, the bulk of what is sent, need no quotes. */
const plain = /^[0-9-][0-9.:TZ-]*$/;

const asText = (text: string): string => text;
const { builtins } = pg.types;

/** Days and times without a zone stay text: as a Date they would move with the machine's zone. */
const kept: ReadonlySet<number> = new Set([builtins.DATE, builtins.TIME, builtins.TIMESTAMP, 1182]);

/** How columns are read: like `pg` does (int8 and numeric as text), but for days, and times faster. */
export const readers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (kept.has(oid)) return asText;
    if (oid === builtins.TIMESTAMPTZ) return readTime;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as typeof pg.types.getTypeParser,
};

const readAnyTime: (text: string) => unknown = pg.types.getTypeParser(builtins.TIMESTAMPTZ, 'text');
const usualTime = {
  dash: '-'.charCodeAt(0),
  zero: '0'.charCodeAt(0),
  milliseconds: 20,
  zone: '+00',
};

/** `2024-02-29 12:00:00.123456+00`, on every page twenty times; anything else goes the long way. */
function readTime(text: string): unknown {
  const { dash, zero, milliseconds } = usualTime;
  if (text.charCodeAt(4) !== dash || !text.endsWith(usualTime.zone)) return readAnyTime(text);
  const digit = (at: number) => text.charCodeAt(at) - zero;
  const two = (at: number) => digit(at) * 10 + digit(at + 1);
  const year = two(0) * 100 + two(2);
  if (year < 100) return readAnyTime(text); // Date.UTC would take it for 19xx
  const fraction = text.length - usualTime.zone.length - milliseconds;
  let ms = 0;
  if (fraction > 0) ms += digit(milliseconds) * 100;
  if (fraction > 1) ms += digit(milliseconds + 1) * 10;
  if (fraction > 2) ms += digit(milliseconds + 2);
  return new Date(Date.UTC(year, two(5) - 1, two(8), two(11), two(14), two(17), ms));
}
