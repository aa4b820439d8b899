import { signal } from '@preact/signals';
import type { getPost, Post } from '../../api/posts.ts';
import { hasEnded } from './addresses.ts';
import { ApiError, call } from './client.ts';
import { keepTold, losePost, post } from './posts.ts';
import { onSignedOut } from './session.ts';

/** Addresses that were asked about, each once: an answer that brings no better one ends it. */
const asked = new Map<string, Promise<void>>();
const answered = signal<ReadonlySet<string>>(new Set());

onSignedOut(() => {
  asked.clear();
  answered.value = new Set();
});

const addressOf = ({ post_id, media }: Post) => `${post_id} ${media[0]?.url}`;

/**
 * Asks for new addresses of a post's pictures, because those that are known do not work: once for
 * each of those. A post that is not there any more for this person goes.
 */
export async function freshen(id: string): Promise<void> {
  const known = post(id).peek();
  if (!known) return;
  const address = addressOf(known);
  const work = asked.get(address) ?? ask(known, address);
  asked.set(address, work);
  await work;
}

async function ask({ post_id }: Post, address: string): Promise<void> {
  try {
    const fresh = await call<typeof getPost>('GET /posts/{post_id}', { params: { post_id } });
    keepTold(fresh, { anew: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'post_not_found') losePost(post_id);
    // Without a connection, say: whoever taps the picture asks again.
    else asked.delete(address);
  } finally {
    answered.value = new Set(answered.peek()).add(address);
  }
}

/** Whether the addresses have ended and nobody has answered yet what they are now. */
export function waitsForAddresses(known: Post): boolean {
  return hasEnded(known.media) && !answered.value.has(addressOf(known));
}
