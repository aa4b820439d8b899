import { signal } from '@preact/signals';
import { hear } from '../socket.ts';

/** How much of the server's work on a post is done, from 0 to 1, by its id; of videos, which take a while. */
export const prepared = signal<ReadonlyMap<string, number>>(new Map());

/** Hears of it as long as wanted; gives back what ends it. */
export function followPrepared(): () => void {
  const endProgress = hear('post.progress', ({ post_id, done }) => {
    // Never backwards: what was told last may come last but one.
    const now = Math.max(done, prepared.peek().get(post_id) ?? 0);
    prepared.value = new Map(prepared.peek()).set(post_id, Math.min(1, now));
  });
  const endStatus = hear('post.status', ({ post_id }) => {
    const rest = new Map(prepared.peek());
    if (rest.delete(post_id)) prepared.value = rest;
  });
  return () => {
    endProgress();
    endStatus();
  };
}
