import './suggestions.css';
import { X } from 'lucide';
import { useEffect } from 'preact/hooks';
import { person } from '../../data/people.ts';
import {
  dismissSuggestion,
  hideSuggestion,
  loadSuggestions,
  type Suggestion,
  suggestions,
} from '../../data/suggestions.ts';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { Link } from '../../ui/link.tsx';
import { undoable } from '../post/acts.ts';
import { PersonRow } from '../post/person-row.tsx';
import { tellFailure } from './acts.ts';
import { FollowButton } from './follow-button.tsx';

/** Rows of whom one may know, the best `max`. */
export function SuggestedRows({ max }: { readonly max?: number | undefined }) {
  const shown = (suggestions.value ?? []).slice(0, max);
  return (
    <ul class="suggestions__list">
      {shown.map((one) => (
        <Row key={one.id} suggestion={one} />
      ))}
    </ul>
  );
}

/** A few of them beside or below something else, with the way to all; nothing while there are none. */
export function Suggestions({ max }: { readonly max: number }) {
  useEffect(() => {
    loadSuggestions().catch(reportError);
  }, []);
  if (!suggestions.value?.length) return null;
  return (
    <section class="suggestions" aria-labelledby="suggestions">
      <header class="suggestions__head">
        <h2 id="suggestions">{t('suggested.title')}</h2>
        <Link href="/people" class="suggestions__all">
          {t('suggested.all')}
        </Link>
      </header>
      <SuggestedRows max={max} />
    </section>
  );
}

function Row({ suggestion }: { readonly suggestion: Suggestion }) {
  const shown = person(suggestion.id).value;
  if (!shown) return null;
  return (
    <PersonRow person={shown} words={reasonFor(suggestion)}>
      <FollowButton person={shown} small />
      <IconButton
        icon={X}
        iconSize={20}
        class="suggestions__dismiss"
        label={t('suggested.dismiss', { name: shown.username })}
        onClick={() => dismiss(suggestion.id, shown.username)}
      />
    </PersonRow>
  );
}

function reasonFor({ reason: { usernames, count } }: Suggestion): string {
  const [first, second] = usernames;
  if (first === undefined) return t('suggested.popular');
  if (count === 1) return t('suggested.via-one', { first });
  if (count === 2 && second !== undefined) return t('suggested.via-two', { first, second });
  return t('suggested.via-more', { first, count: count - 1 });
}

/** Gone at once, and for good when nobody asked for the way back. */
function dismiss(id: string, name: string): void {
  const putBack = hideSuggestion(id);
  undoable(t('suggested.dismissed', { name }), putBack, () => {
    dismissSuggestion(id).catch((error: unknown) => {
      putBack();
      tellFailure(error, () => dismiss(id, name));
    });
  });
}
