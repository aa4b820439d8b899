import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Clip } from './clip.ts';
import { setSound, soundOn } from './sound.ts';
import { type Turn, takeSeat } from './turns.ts';
import { type Source, useSource } from './use-source.ts';

export interface Playing {
  readonly near: boolean;
  /** It runs, or would if its bytes were there. */
  readonly runs: boolean;
  /** A frame of it has been seen: it may stand over its poster. */
  readonly shown: boolean;
  /** Bytes are awaited. */
  readonly waits: boolean;
  readonly source: Source;
  /** Somebody has it paused, and it stays so. */
  readonly paused: boolean;
  readonly toggle: () => void;
  /** Pauses for as long as a finger rests on it. */
  readonly hold: (held: boolean) => void;
}

interface Options {
  readonly box: RefObject<HTMLElement | null>;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly clip: Clip;
  /** Its bytes are not to be asked for yet: a better address is on its way. */
  readonly held: boolean | undefined;
  readonly onFail: (() => Promise<unknown>) | undefined;
  readonly onPlayed: ((share: number) => void) | undefined;
}

/** A video that plays when it is its turn: in view, one at a time, never behind the person's back. */
export function usePlaying({ box, video, clip, held, onFail, onPlayed }: Options): Playing {
  const seat = useRef<ReturnType<typeof takeSeat> | null>(null);
  const [turn, setTurn] = useState<Turn>({ near: false, mine: false });
  const [paused, setPaused] = useState(false);
  const [resting, setResting] = useState(false);
  const [state, setState] = useState({ runs: false, shown: false, waits: false });
  const source = useSource(video, clip, turn.near && !held, onFail);
  const go = turn.mine && !resting && !source.failed;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const own = takeSeat(element, setTurn);
    seat.current = own;
    return () => own.leave();
  }, []);

  const pause = () => {
    setPaused(true);
    seat.current?.wish('pause');
  };

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (!go) return element.pause();
    source.start();
    begin(element, pause).catch(reportError);
  }, [go, source.attached]);

  const sound = soundOn.value;
  useEffect(() => {
    if (video.current) video.current.muted = clip.loops || !sound;
  }, [sound, turn.near, clip.loops]);

  useEffect(() => {
    const element = video.current;
    if (!element) {
      setState({ runs: false, shown: false, waits: false });
      return;
    }
    const tellPlayed = () => onPlayed?.(playedShare(element));
    return follow(
      element,
      (change) => setState((now) => ({ ...now, ...change })),
      pause,
      tellPlayed,
    );
  }, [turn.near]);

  return {
    near: turn.near,
    ...state,
    source,
    paused,
    toggle: () => {
      const wanted = paused || !turn.mine;
      setPaused(!wanted);
      if (wanted && video.current?.ended) video.current.currentTime = 0;
      seat.current?.wish(wanted ? 'play' : 'pause');
    },
    hold: setResting,
  };
}

/** Plays; where the browser lets nothing be heard yet, without sound. */
async function begin(element: HTMLVideoElement, onRefused: () => void): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    // Paused or emptied meanwhile, or its bytes are of no use, which it says by itself.
    if (error.name !== 'NotAllowedError') return;
    if (element.muted) return onRefused();
    element.muted = true;
    setSound(false);
    await begin(element, onRefused);
  }
}

/** How much of a video has been played, whatever was leapt over left out. */
function playedShare({ played, duration }: HTMLVideoElement): number {
  if (!Number.isFinite(duration) || duration <= 0) return 0;
  let sum = 0;
  for (let index = 0; index < played.length; index += 1) {
    sum += played.end(index) - played.start(index);
  }
  return Math.min(1, sum / duration);
}

type State = Pick<Playing, 'runs' | 'shown' | 'waits'>;

function follow(
  element: HTMLVideoElement,
  tell: (change: Partial<State>) => void,
  onEnded: () => void,
  onTime: () => void,
): () => void {
  const stop = new AbortController();
  const on = (name: keyof HTMLMediaElementEventMap, work: () => void) =>
    element.addEventListener(name, work, { signal: stop.signal });
  on('play', () => tell({ runs: true }));
  on('pause', () => tell({ runs: false, waits: false }));
  on('playing', () => tell({ runs: true, shown: true, waits: false }));
  on('seeked', () => tell({ shown: true, waits: false }));
  on('waiting', () => tell({ waits: !element.paused }));
  on('emptied', () => tell({ runs: false, shown: false, waits: false }));
  on('ended', onEnded);
  on('timeupdate', onTime);
  return () => stop.abort();
}
