import { after } from 'node:test';
import { pino } from 'pino';
import { openTestDatabase } from '../../../test/database.ts';
import { describeBus } from './contract.ts';
import { openMemoryBus } from './memory.ts';
import { openPostgresBus } from './postgres.ts';

const log = pino({ level: 'silent' });
const database = await openTestDatabase();
after(() => database.drop());

describeBus('memory', async () => {
  const bus = openMemoryBus({ log });
  return { here: bus, there: bus };
});

describeBus('postgres', async () => ({
  here: await openPostgresBus({ db: database.db, log }),
  there: await openPostgresBus({ db: database.db, log }),
}));
