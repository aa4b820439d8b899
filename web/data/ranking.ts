import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { PRESETS } from '../../api/limits.ts';
import type * as api from '../../api/ranking.ts';
import type { BodyOf } from '../../api/route.ts';
import { t } from '../strings/strings.ts';
import { toast } from '../ui/toast.tsx';
import { ApiError } from './api-error.ts';
import { call } from './client.ts';
import { me, onSignedOut } from './session.ts';

type Ranking = api.Ranking;
export type RankingChange = BodyOf<typeof api.changeRanking>;

/** Who chose which order, so that the right feed is asked for before the server has said it. */
const KEY = 'aperto.order';
/** Milliseconds that a slider rests before its weight is kept. */
const REST = 400;

/** As the server has it; null until it has come. */
const kept = signal<Ranking | null>(null);
/** What is on its way to the server, and what waits for it. */
const sending = signal<RankingChange | null>(null);
const waiting = signal<RankingChange | null>(null);
/** Shown as begun anew, or as taken back, while that can still be undone. */
export const resetting = signal(false);
export const takingBack = signal<ReadonlySet<string>>(new Set());

const failure = signal<ApiError | null>(null);
const version = signal(0);

/** Counts what the server has taken in that changes the ranked order. */
export const rankingVersion: ReadonlySignal<number> = version;

function anew(): Ranking {
  const order = kept.value?.order ?? 'latest';
  return { order, preset: 'balanced', weights: PRESETS.balanced, changed: false, less_of: [] };
}

const value = computed<Ranking | null>(() => {
  if (!kept.value) return null;
  const begun = resetting.value ? anew() : kept.value;
  const left = begun.less_of.filter(({ less_id }) => !takingBack.value.has(less_id));
  const changes = [sending.value, waiting.value];
  return changes.reduce<Ranking>(withChange, { ...begun, less_of: left });
});

/** A choice as it will be; the server's own answer takes its place. */
export function withChange(now: Ranking, change: RankingChange | null): Ranking {
  if (!change) return now;
  const preset = change.preset ?? now.preset;
  const own: api.Weights = PRESETS[preset];
  const weights = { ...(preset === now.preset ? now.weights : own), ...change.weights };
  const names = Object.keys(own) as (keyof api.Weights)[];
  return {
    ...now,
    order: change.order ?? now.order,
    preset,
    weights,
    changed: names.some((name) => weights[name] !== own[name]),
  };
}

/** Both in one: the later one decides, and another preset begins with its own weights. */
function merged(first: RankingChange | null, then: RankingChange): RankingChange {
  if (!first || then.preset) return { ...(first?.order ? { order: first.order } : {}), ...then };
  const weights = { ...first.weights, ...then.weights };
  return { ...first, ...then, ...(Object.keys(weights).length > 0 ? { weights } : {}) };
}

/** The order that was chosen on this device last. */
const recalled = signal<{ readonly user_id: string; readonly order: api.FeedOrder } | null>(
  JSON.parse(globalThis.localStorage?.getItem(KEY) ?? 'null'),
);

/** The order of the home feed; null until anybody knows it. */
export const feedOrder: ReadonlySignal<api.FeedOrder | null> = computed(() => {
  const wished = waiting.value?.order ?? sending.value?.order ?? kept.value?.order;
  if (wished) return wished;
  if (recalled.value && recalled.value.user_id === me.value?.user_id) return recalled.value.order;
  // Latest needs no wishes to be right: a feed in that order is better than none.
  return failure.value ? 'latest' : null;
});

function keepOrder(order: api.FeedOrder): void {
  const user_id = me.peek()?.user_id;
  if (!user_id) return;
  recalled.value = { user_id, order };
  localStorage.setItem(KEY, JSON.stringify(recalled.peek()));
}

onSignedOut(() => {
  clearTimeout(timer);
  localStorage.removeItem(KEY);
  batch(() => {
    for (const one of [kept, sending, waiting, failure, recalled]) one.value = null;
    resetting.value = false;
    takingBack.value = new Set();
  });
});

/** Takes in an answer of the server; `reorders` when ranked feeds from before it are old. */
export function adoptRanking(said: Ranking, reorders: boolean): void {
  batch(() => {
    kept.value = said;
    failure.value = null;
    if (reorders) version.value += 1;
  });
  keepOrder(said.order);
}

let loading: Promise<void> | null = null;

async function load(): Promise<void> {
  if (kept.peek()) return;
  loading ??= ask().finally(() => {
    loading = null;
  });
  await loading;
}

async function ask(): Promise<void> {
  try {
    const said = await call<typeof api.getRanking>('GET /feed/ranking', {});
    if (me.peek()) adoptRanking(said, false);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failure.value = error;
  }
}

/** How the person wants their feed: what they wished last, whether or not the server has it. */
export const ranking: {
  readonly value: ReadonlySignal<Ranking | null>;
  readonly failed: ReadonlySignal<ApiError | null>;
  load(): Promise<void>;
} = { value, failed: failure, load };

let last: Promise<unknown> = Promise.resolve();

/** Changes reach the server one after the other: each means what stood there before it. */
export function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const next = last.then(work, work);
  last = next.catch(() => undefined);
  return next;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a change at once and keeps it: a weight when its slider rests, all else now. */
export function changeRanking(change: RankingChange): void {
  waiting.value = merged(waiting.peek(), change);
  clearTimeout(timer);
  if (change.weights) timer = setTimeout(() => void saveRanking(), REST);
  else void saveRanking();
}

/** Sends what waits; resolves when the server has it, or has refused it and it is taken back. */
export function saveRanking(): Promise<void> {
  clearTimeout(timer);
  return inTurn(async () => {
    const body = waiting.peek();
    if (!body) return;
    batch(() => {
      sending.value = body;
      waiting.value = null;
    });
    try {
      const said = await call<typeof api.changeRanking>('PUT /feed/ranking', {
        body,
        keepalive: true,
      });
      batch(() => {
        sending.value = null;
        adoptRanking(said, body.preset !== undefined || body.weights !== undefined);
      });
    } catch (error) {
      sending.value = null;
      if (!(error instanceof ApiError)) throw error;
      const again = { label: t('try-again'), run: () => changeRanking(body) };
      if (me.peek()) {
        toast({ text: t('settings.not-saved', { reason: error.message }), action: again });
      }
    }
  });
}

if (typeof document !== 'undefined') {
  addEventListener('pagehide', () => {
    if (waiting.peek()) void saveRanking();
  });
}
