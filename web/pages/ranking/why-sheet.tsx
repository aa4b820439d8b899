import './ranking.css';
import { CircleUserRound, Hash, UserRoundCheck, UserRoundX } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { ApiError, isAbort } from '../../data/client.ts';
import { feedOrder, ranking, rankingVersion } from '../../data/ranking.ts';
import { type Why, whyPost } from '../../data/why.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { orderByWishes, reset } from './acts.ts';
import { LessOfThis } from './less-of.tsx';
import { weigh } from './scores.ts';
import { Terms } from './terms.tsx';
import { PresetChoice } from './weights.tsx';
import { becauseText, isOwn, numberText, pointsText } from './words.ts';

interface WhySheetProps {
  /** As it stands in the feed, and what it shows: of a repost its original. */
  readonly entry: Post;
  readonly shown: Post;
  readonly onClose: () => void;
}

/**
 * Why a post stands where it stands: what lets it in, each term of its score as a bar, and the weights
 * to change. Bars follow the weights at once; the feed does when the sheet closes.
 */
export function WhySheet({ entry, shown, onClose }: WhySheetProps) {
  const { why, error, again } = useWhy(entry.post_id);
  useEffect(() => {
    ranking.load().catch(reportError);
    const before = rankingVersion.peek();
    return () => void orderByWishes(before).catch(reportError);
  }, []);
  return (
    <Sheet title={t('why.title')} onClose={onClose}>
      {why ? (
        <Reasons why={why} entry={entry} shown={shown} onLeave={onClose} />
      ) : error ? (
        <EmptyState title={t('why.failed')} text={error.message}>
          <Button kind="primary" onClick={again}>
            {t('try-again')}
          </Button>
        </EmptyState>
      ) : (
        <SkeletonRows count={4} />
      )}
    </Sheet>
  );
}

/** The answer as it is now: asked for anew whenever the server has taken in another wish. */
function useWhy(id: string) {
  const [why, setWhy] = useState<Why | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const version = rankingVersion.value;
  useEffect(() => {
    const giveUp = new AbortController();
    setError(null);
    whyPost(id, giveUp.signal).then(setWhy, (caught: unknown) => {
      if (isAbort(caught)) return;
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    });
    return () => giveUp.abort();
  }, [id, attempt, version]);
  return { why, error, again: () => setAttempt(attempt + 1) };
}

const ICONS = {
  own: CircleUserRound,
  followed: UserRoundCheck,
  hashtag: Hash,
  not_followed: UserRoundX,
} as const;

interface ReasonsProps {
  readonly why: Why;
  readonly entry: Post;
  readonly shown: Post;
  readonly onLeave: () => void;
}

function Reasons({ why, entry, shown, onLeave }: ReasonsProps) {
  const [tunes, setTunes] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const now = ranking.value.value;
  const { terms, score } = weigh(why, now);
  const tuned = tunes ? now : null;
  return (
    <div class="why">
      <p class="why__because">
        <Icon of={ICONS[why.because.kind]} />
        <span dir="auto">{becauseText(why.because)}</span>
      </p>
      <p class="quiet">{t(feedOrder.value === 'ranked' ? 'why.by-rank' : 'why.by-time')}</p>
      {tuned && <PresetChoice ranking={tuned} />}
      <section class="why__part" aria-labelledby="why-terms">
        <h3 id="why-terms">{t('why.terms')}</h3>
        <Terms why={why} terms={terms} tuned={tuned?.preset === why.preset ? tuned : null} />
        <Factors why={why} />
        <p class="why__score" aria-live="polite">
          <span>{t('why.score')}</span>
          <span class="figures">{t('why.points', { points: pointsText(why.preset, score) })}</span>
        </p>
        {now && (
          <div class="why__do">
            <Button small buttonRef={button} aria-expanded={tunes} onClick={() => setTunes(!tunes)}>
              {t(tunes ? 'why.tuned' : 'why.tune')}
            </Button>
            {tunes && isOwn(now) && (
              <Button
                small
                kind="plain"
                onClick={() => {
                  // It goes with what it did.
                  button.current?.focus();
                  reset();
                }}
              >
                {t('ranking.reset')}
              </Button>
            )}
          </div>
        )}
      </section>
      {now && (
        <section class="why__part" aria-labelledby="why-less">
          <h3 id="why-less">{t('why.less')}</h3>
          <LessOfThis entry={entry} shown={shown} ranking={now} />
        </section>
      )}
      <Link class="why__settings" href="/settings/feed" onClick={onLeave}>
        {t('why.settings')}
      </Link>
    </div>
  );
}

function Factors({ why }: { readonly why: Why }) {
  if (why.factors.length === 0) return null;
  return (
    <ul class="why__factors" aria-label={t('why.factors')}>
      {why.factors.map(({ name, factor }) => (
        <li key={name}>
          <span>{t(`why.factor-${name}`)}</span>
          <span class="figures">{t('why.factor', { factor: numberText(factor, 2) })}</span>
        </li>
      ))}
    </ul>
  );
}
