const LEASE_MS = 6000;
const RENEW_MS = 2000;

/**
 * Runs `work` in one tab of this browser at a time, and in another one when that tab goes away.
 * `stop` ends the waiting, and the work by the signal that it is given.
 */
export async function inOneTab(
  name: string,
  stop: AbortSignal,
  work: (stop: AbortSignal) => Promise<void>,
): Promise<void> {
  // Web locks exist in secure contexts only; a server at home is often reached over plain http.
  if (!navigator.locks) return withLease(name, stop, work);
  try {
    await navigator.locks.request(name, { signal: stop }, () => work(stop));
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

/**
 * A lease that its holder renews. Two tabs may hold it for an instant; the server takes the same
 * bytes and the same confirm twice without harm.
 */
async function withLease(
  name: string,
  stop: AbortSignal,
  work: (stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const me = Math.random().toString(36).slice(2);
  const renew = () =>
    localStorage.setItem(name, JSON.stringify({ me, until: Date.now() + LEASE_MS }));
  while (!stop.aborted && leasedByOther(name, me)) await pause(RENEW_MS, stop);
  if (stop.aborted) return;
  renew();
  const timer = setInterval(renew, RENEW_MS);
  try {
    await work(stop);
  } finally {
    clearInterval(timer);
    if (!leasedByOther(name, me)) localStorage.removeItem(name);
  }
}

function leasedByOther(name: string, me: string): boolean {
  const written = localStorage.getItem(name);
  if (!written) return false;
  const lease = JSON.parse(written) as { me: string; until: number };
  return lease.me !== me && lease.until > Date.now();
}

/** Resolves after so many milliseconds, or as soon as it is stopped. */
export function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stop.addEventListener('abort', end);
  });
}
