import { effect, signal } from '@preact/signals';
import type * as api from '../../api/settings.ts';
import { t } from '../strings/strings.ts';
import { toast } from '../ui/toast.tsx';
import { ApiError, call } from './client.ts';
import { keepLikeCounts } from './like-counts.ts';
import { onSignedOut } from './session.ts';

/** A part of what the person has chosen: asked for once, changed on the screen before the server has it. */
interface Chosen<Value> {
  /** Null until it has come. */
  readonly value: { readonly value: Value | null };
  readonly failed: { readonly value: ApiError | null };
  /** Asks the server, unless it is here. */
  load(): Promise<void>;
  /** Shows the change at once, and takes it back when it could not be kept. */
  change(next: Partial<Value>): Promise<void>;
}

function chosen<Value extends object>(
  ask: () => Promise<Value>,
  save: (change: Partial<Value>, whole: Value) => Promise<Value>,
): Chosen<Value> {
  const value = signal<Value | null>(null);
  const failed = signal<ApiError | null>(null);
  /** Changes that are on their way: an older answer must not undo a newer choice. */
  let underWay = 0;
  onSignedOut(() => {
    value.value = null;
    failed.value = null;
  });
  return {
    value,
    failed,
    async load() {
      if (value.peek()) return;
      try {
        value.value = await ask();
        failed.value = null;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failed.value = error;
      }
    },
    async change(next) {
      const before = value.peek();
      if (!before) return;
      const wished = { ...before, ...next };
      value.value = wished;
      underWay += 1;
      try {
        const kept = await save(next, wished);
        if (underWay === 1) value.value = kept;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const now = value.peek();
        const undone = Object.fromEntries(
          Object.keys(next).map((key) => [key, before[key as keyof Value]]),
        );
        if (now) value.value = { ...now, ...undone };
        toast({ text: t('settings.not-saved', { reason: error.message }) });
      } finally {
        underWay -= 1;
      }
    },
  };
}

/** What the signed-in person has chosen for themselves and towards others. */
export const settings = chosen<api.Settings>(
  () => call<typeof api.getSettings>('GET /account/settings', {}),
  (body) => call<typeof api.changeSettings>('PUT /account/settings', { body }),
);

effect(() => {
  if (settings.value.value) keepLikeCounts(settings.value.value.show_like_counts);
});

/** What they want to be told, and where. */
export const notifications = chosen<api.NotificationPreferences>(
  () => call<typeof api.getNotificationPreferences>('GET /notifications/preferences', {}),
  (_change, body) =>
    call<typeof api.changeNotificationPreferences>('PUT /notifications/preferences', { body }),
);
