import type { Media, Video } from '../../api/media.ts';

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
    return lasts ? { ...media, url: old.url, sizes: old.sizes, video: lasting(media, old) } : media;
  });
}

/** What is played too; captions may have come or gone. */
function lasting({ video: fresh }: Media, { video: old }: Media): Video | null {
  if (!fresh || !old) return fresh;
  const keep = <A extends string | null>(now: A, before: A): A =>
    withoutQuery(now) === withoutQuery(before) ? before : now;
  const captions = fresh.captions.map(({ language, url }) => {
    const before = old.captions.find((one) => one.language === language);
    return { language, url: before ? keep(url, before.url) : url };
  });
  return { ...fresh, mp4: keep(fresh.mp4, old.mp4), hls: keep(fresh.hls, old.hls), captions };
}
