import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../kernel/problem.ts';

/** What takes longer, an upload on a slow line, goes on at the next start. */
const ANSWER_MS = 10_000;

/** Stopping an app in order. */
export interface Drain {
  isDraining(): boolean;
  /** From now on new requests are answered with `shutting_down`, on whatever line they come. */
  begin(): void;
  /** Counts an answer among the running requests until its connection has taken it. */
  waitFor(answer: ServerResponse): void;
  /** Resolves when running requests have been answered, or 10 s later, and every connection is closed. */
  close(): Promise<void>;
}

/** Prepares an app for a stop in order; to be called before its routes are registered. */
export function prepareDrain(app: FastifyInstance): Drain {
  const running = new Set<ServerResponse>();
  let draining = false;
  let noneLeft = () => {};
  const waitFor = (answer: ServerResponse) => {
    running.add(answer);
    // Not the hook onResponse: that one never comes for a request whose sender has gone away.
    answer.once('close', () => {
      running.delete(answer);
      if (running.size === 0) noneLeft();
    });
  };
  app.addHook('onRequest', async (request, reply) => {
    waitFor(reply.raw);
    if (draining && !request.url.startsWith('/health')) {
      throw new Problem('shutting_down', undefined, { retry_after: 5 });
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    // Node itself would keep the line of a request that was running already open for the next one.
    if (draining) reply.header('connection', 'close');
  });
  return {
    isDraining: () => draining,
    waitFor,
    begin() {
      draining = true;
    },
    async close() {
      const closed = app.close();
      const answered = new Promise<void>((resolve) => {
        noneLeft = resolve;
        if (running.size === 0) resolve();
      });
      const late = new AbortController();
      await Promise.race([
        answered,
        wait(ANSWER_MS, undefined, { signal: late.signal, ref: false }),
      ]);
      late.abort();
      // What was just answered gets its time to leave. Left are lines on which nothing was ever asked:
      // browsers open them ahead, and Node would wait a minute for each.
      setImmediate(() => app.server.closeAllConnections());
      await closed;
    },
  };
}
