import { ChevronDown } from 'lucide';
import type { Ranking, Why } from '../../data/why.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Weighed } from './scores.ts';
import { Weight } from './weights.tsx';
import { factText, numberText, pointsText, weightText } from './words.ts';

interface TermsProps {
  readonly why: Why;
  readonly terms: readonly Weighed[];
  /** The wishes of now, whose weights may be changed under each bar; none to only look. */
  readonly tuned: Ranking | null;
}

/**
 * Each term as a bar: as long as what it could give, as full as what it gives. Below it the sum in
 * figures, and what went into it when asked for.
 */
export function Terms({ why, terms, tuned }: TermsProps) {
  return (
    <ul class="terms">
      {terms.map((term) => (
        <li key={term.name} class="term">
          <div class="term__head">
            <span class="term__name">{t(`term.${term.name}`)}</span>
            <span class="term__points figures">
              {t('why.points', { points: pointsText(why.preset, term.points) })}
            </span>
          </div>
          <Bar term={term} />
          {tuned && <Weight ranking={tuned} name={term.name} bare />}
          <Facts preset={why.preset} term={term} />
        </li>
      ))}
    </ul>
  );
}

function Bar({ term: { room, fill } }: { readonly term: Weighed }) {
  const part = (of: number) => `${Math.round(of * 1000) / 10}%`;
  return (
    <div class="term__bar" aria-hidden="true">
      <span class="term__room" style={{ inlineSize: part(room) }} />
      <span class="term__fill" style={{ inlineSize: part(fill) }} />
    </div>
  );
}

interface FactsProps {
  readonly preset: Why['preset'];
  readonly term: Weighed;
}

function Facts({ preset, term: { name, value, weight, facts } }: FactsProps) {
  const sum = t(preset === 'balanced' ? 'why.sum-balanced' : 'why.sum-simple', {
    value: numberText(value, 2),
    weight: weightText(preset, weight).replace(/^× /, ''),
  });
  if (facts.length === 0) return <p class="term__sum figures">{sum}</p>;
  return (
    <details class="term__facts">
      <summary>
        <span class="term__sum figures">{sum}</span>
        <span class="visually-hidden">{t('why.facts-of', { term: t(`term.${name}`) })}</span>
        <Icon of={ChevronDown} size={16} />
      </summary>
      <dl>
        {facts.map((fact) => (
          <div key={fact.name}>
            <dt>{factText(fact.name)}</dt>
            <dd class="figures">{numberText(fact.value, 2)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
