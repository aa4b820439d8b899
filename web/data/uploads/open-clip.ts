/** A chosen video in an element of its own, so that its frames can be looked at. */
export interface OpenClip {
  readonly video: HTMLVideoElement;
  readonly close: () => void;
}

/** Milliseconds: a video that shows nothing by then is one that this browser cannot show. */
const PATIENCE_MS = 8000;

/** Opens a video at an address of this page; null when the browser cannot show it. */
export async function openClip(address: string): Promise<OpenClip | null> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  video.src = address;
  const close = () => {
    video.removeAttribute('src');
    video.load();
  };
  const opened = await happens(video, 'loadeddata');
  // Of some that it cannot show, a browser still plays the sound.
  if (opened && video.videoWidth > 0) return { video, close };
  close();
  return null;
}

/** Shows the frame of a second; false when that does not come. */
export async function seekTo(video: HTMLVideoElement, second: number): Promise<boolean> {
  const seeked = happens(video, 'seeked');
  video.currentTime = second;
  return seeked;
}

/** Waits for an event; false when an error comes first, or nothing. */
function happens(video: HTMLVideoElement, name: 'loadeddata' | 'seeked'): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const end = (good: boolean) => {
      stop.abort();
      clearTimeout(timer);
      resolve(good);
    };
    const timer = setTimeout(() => end(false), PATIENCE_MS);
    video.addEventListener(name, () => end(true), { signal: stop.signal });
    video.addEventListener('error', () => end(false), { signal: stop.signal });
  });
}
