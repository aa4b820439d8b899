import { WEIGHT_MAX } from '../../../api/limits.ts';
import type { Ranking, Term } from '../../data/why.ts';
import { t } from '../../strings/strings.ts';
import { Choices } from '../../ui/choices.tsx';
import { Slider } from '../../ui/slider.tsx';
import { change } from './acts.ts';
import { sharesOf, termsOf } from './scores.ts';
import { weightText } from './words.ts';

interface WeightProps {
  readonly ranking: Ranking;
  readonly name: Term['name'];
  /** What stands beside it names the term already. */
  readonly bare?: boolean | undefined;
}

/** The slider of one weight; beside it, what it counts. */
export function Weight({ ranking, name, bare }: WeightProps) {
  const { preset, weights } = ranking;
  const share = sharesOf(preset, weights).get(name) ?? 0;
  const term = t(`term.${name}`);
  return (
    <Slider
      label={bare ? t('ranking.weight') : term}
      name={bare ? t('ranking.weight-of', { term }) : undefined}
      value={weights[name] ?? 0}
      min={0}
      max={WEIGHT_MAX}
      step={1}
      said={weightText(preset, share)}
      stacked={!bare}
      onValue={(value) => change({ weights: { [name]: value } })}
    />
  );
}

/** All weights of the preset. */
export function Weights({ ranking }: { readonly ranking: Ranking }) {
  return (
    <div class="weights">
      {termsOf(ranking.preset).map((name) => (
        <Weight key={name} ranking={ranking} name={name} />
      ))}
    </div>
  );
}

/** Which terms count, and how they are put together. */
export function PresetChoice({ ranking }: { readonly ranking: Ranking }) {
  return (
    <Choices
      label={t('ranking.preset')}
      hint={t(`ranking.${ranking.preset}-hint`)}
      value={ranking.preset}
      options={[
        { value: 'balanced', label: t('ranking.balanced') },
        { value: 'simple', label: t('ranking.simple') },
      ]}
      onChange={(preset) => change({ preset })}
    />
  );
}
