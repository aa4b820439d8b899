import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Attached } from './attached.ts';
import { addressOf, type Clip } from './clip.ts';
import { attach } from './source.ts';

export interface Source {
  readonly failed: boolean;
  /** Counts how often the element was given bytes: what is to be done then is done again. */
  readonly attached: number;
  readonly start: () => void;
  readonly retry: () => void;
}

/**
 * Gives a video element its bytes while it is wanted, and takes them away afterwards. An address that
 * does not work is told to `onFail`, which may bring another one: then it goes on at the same second.
 */
export function useSource(
  video: RefObject<HTMLVideoElement | null>,
  clip: Clip,
  wanted: boolean,
  onFail: (() => Promise<unknown>) | undefined,
): Source {
  const address = addressOf(clip);
  const [using, setUsing] = useState(address);
  const [broken, setBroken] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [attached, setAttached] = useState(0);
  const held = useRef<Attached | null>(null);
  const latest = useRef({ clip, onFail });
  latest.current = { clip, onFail };
  const at = useRef(0);

  // What plays keeps its address, though there is a newer one, until it fails.
  useEffect(() => {
    if (using !== address && (!wanted || broken === using)) setUsing(address);
  }, [using, address, wanted, broken]);

  const works = broken !== using;
  useEffect(() => {
    const element = video.current;
    if (!element || !wanted || !works) return;
    const fail = () => {
      // Once for each: both the element and a library may say so.
      own.detach();
      const help = latest.current.onFail?.() ?? Promise.resolve();
      help.finally(() => setBroken(using)).catch(reportError);
    };
    let failed = false;
    const onFail = () => {
      if (failed) return;
      failed = true;
      // Not from within the event: the element must not be emptied while it speaks.
      queueMicrotask(fail);
    };
    const keep = () => {
      if (element.currentTime > 0 && !failed) at.current = element.currentTime;
    };
    element.addEventListener('timeupdate', keep);
    element.addEventListener('seeking', keep);
    const used = { ...latest.current.clip, [latest.current.clip.mp4 ? 'mp4' : 'hls']: using };
    const own = attach(element, used, { at: at.current, onFail });
    held.current = own;
    setAttached((count) => count + 1);
    return () => {
      failed = true;
      element.removeEventListener('timeupdate', keep);
      element.removeEventListener('seeking', keep);
      own.detach();
      held.current = null;
    };
  }, [wanted, using, works, attempt]);

  return {
    failed: !works && using === address,
    attached,
    start: () => held.current?.start(),
    retry: () => {
      setBroken(null);
      setAttempt(attempt + 1);
    },
  };
}
