import type { Media } from '../../api/media.ts';

/** Seconds before its end at which an address is not begun with any more. */
const MARGIN = 10;

/** When an address ends, in milliseconds since 1970; null for one that everyone may use for ever. */
export function endOf(address: string | null | undefined): number | null {
  const until = address ? /[?&]until=(\d+)/.exec(address)?.[1] : undefined;
  return until === undefined ? null : Number(until) * 1000;
}

/** Whether the pictures' addresses have ended, or are about to. */
export function hasEnded(media: readonly Media[], now = Date.now()): boolean {
  return media.some(({ url }) => {
    const end = endOf(url);
    return end !== null && end - MARGIN * 1000 <= now;
  });
}

const withoutQuery = (address: string | null) => address?.split('?')[0];

/**
 * The same pictures with the addresses that are in use, where those are good for a while yet: a
 * picture that is on the screen must not be fetched again because its post was.
 */
export function withLastingAddresses(fresh: readonly Media[], known: readonly Media[]): Media[] {
  const before = new Map(known.map((media) => [media.media_id, media]));
  return fresh.map((media) => {
    const old = before.get(media.media_id);
    const same = old !== undefined && withoutQuery(old.url) === withoutQuery(media.url);
    const lasts = same && endOf(old.url) !== null && endOf(media.url) !== null && !hasEnded([old]);
    return lasts ? { ...media, url: old.url, sizes: old.sizes } : media;
  });
}
