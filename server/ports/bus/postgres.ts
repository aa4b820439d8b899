import type { Logger } from 'pino';
import type { Db } from '../db/db.ts';
import type { Bus, BusMessage } from './bus.ts';
import { openMemoryBus } from './memory.ts';

const CHANNEL = 'aperto_bus';
/** PostgreSQL's limit for a payload is 8,000 bytes, its end included. */
const PAYLOAD_BYTES_MAX = 7_900;

/**
 * The bus of several processes on one database, by LISTEN and NOTIFY. A message that does not fit
 * reaches this process alone and is warned of; so is one that PostgreSQL does not take.
 */
export async function openPostgresBus({ db, log }: { db: Db; log: Logger }): Promise<Bus> {
  const near = openMemoryBus({ log });
  const self = crypto.randomUUID();
  const stop = await db.listen(CHANNEL, (payload) => {
    const { from, topic, message } = JSON.parse(payload) as Envelope;
    if (from !== self) near.publish(topic, message);
  });
  return {
    publish(topic, message) {
      // Here at once, without the way through the database.
      near.publish(topic, message);
      const payload = JSON.stringify({ from: self, topic, message } satisfies Envelope);
      if (Buffer.byteLength(payload) > PAYLOAD_BYTES_MAX) {
        log.warn({ topic }, 'a hint is too long for other processes');
        return;
      }
      db.query('select pg_notify($1, $2)', [CHANNEL, payload]).catch((error) => {
        log.warn({ err: error, topic }, 'a hint did not reach other processes');
      });
    },
    subscribe: near.subscribe,
    async close() {
      await stop();
      await near.close();
    },
  };
}

interface Envelope {
  readonly from: string;
  readonly topic: string;
  readonly message: BusMessage;
}
