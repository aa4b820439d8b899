import type { PersonId } from '../../../api/ids.ts';
import { newIdempotencyKey } from '../client.ts';
import { connection } from '../socket.ts';
import { prepare } from './arrive.ts';
import { confirmBody } from './bodies.ts';
import { bringFile, type FileLine } from './bring-file.ts';
import { checksumsOf } from './hash.ts';
import { inOneTab, pause } from './one-tab.ts';
import type { PendingFile, PendingPost } from './pending.ts';
import * as pending from './pending.ts';
import {
  change,
  closePending,
  discard,
  moving,
  onPendingChange,
  openPending,
  pendingPosts,
  sayMoving,
  sayPublished,
  sayWaiting,
} from './pending-posts.ts';
import {
  askGrant,
  completeParts,
  confirm,
  lookAtUpload,
  putBytes,
  putPart,
  troubleOf,
} from './requests.ts';
import { keepAsDraft, letGoOfDraft } from './server-drafts.ts';
import { whenSettled } from './settle.ts';
import { readBytes } from './store.ts';
import { backoff, remedy, type Trouble } from './trouble.ts';

/** Files that go at the same time: more only share the same line. */
const PARALLEL = 2;

/**
 * Brings pending posts to the server, from whatever step they are at. One tab of a browser does
 * it for all; the state of every step is in the store before the next one begins.
 */
class Queue {
  readonly personId: PersonId;
  readonly #stop = new AbortController();
  /** What runs now, by the id of its file or post. */
  readonly #running = new Map<string, AbortController>();
  readonly #tries = new Map<string, number>();
  #wake: () => void = () => undefined;

  constructor(personId: PersonId) {
    this.personId = personId;
  }

  async run(): Promise<void> {
    await openPending(this.personId);
    await inOneTab('aperto-uploads', this.#stop.signal, (stop) => this.#work(stop));
  }

  stop(): void {
    this.#stop.abort(new DOMException('The queue stops', 'AbortError'));
    for (const task of this.#running.values()) task.abort(this.#stop.signal.reason);
  }

  async #work(stop: AbortSignal): Promise<void> {
    const ignore = onPendingChange(() => this.#wake());
    const awake = () => this.#wake();
    addEventListener('online', awake);
    stop.addEventListener('abort', awake);
    while (!stop.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#startWhatCan();
      await woken;
    }
    removeEventListener('online', awake);
    ignore();
  }

  #startWhatCan(): void {
    const posts = pendingPosts.peek();
    const wanted = new Set<string>();
    // What is shared goes before what is still being written.
    const inOrder = [...posts].sort(
      (a, b) => Number(a.step === 'draft') - Number(b.step === 'draft'),
    );
    for (const post of inOrder) {
      const action = pending.nextAction(post);
      if (action.do === 'rest') continue;
      if (action.do !== 'send') {
        wanted.add(post.id);
        this.#start(post.id, (stop) => this.#step(post, action.do, stop));
        continue;
      }
      for (const file of action.files) {
        wanted.add(file.id);
        if (this.#running.size < PARALLEL) {
          this.#start(file.id, (stop) => this.#bringFile(post.id, file, stop));
        }
      }
    }
    for (const [key, task] of this.#running) {
      if (!wanted.has(key)) task.abort(new DOMException('Not wanted any more', 'AbortError'));
    }
  }

  #start(key: string, work: (stop: AbortSignal) => Promise<void>): void {
    if (this.#running.has(key)) return;
    const task = new AbortController();
    this.#running.set(key, task);
    work(task.signal)
      .catch((error: unknown) => {
        // A mistake of ours is reported, not repeated at once.
        if (!task.signal.aborted) reportError(error);
        return pause(task.signal.aborted ? 0 : 10_000, this.#stop.signal);
      })
      .finally(() => {
        this.#running.delete(key);
        this.#wake();
      });
  }

  async #bringFile(postId: string, file: PendingFile, stop: AbortSignal): Promise<void> {
    const bytes = await readBytes(file.id);
    if (!bytes) return this.#fail(postId, { code: 'gone', message: '', fileId: file.id });
    let arrived = file.arrived?.length ?? 0;
    await this.#trying(postId, file.id, stop, () =>
      bringFile(file, bytes, lineTo(stop), {
        keep: (by) => {
          // It goes on: what was in its way before does not count any more.
          if (by.arrived && by.arrived.length > arrived) this.#tries.delete(file.id);
          arrived = by.arrived?.length ?? arrived;
          return change(postId, (post) => pending.changeFile(post, file.id, by));
        },
        moved: (sent) => this.#moved(file.id, sent),
      }),
    );
    this.#moved(file.id, null);
  }

  async #step(
    post: PendingPost,
    what: 'confirm' | 'keep' | 'watch',
    stop: AbortSignal,
  ): Promise<void> {
    await this.#trying(post.id, post.id, stop, async () => {
      if (what === 'keep') {
        await keepAsDraft(post, stop);
        return discard(post.id);
      }
      if (what === 'watch' && post.postId) {
        const settled = await whenSettled(post.postId, stop);
        if (settled.status === 'failed') {
          const { code, message } = settled.failure ?? { code: 'internal', message: '' };
          return this.#fail(post.id, { code, message, fileId: null });
        }
        await prepare(settled);
        sayPublished(settled);
        await letGoOfDraft(post);
        return discard(post.id);
      }
      const created = await confirm(confirmBody(post), post.idempotencyKey, stop);
      await change(post.id, (now) => ({ ...now, step: 'processing', postId: created.post_id }));
    });
  }

  /** Does a piece of work once; on trouble does what helps and leaves the next try to the loop. */
  async #trying(
    postId: string,
    key: string,
    stop: AbortSignal,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
      this.#tries.delete(key);
      sayWaiting(null);
    } catch (error) {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      await this.#help(postId, key, trouble, stop);
    }
  }

  async #help(postId: string, key: string, trouble: Trouble, stop: AbortSignal): Promise<void> {
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    const fileId = key === postId ? null : key;
    switch (remedy(trouble, tries)) {
      case 'stop':
        this.#tries.delete(key);
        sayWaiting(null);
        return this.#fail(postId, { ...trouble, fileId: fileId ?? this.#fileOf(postId, trouble) });
      case 'send_again':
        await change(postId, (post) =>
          fileId
            ? pending.bringFileAgain(post, fileId, trouble.code)
            : pending.sendAgain(post, trouble.uploadId, newIdempotencyKey(), trouble.code),
        );
        return;
      case 'again':
        return this.#waitFor(backoff(tries, trouble.retryAfter, Math.random()), stop);
      case 'wait':
        sayWaiting(trouble.status === 0 ? 'network' : 'server');
        await this.#waitFor(backoff(tries, trouble.retryAfter, Math.random()), stop);
    }
  }

  /** Waits so long, or until the network is back, or the server, which the socket notices first. */
  async #waitFor(milliseconds: number, stop: AbortSignal): Promise<void> {
    const online = new AbortController();
    const back = () => online.abort();
    addEventListener('online', back);
    let before = connection.peek();
    const ignore = connection.subscribe((now) => {
      if (now === 'open' && before !== 'open') back();
      before = now;
    });
    await pause(milliseconds, AbortSignal.any([stop, online.signal]));
    ignore();
    removeEventListener('online', back);
  }

  async #fail(postId: string, { code, message, fileId }: pending.Failure): Promise<void> {
    await change(postId, (post) => pending.fail(post, { code, message, fileId }));
  }

  #fileOf(postId: string, trouble: Trouble): string | null {
    const post = pendingPosts.peek().find((one) => one.id === postId);
    const file = post?.files.find((one) => one.grant?.upload_id === trouble.uploadId);
    return file?.id ?? null;
  }

  #moved(fileId: string, sent: number | null): void {
    const now = new Map(moving.peek());
    if (sent === null) now.delete(fileId);
    else now.set(fileId, sent);
    if (sent) sayWaiting(null);
    sayMoving(now);
  }
}

/** How files are brought to our server, until `stop`. */
const lineTo = (stop: AbortSignal): FileLine => ({
  hash: (bytes) => checksumsOf(bytes, stop),
  ask: ({ type, size }, checksum, inParts) => askGrant(type, size, checksum, stop, inParts),
  putWhole: (grant, bytes, sent) => putBytes(grant, bytes, stop, sent),
  look: (grant) => lookAtUpload(grant, stop),
  putPart: (grant, part, bytes, sent) => putPart(grant, part, bytes, stop, sent),
  complete: (grant) => completeParts(grant, stop),
});

let queue: Queue | null = null;

/** Starts to bring this person's pending posts to the server; again for the same person: nothing. */
export function startUploads(personId: PersonId): void {
  if (queue?.personId === personId) return;
  queue?.stop();
  queue = new Queue(personId);
  queue.run().catch(reportError);
}

/** Stops, as when the person is gone. With `forget`, nothing of theirs stays on the device. */
export async function stopUploads(forget: boolean): Promise<void> {
  queue?.stop();
  queue = null;
  await closePending(forget);
}
