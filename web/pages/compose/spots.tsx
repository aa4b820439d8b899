import type { Ref } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { spotLook } from '../../ui/spot.ts';
import type { Taggable } from './taggable.ts';

/** A spot of a picture, as fractions of its width and height. */
export interface At {
  readonly x: number;
  readonly y: number;
}

/** How far one press of an arrow moves a spot. */
const STEP = 0.02;
const LARGE_STEP = 0.1;
/** Pixels that a finger may tremble while it taps. */
const STILL = 4;

interface SpotsProps {
  readonly picture: Taggable;
  /** The spot that was tapped, while it is asked who is there. */
  readonly aim: At | null;
  readonly stageRef: Ref<HTMLDivElement>;
  readonly onAim: (at: At) => void;
  readonly onMove: (username: string, to: At) => void;
  readonly onRemove: (username: string) => void;
}

/** A picture with those who are tagged in it: tap, drag, arrow keys. */
export function Spots({ picture, aim, stageRef, onAim, onMove, onRemove }: SpotsProps) {
  const box = useRef<HTMLDivElement>(null);
  const held = useRef<{ username: string; x: number; y: number; moved: boolean } | null>(null);
  const at = (event: MouseEvent): At => {
    const { left, top, width, height } = box.current?.getBoundingClientRect() ?? new DOMRect();
    return { x: within((event.clientX - left) / width), y: within((event.clientY - top) / height) };
  };

  const onKeyDown = (event: KeyboardEvent, username: string, from: At) => {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onRemove(username);
      return;
    }
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    onMove(username, { x: within(from.x + way[0] * step), y: within(from.y + way[1] * step) });
  };

  return (
    <div class="spots" ref={stageRef}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: by keys, the person is chosen first. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
      <div
        ref={box}
        class="spots__picture"
        style={{ aspectRatio: String(picture.ratio), '--ratio': String(picture.ratio) }}
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('.spots__name')) return;
          onAim(at(event));
        }}
      >
        {picture.picture}
        {picture.tagged.map(({ username, ...spot }) => (
          <button
            key={username}
            type="button"
            {...spotLook(spot)}
            class={`spots__name ${spotLook(spot).class}`}
            data-name={username}
            aria-label={t('tagging.spot', { username })}
            onKeyDown={(event) => onKeyDown(event, username, spot)}
            onMouseDown={(event) => {
              // Or the browser would drag what is selected on the page.
              event.preventDefault();
              event.currentTarget.focus();
            }}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              held.current = { username, x: event.clientX, y: event.clientY, moved: false };
            }}
            onPointerMove={(event) => {
              const now = held.current;
              if (!now) return;
              const far = Math.hypot(event.clientX - now.x, event.clientY - now.y) > STILL;
              now.moved ||= far;
              if (now.moved) onMove(username, at(event));
            }}
            onPointerUp={() => {
              held.current = null;
            }}
            onPointerCancel={() => {
              held.current = null;
            }}
          >
            <span class="spot__words ellipsis">{username}</span>
          </button>
        ))}
        {aim && <span class="spots__aim" style={spotLook(aim).style} aria-hidden="true" />}
      </div>
    </div>
  );
}

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function within(fraction: number): number {
  return Math.min(1, Math.max(0, Math.round(fraction * 10_000) / 10_000));
}
