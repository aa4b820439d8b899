import { useEffect, useState } from 'preact/hooks';
import { ApiError, isAbort } from '../../data/client.ts';

/** Milliseconds without a key before the server is asked. */
const PAUSE = 120;

export interface Offers<Offer> {
  readonly offers: readonly Offer[];
  readonly error: ApiError | null;
  /** This is the answer to the present question, not to the one before. */
  readonly settled: boolean;
}

/**
 * What is offered for what is being written: asked for a moment after the last key, and only the
 * answer to the last question is believed. `question` null offers nothing.
 */
export function useOffers<Offer>(
  question: string | null,
  ask: (signal: AbortSignal) => Promise<readonly Offer[]>,
): Offers<Offer> {
  const [answer, setAnswer] = useState<{
    readonly to: string;
    readonly offers: readonly Offer[];
    readonly error: ApiError | null;
  } | null>(null);

  useEffect(() => {
    if (question === null) {
      setAnswer(null);
      return;
    }
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      ask(leaving.signal).then(
        (offers) => leaving.signal.aborted || setAnswer({ to: question, offers, error: null }),
        (error: unknown) => {
          if (isAbort(error)) return;
          if (!(error instanceof ApiError)) throw error;
          setAnswer({ to: question, offers: [], error });
        },
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [question]);

  // While the next answer is awaited, the last one stands, so that the list does not flicker.
  if (question === null || !answer) return { offers: [], error: null, settled: false };
  return { ...answer, settled: answer.to === question };
}
