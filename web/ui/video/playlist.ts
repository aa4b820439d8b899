import Hls from 'hls.js';
import type { Attached, AttachOptions } from './attached.ts';

/** Seconds that are loaded ahead and kept behind: enough for a bad moment, little for a phone. */
const AHEAD = 20;
const AHEAD_MAX = 40;
const BEHIND = 20;

/** Statuses of an address that has ended, or of what has gone. */
const ENDED: ReadonlySet<number> = new Set([403, 404, 410]);

/** Plays a playlist by hls.js; null where the browser cannot take bytes from scripts. */
export function attachByLibrary(
  video: HTMLVideoElement,
  url: string,
  { at, onFail }: AttachOptions,
): Attached | null {
  if (!Hls.isSupported()) return null;
  const hls = new Hls({
    // Fragments of CMAF go to the browser as they are: there is nothing for a worker to do, and the
    // policy of our pages need not let one be made of a text.
    enableWorker: false,
    capLevelToPlayerSize: true,
    autoStartLoad: false,
    startPosition: at > 0 ? at : -1,
    maxBufferLength: AHEAD,
    maxMaxBufferLength: AHEAD_MAX,
    backBufferLength: BEHIND,
  });
  let mended = false;
  hls.on(Hls.Events.ERROR, (_event, { fatal, type, response }) => {
    if (response?.code !== undefined && ENDED.has(response.code)) return onFail();
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else onFail();
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  let started = false;
  return {
    start() {
      if (started) return;
      started = true;
      hls.startLoad(at > 0 ? at : -1);
    },
    detach: () => hls.destroy(),
  };
}
