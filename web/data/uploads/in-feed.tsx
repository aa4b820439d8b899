import { signal } from '@preact/signals';
import { type ComponentType, Fragment } from 'preact';
import { useEffect } from 'preact/hooks';
import { me } from '../session.ts';
import { PENDING_FLAG } from './pending-flag.ts';

const Cards = signal<ComponentType<{ personId: string }> | null>(null);

/** Fetches the code of the cards, so that they stand in the feed at once when it is opened. */
export async function loadUploadCards(): Promise<void> {
  Cards.value = (await import('./cards.tsx')).UploadCards;
}

/**
 * What is on its way into the feed, at the place where it will be. Costs nothing while nothing is:
 * the code comes when there is a draft or a post that has not arrived.
 */
export function UploadsInFeed() {
  const personId = me.value?.user_id;
  useEffect(() => {
    if (!personId || Cards.peek() || !localStorage.getItem(PENDING_FLAG)) return;
    loadUploadCards().catch(reportError);
  }, [personId]);
  const Shown = Cards.value;
  return <Fragment>{Shown && personId && <Shown personId={personId} />}</Fragment>;
}
