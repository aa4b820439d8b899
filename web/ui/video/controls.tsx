import { Maximize, Minimize, Pause, Play, Volume2, VolumeX } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../button.tsx';
import { durationText } from '../duration.ts';
import { apart } from './apart.ts';
import { CaptionsMenu } from './captions.tsx';
import type { Clip } from './clip.ts';
import { setSound, soundOn } from './sound.ts';

interface ControlsProps {
  readonly clip: Clip;
  readonly box: { readonly current: HTMLElement | null };
  readonly video: { readonly current: HTMLVideoElement | null };
  readonly near: boolean;
  readonly runs: boolean;
  readonly toggle: () => void;
}

/** Play, time, captions, full screen, sound, and the line that can be dragged. */
export function Controls({ clip, box, video, near, runs, toggle }: ControlsProps) {
  const [now, duration] = useTime(video, near, clip.duration);
  const sound = soundOn.value;
  // From where it is by now, not where it was when this was drawn: keys come faster.
  const seek = (to: number | ((from: number) => number)) => {
    const element = video.current;
    if (!element) return;
    const second = typeof to === 'number' ? to : to(element.currentTime);
    element.currentTime = Math.min(Math.max(0, second), duration);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps presses of its buttons to itself.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div class="player__bar" {...apart} onClick={(event) => event.stopPropagation()}>
      <div class="player__row">
        <div class="player__more">
          <IconButton
            icon={runs ? Pause : Play}
            filled
            iconSize={20}
            label={t(runs ? 'video.pause' : 'video.play')}
            onClick={toggle}
          />
          <span class="player__time figures">
            {durationText(now)} / {durationText(duration)}
          </span>
        </div>
        <div class="player__more">
          {clip.captions.length > 0 && <CaptionsMenu captions={clip.captions} />}
          <FullScreenButton box={box} video={video} />
        </div>
        {clip.hasAudio && (
          <IconButton
            icon={sound ? Volume2 : VolumeX}
            iconSize={20}
            class="player__sound"
            label={t(sound ? 'video.sound-off' : 'video.sound-on')}
            onClick={() => setSound(!sound)}
          />
        )}
      </div>
      <Line now={now} duration={duration} onSeek={seek} onToggle={toggle} />
    </div>
  );
}

interface LineProps {
  readonly now: number;
  readonly duration: number;
  readonly onSeek: (to: number | ((from: number) => number)) => void;
  readonly onToggle: () => void;
}

/** Seconds that an arrow key moves, in short videos and in long ones. */
const STEP = 1;
const LARGE_STEP = 5;
const LONG = 60;

function Line({ now, duration, onSeek, onToggle }: LineProps) {
  const step = duration > LONG ? LARGE_STEP : STEP;
  const onKeyDown = (event: KeyboardEvent) => {
    const forward = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? -1 : 1;
    const by = {
      ArrowRight: step * forward,
      ArrowLeft: -step * forward,
      ArrowUp: step,
      ArrowDown: -step,
      PageUp: duration / 10,
      PageDown: -duration / 10,
      Home: -duration,
      End: duration,
    }[event.key];
    if (by === undefined && event.key !== ' ') return;
    // Neither the carousel nor the feed is meant.
    event.preventDefault();
    event.stopPropagation();
    if (by === undefined) onToggle();
    else onSeek((from) => from + by);
  };
  return (
    <input
      type="range"
      class="player__line"
      aria-label={t('video.seek')}
      aria-valuetext={t('video.at', { now: durationText(now), duration: durationText(duration) })}
      min={0}
      max={duration}
      step="any"
      value={now}
      style={{ '--done': `${duration > 0 ? (now / duration) * 100 : 0}%` }}
      onInput={(event) => onSeek(event.currentTarget.valueAsNumber)}
      onKeyDown={onKeyDown}
    />
  );
}

/** Where it is, at each frame while it runs, and how long it is, in seconds. */
function useTime(
  video: ControlsProps['video'],
  near: boolean,
  told: number,
): readonly [number, number] {
  const [time, setTime] = useState(0);
  const [duration, setDuration] = useState(told);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let frame = 0;
    const look = () => {
      setTime(element.currentTime);
      frame = element.paused ? 0 : requestAnimationFrame(look);
    };
    const lookOnce = () => setTime(element.currentTime);
    const measure = () => {
      if (Number.isFinite(element.duration)) setDuration(element.duration);
    };
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener('durationchange', measure, { signal });
    element.addEventListener('seeking', lookOnce, { signal });
    element.addEventListener('playing', () => frame || look(), { signal });
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [near]);
  return [Math.min(time, duration), duration];
}

/** iPhones put only the video itself on the full screen, with controls of their own. */
type ApplePhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

function FullScreenButton({ box, video }: Pick<ControlsProps, 'box' | 'video'>) {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(box.current !== null && document.fullscreenElement === box.current);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  const press = () => {
    if (full) return document.exitFullscreen();
    if (document.fullscreenEnabled) return box.current?.requestFullscreen();
    (video.current as ApplePhoneVideo | null)?.webkitEnterFullscreen?.();
    return undefined;
  };
  return (
    <IconButton
      icon={full ? Minimize : Maximize}
      iconSize={20}
      label={t(full ? 'video.small' : 'video.full')}
      onClick={() => press()?.catch(reportError)}
    />
  );
}
