import './toast.css';
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

export interface Toast {
  readonly text: string;
  /** What can be done about it: "Undo", "Try again". */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  /** Stays until its action is taken; for what will be true tomorrow as well. */
  readonly stays?: boolean | undefined;
  /** Runs once when the toast has gone and its action was not taken. */
  readonly onGone?: (() => void) | undefined;
}

interface Shown extends Toast {
  readonly id: number;
}

/** Milliseconds that a toast stays; longer when there is something to press. */
const STAY = 4000;
const STAY_WITH_ACTION = 8000;
const SHOWN_MAX = 3;

const shown = signal<readonly Shown[]>([]);
let last = 0;

/** Says something small at the foot of the window; gives back what takes it away again. */
export function toast(what: Toast): () => void {
  last += 1;
  const id = last;
  const same = shown.peek().filter((other) => other.text === what.text);
  for (const other of same) leave(other.id, false);
  shown.value = [...shown.peek(), { ...what, id }];
  const tooMany = shown.peek().length - SHOWN_MAX;
  for (const old of shown.peek().slice(0, Math.max(0, tooMany))) leave(old.id, false);
  return () => leave(id, true);
}

function leave(id: number, taken: boolean): void {
  const gone = shown.peek().find((other) => other.id === id);
  if (!gone) return;
  shown.value = shown.peek().filter((other) => other.id !== id);
  if (!taken) gone.onGone?.();
}

function ToastCard({ of }: { of: Shown }) {
  useEffect(() => {
    if (of.stays) return;
    const timer = setTimeout(() => leave(of.id, false), of.action ? STAY_WITH_ACTION : STAY);
    return () => clearTimeout(timer);
  }, [of]);
  return (
    <div class="toast">
      <span class="toast__text">{of.text}</span>
      {of.action && (
        <button
          type="button"
          class="toast__action"
          onClick={() => {
            leave(of.id, true);
            of.action?.run();
          }}
        >
          {of.action.label}
        </button>
      )}
    </div>
  );
}

/** Places where toasts can appear, the last opened last. */
const places = signal<readonly symbol[]>([]);

/**
 * The place where toasts appear: one in the shell, and one in each sheet, since what lies outside an
 * open sheet can be neither seen nor pressed. The one opened last is used.
 */
export function Toasts() {
  const [own] = useState(() => Symbol('place'));
  useLayoutEffect(() => {
    places.value = [...places.peek(), own];
    return () => {
      places.value = places.peek().filter((other) => other !== own);
    };
  }, [own]);
  const here = places.value.at(-1) === own;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {here && shown.value.map((of) => <ToastCard key={of.id} of={of} />)}
    </div>
  );
}
