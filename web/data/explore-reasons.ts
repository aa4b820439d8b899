import type { ExploreReason } from '../../api/feed.ts';
import { t } from '../strings/strings.ts';
import { onSignedOut } from './session.ts';

const reasons = new Map<string, ExploreReason>();

onSignedOut(() => reasons.clear());

/** Remembers why a post was recommended. */
export function keepReason(id: string, reason: ExploreReason): void {
  reasons.set(id, reason);
}

/** Why a post was recommended, in this session; undefined of any other. */
export function exploreReason(id: string): ExploreReason | undefined {
  return reasons.get(id);
}

/** The reason as a sentence. */
export function reasonText({ kind, label }: ExploreReason): string {
  if (label === null) return t(`reason.${kind}`);
  return t(`reason.${kind}-of`, { label: kind === 'hashtag' ? `#${label}` : label });
}
