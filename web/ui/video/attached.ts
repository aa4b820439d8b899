/** A video element that has its bytes, or will. */
export interface Attached {
  /** Called before it plays: long videos load nothing but their list until then. */
  start(): void;
  /** Lets the bytes go. */
  detach(): void;
}

export interface AttachOptions {
  /** Seconds from which it goes on. */
  readonly at: number;
  readonly onFail: () => void;
}
