import './suggestions.css';
import { X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
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
import { newElementId } from '../../ui/ids.ts';
import { Link } from '../../ui/link.tsx';
import { PersonRow } from '../post/person-row.tsx';
import { undoable } from '../post/undo.ts';
import { tellFailure } from './acts.ts';
import { FollowButton } from './follow-button.tsx';

interface SuggestionsProps {
  readonly max: number;
  /** Beside something that matters more: buttons that do not stand out. */
  readonly quiet?: boolean | undefined;
}

/** Rows of whom one may know, the best `max`. */
export function SuggestedRows({ max, quiet }: Partial<SuggestionsProps>) {
  const shown = (suggestions.value ?? []).slice(0, max);
  return (
    <ul class="suggestions__list">
      {shown.map((one) => (
        <Row key={one.id} suggestion={one} quiet={quiet} />
      ))}
    </ul>
  );
}

/** A few of them beside or below something else, with the way to all; nothing while there are none. */
export function Suggestions({ max, quiet }: SuggestionsProps) {
  const [id] = useState(() => newElementId('suggestions'));
  useEffect(() => {
    loadSuggestions().catch(reportError);
  }, []);
  if (!suggestions.value?.length) return null;
  return (
    <section class="suggestions" aria-labelledby={id}>
      <header class="suggestions__head">
        <h2 id={id}>{t('suggested.title')}</h2>
        <Link href="/people" class="suggestions__all">
          {t('suggested.all')}
        </Link>
      </header>
      <SuggestedRows max={max} quiet={quiet} />
    </section>
  );
}

interface RowProps {
  readonly suggestion: Suggestion;
  readonly quiet: boolean | undefined;
}

function Row({ suggestion, quiet }: RowProps) {
  const shown = person(suggestion.id).value;
  if (!shown) return null;
  return (
    <PersonRow person={shown} words={reasonFor(suggestion)}>
      <FollowButton person={shown} small plain={quiet} />
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
