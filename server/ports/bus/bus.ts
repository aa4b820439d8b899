/** Hints between processes: fast, unordered across topics, may be missed. Never the only carrier of a fact. */
export interface Bus {
  /** Tells everyone who listens on `topic`. The message must be JSON. */
  publish(topic: string, message: BusMessage): void;
  /** Hears `topic` until the returned function is called. */
  subscribe(topic: string, hear: (message: BusMessage) => void): () => void;
  close(): Promise<void>;
}

export type BusMessage = { readonly [key: string]: unknown };
