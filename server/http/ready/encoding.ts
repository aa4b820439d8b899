import { LRUCache } from 'lru-cache';

/** How a body goes out; null: in a way that only the ordinary route knows, or knows how to refuse. */
export type Encoding = 'gzip' | 'plain' | null;

/** What browsers and programs send are a few texts. */
const known = new LRUCache<string, { readonly encoding: Encoding }>({ max: 200 });
const KNOWN_LENGTH_MAX = 200;

/** What to answer with when `Accept-Encoding` (RFC 9110, section 12.5.3) says this. */
export function chooseEncoding(header: string | undefined): Encoding {
  if (header === undefined) return 'plain';
  const before = known.get(header);
  if (before) return before.encoding;
  const encoding = choose(header);
  if (header.length <= KNOWN_LENGTH_MAX) known.set(header, { encoding });
  return encoding;
}

const CODING = /^([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/** Brotli is not among what is ready, so whoever takes gzip gets gzip. */
function choose(header: string): Encoding {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const text = item.trim();
    if (text === '') continue;
    const [, name, weight] = CODING.exec(text) ?? [];
    if (name === undefined) return null;
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight));
  }
  const others = weights.get('*');
  const gzip = weights.get('gzip') ?? others ?? 0;
  const identity = weights.get('identity') ?? (others === 0 ? 0 : undefined);
  if (gzip > 0 && gzip >= (identity ?? 0)) return 'gzip';
  if ((weights.get('br') ?? 0) > 0 || identity === 0) return null;
  return 'plain';
}
