/** How the server is, as it says at /health. */
export interface HealthReport {
  readonly ready: boolean;
  readonly parts: readonly Part[];
  readonly at: Date;
}

interface Part {
  readonly name: string;
  readonly ok: boolean;
  /** Milliseconds that it took to find out; null when it did not say. */
  readonly ms: number | null;
  /** What is wrong, in the server's words. */
  readonly problem: string | null;
  /** It works, but less well than it should: why. */
  readonly warning: string | null;
}

interface PartAnswer {
  readonly ok: boolean;
  readonly ms?: number;
  readonly problem?: string;
  readonly warning?: string;
}

interface Answer {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, PartAnswer>>;
}

/** Asks the server how it is. Throws when it does not answer, or not in its own words. */
export async function readHealth(signal: AbortSignal): Promise<HealthReport> {
  // 503 comes with the same report: it says which part is not well.
  const response = await fetch('/health', { signal, headers: { Accept: 'application/json' } });
  const answer = (await response.json()) as Answer;
  const parts = Object.entries(answer.parts).map(([name, part]) => ({
    name,
    ok: part.ok,
    ms: part.ms ?? null,
    problem: part.problem ?? null,
    warning: part.warning ?? null,
  }));
  return { ready: answer.ready, parts, at: new Date() };
}
