import { timingSafeEqual } from 'node:crypto';
import { VIDEO_SECONDS_MAX } from '../../../api/limits.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type Secrets, sign } from '../../kernel/secrets.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { mediaUrl } from './view.ts';

/**
 * Addresses of pictures that not everyone may see: good for 150 to 300 seconds. The end is rounded up
 * to a step, so that a page that is read again within it finds its pictures in the browser's cache.
 */
const STEP_S = 150;

type Deps = { readonly secrets: Secrets; readonly clock: Clock };

/** What signs for one post covers its folder, so one signature serves all its pictures. */
const folderOf = (key: BlobKey) => key.slice(0, key.lastIndexOf('/'));

const signature = ({ secrets }: Deps, folder: string, until: number) =>
  sign(secrets.media, `${until}\n${folder}`).slice(0, 32);

const stepOf = ({ clock }: Pick<Deps, 'clock'>) => Math.floor(clock.millis() / 1000 / STEP_S);

/** Until when signed addresses are given out with the same end, in milliseconds. */
export function addressesChangeAt(deps: Pick<Deps, 'clock'>): number {
  return (stepOf(deps) + 1) * STEP_S * 1000;
}

/** Gives a function from keys to signed addresses, all with the same end. */
export function privateAddresses(deps: Deps): (key: BlobKey) => string {
  const until = (stepOf(deps) + 2) * STEP_S;
  const signed = new Map<string, string>();
  return (key) => {
    const folder = folderOf(key);
    let query = signed.get(folder);
    if (query === undefined) {
      query = `?until=${until}&signature=${signature(deps, folder, until)}`;
      signed.set(folder, query);
    }
    return mediaUrl(key) + query;
  };
}

/** What follows the question mark of a signed address, as it was asked for. */
export type SignedQuery = { readonly until?: unknown; readonly signature?: unknown };

/** For how many more seconds a signed address is good; 0 when it is not, or not signed by us. */
export function secondsLeft(deps: Deps, key: BlobKey, query: SignedQuery): number {
  return timeLeft(deps, query, (until) => signature(deps, folderOf(key), until));
}

const playSignature = ({ secrets }: Deps, folder: string, until: number) =>
  sign(secrets.media, `play\n${until}\n${folder}`).slice(0, 32);

/**
 * What a signed playlist hands on to the files that it names: good for as long as the longest video
 * beyond the end of the playlist's own address, so that a film which was begun can be seen to its end;
 * 15 minutes at most from when the address was given out. It opens no pictures, and a playlist that was
 * opened by it hands on the same, so nobody gets more time by asking again.
 */
export function playQuery(deps: Deps, key: BlobKey, { until }: SignedQuery): string {
  const end = Number(until) + VIDEO_SECONDS_MAX;
  return `until=${end}&signature=${playSignature(deps, folderOf(key), end)}`;
}

/** For how many more seconds what a playlist has handed on is good; 0 when it is not. */
export function playSecondsLeft(deps: Deps, key: BlobKey, query: SignedQuery): number {
  return timeLeft(deps, query, (until) => playSignature(deps, folderOf(key), until));
}

function timeLeft(
  deps: Deps,
  { until, signature: given }: SignedQuery,
  right: (until: number) => string,
): number {
  if (typeof until !== 'string' || typeof given !== 'string' || !/^[0-9]{1,12}$/.test(until))
    return 0;
  const expected = Buffer.from(right(Number(until)));
  const claimed = Buffer.from(given);
  if (claimed.length !== expected.length || !timingSafeEqual(claimed, expected)) return 0;
  return Math.max(0, Number(until) - Math.floor(deps.clock.millis() / 1000));
}

/**
 * An upload as it came, for its owner: good for 300 seconds. Nothing else ever serves an original, and
 * what signs for a post's pictures does not sign for this.
 */
const ORIGINAL_S = 300;

const originalSignature = ({ secrets }: Deps, key: BlobKey, until: number) =>
  sign(secrets.media, `original\n${until}\n${key}`).slice(0, 32);

export function originalAddress(deps: Deps, key: BlobKey): string {
  const until = Math.floor(deps.clock.millis() / 1000) + ORIGINAL_S;
  return `${mediaUrl(key)}?until=${until}&signature=${originalSignature(deps, key, until)}`;
}

/** Whether a signed address of an original is good now. */
export function opensOriginal(deps: Deps, key: BlobKey, query: SignedQuery): boolean {
  return timeLeft(deps, query, (until) => originalSignature(deps, key, until)) > 0;
}
