import { rankAnew, rankedIsOld } from '../../data/home-feed.ts';
import {
  changeRanking,
  type RankingChange,
  ranking,
  rankingVersion,
  saveRanking,
} from '../../data/ranking.ts';
import {
  type LessOf,
  type LessOfKind,
  resetRanking,
  showReset,
  showTaken,
  wantAgain,
  wantLess,
} from '../../data/why.ts';
import { locale, t } from '../../strings/strings.ts';
import { place } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';
import { tell, undoable } from '../post/undo.ts';
import { lessText } from './words.ts';

/** Lets a beginning anew that could still be undone happen, since what comes next builds on it. */
let settleReset = () => {};

/** Changes how the feed is ordered. */
export function change(wish: RankingChange): void {
  settleReset();
  changeRanking(wish);
}

/** Begins anew; it can be undone for a moment. */
export function reset(): void {
  settleReset();
  showReset(true);
  const settle = undoable(
    t('ranking.reset-done'),
    () => showReset(false),
    () => {
      settleReset = () => {};
      resetRanking().catch((error: unknown) =>
        tell(error, (reason) => t('ranking.reset-failed', { reason }), reset),
      );
    },
  );
  settleReset = settle;
}

/** Asks for less of what a post is; it can be undone for a moment, and taken back at any time. */
export async function lessOf(postId: string, of: LessOfKind): Promise<void> {
  settleReset();
  const before = new Set(ranking.value.peek()?.less_of.map(({ less_id }) => less_id));
  try {
    const now = await wantLess(postId, of);
    const added = now.filter(({ less_id }) => !before.has(less_id));
    if (added.length === 0) return;
    const what = new Intl.ListFormat(locale.value, { type: 'unit' }).format(added.map(lessText));
    toast({
      text: t('ranking.less-done', { what }),
      action: { label: t('undo'), run: () => back(added) },
    });
  } catch (error) {
    tell(
      error,
      (reason) => t('ranking.less-failed', { reason }),
      () => void lessOf(postId, of),
    );
  }
}

function back(wishes: readonly LessOf[]): void {
  const ids = wishes.map(({ less_id }) => less_id);
  showTaken(ids, true);
  wantAgain(ids).catch((error: unknown) =>
    tell(
      error,
      (reason) => t('ranking.take-back-failed', { reason }),
      () => back(wishes),
    ),
  );
}

/** Takes wishes for less back; that can be undone for a moment. */
export function takeBack(wishes: readonly LessOf[]): void {
  const ids = wishes.map(({ less_id }) => less_id);
  showTaken(ids, true);
  undoable(
    t('ranking.taken-back', { what: wishes.map(lessText).join(', ') }),
    () => showTaken(ids, false),
    () => back(wishes),
  );
}

/** After a sheet in which wishes were changed: the feed below it is ordered by them. */
export async function orderByWishes(before: number): Promise<void> {
  await saveRanking();
  if (rankingVersion.peek() === before || place.peek().path !== '/' || !rankedIsOld()) return;
  document.querySelector<HTMLElement>('.home h1')?.focus({ preventScroll: true });
  scrollTo({ top: 0, behavior: 'instant' });
  rankAnew();
  toast({ text: t('home.ranked-anew') });
}
