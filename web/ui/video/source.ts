import type { Attached, AttachOptions } from './attached.ts';
import { addressOf, type Clip } from './clip.ts';

const PLAYLIST = 'application/vnd.apple.mpegurl';

/**
 * Safari plays playlists by itself, and well. Others that say so came to it late; there a library that
 * keeps to the size of the player does better.
 */
function playsPlaylists(video: HTMLVideoElement): boolean {
  const apple = 'ManagedMediaSource' in window || !('MediaSource' in window);
  return apple && video.canPlayType(PLAYLIST) !== '';
}

/** Gives a video element its bytes: a file, or a playlist by whatever can play it. */
export function attach(video: HTMLVideoElement, clip: Clip, options: AttachOptions): Attached {
  const url = addressOf(clip);
  if (clip.mp4 === null && clip.hls !== null && !playsPlaylists(video)) {
    return attachPlaylist(video, url, options);
  }
  const { at, onFail } = options;
  video.addEventListener('error', onFail);
  video.src = url;
  if (at > 0) video.currentTime = at;
  return {
    start: () => undefined,
    detach() {
      video.removeEventListener('error', onFail);
      letGo(video);
    },
  };
}

function attachPlaylist(video: HTMLVideoElement, url: string, options: AttachOptions): Attached {
  let inner: Attached | null = null;
  let wanted = true;
  let started = false;
  import('./playlist.ts')
    .then(({ attachByLibrary }) => {
      if (!wanted) return;
      inner = attachByLibrary(video, url, options);
      if (started) inner?.start();
      if (!inner) options.onFail();
    })
    .catch((error: unknown) => {
      console.error('The code for long videos could not be loaded:', error);
      options.onFail();
    });
  return {
    start() {
      started = true;
      inner?.start();
    },
    detach() {
      wanted = false;
      inner?.detach();
    },
  };
}

/** A media element lets go of its bytes and its decoder only when it is told so. */
function letGo(video: HTMLVideoElement): void {
  video.removeAttribute('src');
  video.load();
}
