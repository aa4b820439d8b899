import pg from 'pg';

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5000;

/** `again`: the connection had been lost, so something may have been missed. */
type Hearer = {
  readonly hear: (payload: string) => void;
  readonly again?: (() => void) | undefined;
};

/** One connection for every channel; when it is lost, it comes back by itself. */
export class Listener {
  readonly #connect: pg.ClientConfig;
  readonly #lost: (error: unknown) => void;
  readonly #channels = new Map<string, Set<Hearer>>();
  #client: Promise<pg.Client> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_FIRST_MS;
  #closed = false;

  constructor(connect: pg.ClientConfig, lost: (error: unknown) => void) {
    this.#connect = connect;
    this.#lost = lost;
  }

  /** Resolves when PostgreSQL listens; rejects when it cannot be reached now. */
  async listen(channel: string, hearer: Hearer): Promise<() => Promise<void>> {
    const hearers = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, hearers.add(hearer));
    try {
      const client = await this.#ready();
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      hearers.delete(hearer);
      throw error;
    }
    return () => this.#forget(channel, hearer);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = await this.#client?.catch(() => undefined); // never opened: nothing to close
    await client?.end();
  }

  async #forget(channel: string, hearer: Hearer): Promise<void> {
    const hearers = this.#channels.get(channel);
    if (!hearers?.delete(hearer) || hearers.size > 0) return;
    this.#channels.delete(channel);
    if (this.#client === undefined) return;
    const client = await this.#client;
    await client.query(`unlisten ${pg.escapeIdentifier(channel)}`);
  }

  #ready(): Promise<pg.Client> {
    this.#client ??= this.#open();
    return this.#client;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client(this.#connect);
    let opened = false;
    client.on('error', (error) => this.#lost(error));
    client.on('end', () => {
      if (opened) this.#again();
    });
    client.on('notification', ({ channel, payload }) => {
      for (const { hear } of this.#channels.get(channel) ?? []) hear(payload ?? '');
    });
    try {
      await client.connect();
      for (const channel of this.#channels.keys()) {
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      }
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
    opened = true;
    this.#retryMs = RETRY_FIRST_MS;
    return client;
  }

  #again(): void {
    this.#client = undefined;
    if (this.#closed || this.#channels.size === 0) return;
    this.#retry = setTimeout(() => {
      this.#ready().then(
        () => {
          for (const hearers of this.#channels.values()) for (const { again } of hearers) again?.();
        },
        (error: unknown) => {
          this.#lost(error);
          this.#again();
        },
      );
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }
}
