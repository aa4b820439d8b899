import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import { type Clock, systemClock } from '../server/kernel/clock.ts';
import { openHouse } from '../server/open.ts';
import { openTestDatabase } from './database.ts';

/** Everything that a server opens, on a database and a folder of its own, without roles. */
export interface TestHouse {
  readonly ctx: Context;
  readonly url: string;
  close(): Promise<void>;
}

/** `settings` go before those of a test. */
export async function openTestHouse(
  clock: Clock = systemClock,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestHouse> {
  const database = await openTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-house-'));
  const config = readConfig(
    {
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      LIMITS: 'off',
      OVERLOAD: 'off',
      BUS_URL: 'memory:',
      AVIF: 'off',
      ...settings,
    },
    dataDir,
  );
  const house = await openHouse(config, pino({ level: 'silent' }), clock);
  return {
    ctx: house.ctx,
    url: database.url,
    async close() {
      await house.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
