import { useEffect, useState } from 'preact/hooks';
import { ApiError, isAbort } from '../../data/client.ts';

/** Runs `load` each time the page of `id` is opened, and when asked again; gives what went wrong. */
export function useLoad(id: string, load: (id: string, signal: AbortSignal) => Promise<void>) {
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  // `attempt` asks again.
  useEffect(() => {
    const leaving = new AbortController();
    setError(null);
    load(id, leaving.signal).catch((caught: unknown) => {
      if (caught instanceof ApiError) setError(caught);
      else if (!isAbort(caught)) reportError(caught);
    });
    return () => leaving.abort();
  }, [id, load, attempt]);
  return { error, again: () => setAttempt(attempt + 1) };
}
