import { LRUCache } from 'lru-cache';
import type { PostId } from '../../../api/ids.ts';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '../../../api/page.ts';
import { USERNAME_MAX } from '../../../api/people.ts';
import type { FeedOrder } from '../../../api/ranking.ts';
import { API_BASE } from '../../../api/route.ts';
import { decodeCursor } from '../../kernel/cursor.ts';
import { Problem } from '../../kernel/problem.ts';

const HOME = `${API_BASE}/feed/home`;
const PROFILES = `${API_BASE}/feed/user/`;

/** A page of posts, asked for in a plain way. */
export interface AskedPage {
  /** Whose posts; null: one's home feed. */
  readonly username: string | null;
  readonly limit: number;
  readonly before: PostId | null;
  /** Of a home feed; null: as the person has chosen. */
  readonly order: FeedOrder | null;
  /** What tells it from other pages; the order left out. */
  readonly name: string;
  /** The URL without its parameters. */
  readonly path: string;
}

/** What all that the lane answers begins with. */
export const LANE_START = `${API_BASE}/feed/`;
/** Routes that the lane answers, as the router knows them. */
export const LANE_ROUTES: readonly string[] = [HOME, `${PROFILES}:username`];

/** Most ask for the same first pages. */
const known = new LRUCache<string, AskedPage>({ max: 10_000 });

/** What `url` asks for; null when only the ordinary route knows. */
export function readUrl(url: string): AskedPage | null {
  const before = known.get(url);
  if (before) return before;
  const asked = read(url);
  if (asked) known.set(url, asked);
  return asked;
}

const USERNAME = new RegExp(`^[A-Za-z0-9_.]{1,${USERNAME_MAX}}$`);

function read(url: string): AskedPage | null {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? null : url.slice(mark + 1);
  if (path === HOME) return readQuery(query, { path, username: null });
  if (!path.startsWith(PROFILES)) return null;
  const username = path.slice(PROFILES.length);
  return USERNAME.test(username) ? readQuery(query, { path, username }) : null;
}

const PARAMETER = /^(cursor|limit|order)=([A-Za-z0-9_-]{1,200})$/;

function readQuery(
  query: string | null,
  { path, username }: Pick<AskedPage, 'path' | 'username'>,
): AskedPage | null {
  const given = new Map<string, string>();
  for (const parameter of query?.split('&') ?? []) {
    const [, name, value] = PARAMETER.exec(parameter) ?? [];
    if (name === undefined || value === undefined || given.has(name)) return null;
    given.set(name, value);
  }
  const limit = given.get('limit') ?? String(PAGE_LIMIT_DEFAULT);
  const order = given.get('order') ?? null;
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > PAGE_LIMIT_MAX) return null;
  if (order !== null && (username !== null || (order !== 'latest' && order !== 'ranked'))) {
    return null;
  }
  try {
    const before = decodeCursor<PostId>(given.get('cursor'));
    const name = `${username?.toLowerCase() ?? ''} ${limit} ${before}`;
    return { path, username, limit: Number(limit), before, order, name };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
