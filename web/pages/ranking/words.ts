import type { LessOf, Ranking, RankingPreset, Why } from '../../data/why.ts';
import { en } from '../../strings/en.ts';
import { type Key, locale, t } from '../../strings/strings.ts';

/** A number as it is read: at most so many digits behind the point. */
export function numberText(value: number, digits: number): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value);
}

/** Points of a term or a score: of balanced, hundredths of the whole. */
export function pointsText(preset: RankingPreset, points: number): string {
  return numberText(preset === 'balanced' ? points * 100 : points, 1);
}

/** A weight as it counts: a share of the whole, or a factor. */
export function weightText(preset: RankingPreset, weight: number): string {
  if (preset === 'simple') return t('ranking.weight-factor', { factor: numberText(weight, 1) });
  return t('ranking.weight-share', { share: numberText(weight * 100, 0) });
}

/** What a fact is called; one that this version does not know goes by its own name. */
export function factText(name: string): string {
  const key = `fact.${name}`;
  return key in en ? t(key as Key) : name.replaceAll('_', ' ');
}

/** What somebody wants less of. */
export function lessText({ kind, label }: LessOf): string {
  if (kind === 'hashtag') return `#${label.replace(/^#/, '')}`;
  if (kind === 'author') return label;
  return t(label === 'video' ? 'ranking.less-video' : 'ranking.less-photo');
}

/** Why a post can stand in the home feed at all. */
export function becauseText({ kind, label }: Why['because']): string {
  if (kind === 'followed') return label ? t('why.followed', { label }) : t('why.followed-plain');
  if (kind === 'hashtag') {
    return label ? t('why.hashtag', { label: `#${label}` }) : t('why.hashtag-plain');
  }
  return t(kind === 'own' ? 'why.own' : 'why.not_followed');
}

/** Whether there is anything to begin anew. */
export const isOwn = ({ preset, changed, less_of }: Ranking) =>
  preset !== 'balanced' || changed || less_of.length > 0;
