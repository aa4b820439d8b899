import assert from 'node:assert/strict';
import { Compile } from 'typebox/compile';
import type { PostId } from '../api/ids.ts';
import { type ClientMessage, REALTIME_PATH, ServerMessage } from '../api/realtime.ts';
import { within } from './within.ts';

type Type = ServerMessage['type'];
type OfType<T extends Type> = Extract<ServerMessage, { type: T }>;

const serverMessage = Compile(ServerMessage);

interface Waiter {
  readonly wants: (message: ServerMessage) => boolean;
  readonly take: (message: ServerMessage) => void;
}

/** A WebSocket of a page: keeps what it hears until somebody asks for it. */
export class Line {
  /** Resolves with the code when the socket is closed, by whichever side. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #waiting: Waiter[] = [];
  #heard: ServerMessage[] = [];

  constructor(base: string) {
    this.#socket = new WebSocket(base.replace(/^http/, 'ws') + REALTIME_PATH);
    this.#socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data))));
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', ({ code }) => resolve(code));
    });
  }

  async opened(): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) return;
    const open = new Promise<void>((resolve) => {
      this.#socket.addEventListener('open', () => resolve());
    });
    const failed = this.closed.then((code) => assert.fail(`the socket was closed: ${code}`));
    await within(Promise.race([open, failed]), 'the socket opens');
  }

  send(message: ClientMessage | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Says who is there, and waits until the server has understood. */
  async authenticate(access_token: string): Promise<void> {
    this.send({ type: 'authenticate', access_token });
    await this.next('ready');
  }

  /**
   * Watches posts, and waits until the server does: it takes the messages of a socket in order. The
   * counts that it tells at once are left aside: `next` gives those that come later.
   */
  async watch(access_token: string, ...posts: readonly { post_id: PostId }[]): Promise<void> {
    const post_ids = posts.map((post) => post.post_id);
    this.send({ type: 'watch', post_ids });
    await this.authenticate(access_token);
    this.#heard = this.#heard.filter(
      (message) => message.type !== 'post.counts' || !post_ids.includes(message.post_id),
    );
  }

  /** The next message of a type (that `isIt` accepts), heard already or still to come. Each is given once. */
  async next<T extends Type>(
    type: T,
    isIt: (message: OfType<T>) => boolean = () => true,
  ): Promise<OfType<T>> {
    const wants = (message: ServerMessage) => message.type === type && isIt(message as OfType<T>);
    const early = this.#heard.find(wants);
    if (early) {
      this.#heard = this.#heard.filter((message) => message !== early);
      return early as OfType<T>;
    }
    const { promise, resolve } = Promise.withResolvers<ServerMessage>();
    this.#waiting.push({ wants, take: resolve });
    return (await within(promise, `a message ${type}`)) as OfType<T>;
  }

  /** What was heard and nobody has asked for yet. */
  get unasked(): readonly ServerMessage[] {
    return this.#heard;
  }

  close(): void {
    this.#socket.close();
  }

  #hear(message: ServerMessage): void {
    assert.ok(
      serverMessage.Check(message),
      `no message of the contract: ${JSON.stringify(message)}`,
    );
    const index = this.#waiting.findIndex(({ wants }) => wants(message));
    if (index < 0) this.#heard.push(message);
    else this.#waiting.splice(index, 1)[0]?.take(message);
  }
}
