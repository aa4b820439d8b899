/** Where time comes from, so that a test can hold it still. */
export interface Clock {
  now(): Date;
  /** Milliseconds since 1970, UTC. */
  millis(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  millis: () => Date.now(),
};
