import { LRUCache } from 'lru-cache';
import type { PostId } from '../../../api/ids.ts';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '../../../api/page.ts';
import type { FeedOrder } from '../../../api/ranking.ts';
import { decodeCursor } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';

/** A page of the home feed, asked for in a plain way. */
export interface AskedHome {
  readonly limit: number;
  readonly before: PostId | null;
  /** null: as the person has chosen. */
  readonly order: FeedOrder | null;
}

/** Most ask for the same first page. */
const known = new LRUCache<string, AskedHome>({ max: 1000 });

/** What `url`, which begins with `path`, asks for; null when only the ordinary route knows. */
export function readHomeUrl(url: string, path: string): AskedHome | null {
  const before = known.get(url);
  if (before) return before;
  const asked = read(url, path);
  if (asked) known.set(url, asked);
  return asked;
}

const PARAMETER = /^(cursor|limit|order)=([A-Za-z0-9_-]{1,200})$/;

function read(url: string, path: string): AskedHome | null {
  if (url.length === path.length) return { limit: PAGE_LIMIT_DEFAULT, before: null, order: null };
  if (url[path.length] !== '?') return null;
  const given = new Map<string, string>();
  for (const parameter of url.slice(path.length + 1).split('&')) {
    const [, name, value] = PARAMETER.exec(parameter) ?? [];
    if (name === undefined || value === undefined || given.has(name)) return null;
    given.set(name, value);
  }
  const limit = given.get('limit') ?? String(PAGE_LIMIT_DEFAULT);
  const order = given.get('order') ?? null;
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > PAGE_LIMIT_MAX) return null;
  if (order !== null && order !== 'latest' && order !== 'ranked') return null;
  try {
    return { limit: Number(limit), before: decodeCursor<PostId>(given.get('cursor')), order };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
