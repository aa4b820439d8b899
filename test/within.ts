/** Far above what anything here takes, so that only what hangs meets it. */
const LONGEST_MS = 30_000;

/** The same promise, or a rejection that says what did not happen in time. */
export async function within<T>(promise: Promise<T>, what: string, ms = LONGEST_MS): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again, without pausing, until the answer is yes. `reached` must itself wait for I/O. */
export async function until(
  reached: () => Promise<boolean>,
  what: string,
  ms = LONGEST_MS,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await reached())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
  }
}
