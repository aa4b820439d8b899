import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../kernel/problem.ts';

/** Stopping an app in order. */
export interface Drain {
  isDraining(): boolean;
  /** From now on new requests are answered with `shutting_down`, on whatever line they come. */
  begin(): void;
  /** Resolves when running requests have been answered and every connection is closed. */
  close(): Promise<void>;
}

/** Prepares an app for a stop in order; to be called before its routes are registered. */
export function prepareDrain(app: FastifyInstance): Drain {
  const running = new Set<FastifyRequest>();
  let draining = false;
  let noneLeft = () => {};
  app.addHook('onRequest', async (request) => {
    running.add(request);
    if (draining && !request.url.startsWith('/health')) {
      throw new Problem('shutting_down', undefined, { retry_after: 5 });
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    // Node itself would keep the line of a request that was running already open for the next one.
    if (draining) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request) => {
    running.delete(request);
    if (running.size === 0) noneLeft();
  });
  return {
    isDraining: () => draining,
    begin() {
      draining = true;
    },
    async close() {
      const closed = app.close();
      await new Promise<void>((resolve) => {
        noneLeft = resolve;
        if (running.size === 0) resolve();
      });
      // What was just answered gets its time to leave. Left are lines on which nothing was ever asked:
      // browsers open them ahead, and Node would wait a minute for each.
      setImmediate(() => app.server.closeAllConnections());
      await closed;
    },
  };
}
