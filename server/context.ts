import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import type { IdSource } from './kernel/ids.ts';
import type { Secrets } from './kernel/secrets.ts';
import type { Blobs } from './ports/blobs/blobs.ts';
import type { Bus } from './ports/bus/bus.ts';
import type { Cache } from './ports/cache/cache.ts';
import type { Db, Queryable } from './ports/db/db.ts';
import type { Ffmpeg } from './ports/ffmpeg/ffmpeg.ts';
import type { Jobs } from './ports/jobs/jobs.ts';
import type { Mail } from './ports/mail/mail.ts';
import type { Sandbox } from './ports/sandbox/sandbox.ts';

/** All that a feature may reach of the outside world: ports, never adapters. */
export interface Context {
  /** The primary. */
  readonly db: Db;
  /** Where reads may go that need not see this moment's writes; the primary itself when there is no replica. */
  readonly replica: Queryable;
  readonly blobs: Blobs;
  /** What the processes of one server keep together; null: this process has only its own memory. */
  readonly cache: Cache | null;
  readonly bus: Bus;
  readonly jobs: Jobs;
  readonly mail: Mail;
  /** Where files of unknown origin are decoded: processes of their own. */
  readonly sandbox: Sandbox;
  /** null: this server takes no video. */
  readonly ffmpeg: Ffmpeg | null;
  readonly ids: IdSource;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly clock: Clock;
  readonly config: Config;
}
