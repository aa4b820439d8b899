import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { Bus } from './bus.ts';

/** The bus of a single process. Listeners run after the publisher has gone on. */
export function openMemoryBus({ log }: { log: Logger }): Bus {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    publish(topic, message) {
      setImmediate(() => {
        for (const hear of emitter.listeners(topic)) {
          try {
            hear(message);
          } catch (error) {
            log.error({ err: error, topic }, 'a listener of the bus failed');
          }
        }
      });
    },
    subscribe(topic, hear) {
      emitter.on(topic, hear);
      return () => emitter.off(topic, hear);
    },
    async close() {
      emitter.removeAllListeners();
    },
  };
}
