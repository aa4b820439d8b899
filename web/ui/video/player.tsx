import './player.css';
import { Play, RotateCcw } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { apart } from './apart.ts';
import { CaptionTracks } from './captions.tsx';
import { type Clip, goesRound } from './clip.ts';
import { Controls } from './controls.tsx';
import { followHold } from './hold.ts';
import { setSound, soundOn } from './sound.ts';
import { playsByItself } from './turns.ts';
import { type Playing, usePlaying } from './use-playing.ts';

export interface PlayerProps {
  readonly clip: Clip;
  /** What it is, for those who hear it. */
  readonly label: string;
  /** Width by height of the video, and of the box in whose middle it stands. */
  readonly ratio: number;
  readonly box: number;
  readonly held?: boolean | undefined;
  /** When its bytes do not come: help, which may bring another address. */
  readonly onFail?: (() => Promise<unknown>) | undefined;
  /** How much of it has been played by now, from 0 to 1. */
  readonly onPlayed?: ((share: number) => void) | undefined;
}

/** Milliseconds that the controls stay after a touch. */
const STAY_MS = 3000;

/**
 * A video over its poster, in whose box it stands. It plays without sound while it is in view, one at
 * a time; a tap turns the sound on or off, holding it pauses, and everything has a button as well.
 */
export function Player({ clip, label, ratio, box: around, held, onFail, onPlayed }: PlayerProps) {
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const playing = usePlaying({ box, video, clip, held, onFail, onPlayed });
  const [touched, touch] = useTouched();
  const { failed, retry } = playing.source;
  const waitsForPerson = !playing.runs && (playing.paused || !playsByItself.value);
  const hold = useRef(followHold()).current;
  hold.onHold = playing.hold;

  const press = () => {
    touch();
    if (clip.loops || !clip.hasAudio || !playing.runs) playing.toggle();
    else setSound(!soundOn.peek());
  };
  const look = [
    'player',
    playing.shown && 'player--seen',
    (touched || waitsForPerson) && 'player--open',
    playing.waits && playing.runs && 'player--waits',
  ];

  return (
    // biome-ignore lint/a11y/useSemanticElements: a player is a group, not a set of fields.
    // biome-ignore lint/a11y/useKeyWithClickEvents: shortcuts for fingers; all have a button.
    <div
      ref={box}
      class={look.filter(Boolean).join(' ')}
      role="group"
      aria-label={label}
      style={placeIn(around, ratio)}
      {...hold.listeners}
      onClick={() => {
        if (!hold.wasHeld() && !failed) press();
      }}
    >
      {playing.near && (
        <video
          ref={video}
          class="player__video"
          playsInline
          muted
          loop={goesRound(clip)}
          preload={playsByItself.value ? 'metadata' : 'none'}
          disableRemotePlayback
          tabIndex={-1}
          aria-hidden="true"
        >
          <CaptionTracks captions={clip.captions} video={video} onFail={onFail} />
        </video>
      )}
      {failed ? (
        <Failed onRetry={retry} />
      ) : (
        <Over clip={clip} box={box} video={video} playing={playing} waits={waitsForPerson} />
      )}
    </div>
  );
}

/** Its own part of the box, so that what stands at its edges stands on the picture. */
function placeIn(box: number, ratio: number) {
  // What is as good as the whole box is all of it: nothing of the poster may show beside.
  const part = Math.abs(ratio / box - 1) < 0.02 ? 1 : ratio / box;
  return { '--wide': `${part * 100}%`, '--high': `${100 / part}%` };
}

interface OverProps {
  readonly clip: Clip;
  readonly box: { readonly current: HTMLElement | null };
  readonly video: { readonly current: HTMLVideoElement | null };
  readonly playing: Playing;
  /** It does not play, and will not by itself. */
  readonly waits: boolean;
}

/** What stands over the moving picture. */
function Over({ clip, box, video, playing, waits }: OverProps) {
  const { runs, toggle } = playing;
  return (
    <>
      {waits && (
        <span class="player__big" aria-hidden="true">
          <span>
            <Icon of={Play} size={32} filled />
          </span>
        </span>
      )}
      {clip.loops ? (
        <button
          type="button"
          class="player__gif"
          aria-label={t(runs ? 'video.pause-gif' : 'video.play-gif')}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
          {...apart}
        >
          <span>GIF</span>
        </button>
      ) : (
        <Controls
          clip={clip}
          box={box}
          video={video}
          near={playing.near}
          runs={runs}
          toggle={toggle}
        />
      )}
    </>
  );
}

function Failed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <div class="player__failed" role="status">
      <p>{t('video.failed')}</p>
      <Button
        small
        icon={RotateCcw}
        onClick={(event) => {
          event.stopPropagation();
          onRetry();
        }}
      >
        {t('try-again')}
      </Button>
    </div>
  );
}

function useTouched(): [boolean, () => void] {
  const [touched, setTouched] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const touch = () => {
    setTouched(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setTouched(false), STAY_MS);
  };
  return [touched, touch];
}
