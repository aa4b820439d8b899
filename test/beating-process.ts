import { openPostgres } from '../server/ports/db/postgres.ts';

/** A process that tells others what it touches, for as long as it lives. */
const db = openPostgres({
  url: process.env.DATABASE_URL ?? '',
  maxConnections: 2,
  applicationName: 'beating',
  statementTimeoutMs: 5000,
  log: { warn() {} },
});
await db.shareTouches();
setInterval(() => db.touchLoosely('alive'), 50);
