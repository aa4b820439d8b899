import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, ROLES, readConfig } from './config.ts';

const complains = (env: Record<string, string>, about: RegExp) =>
  assert.throws(
    () => readConfig(env, '/srv'),
    (error) => error instanceof ConfigError && about.test(error.message),
  );

test('without settings: everything in one process, in ./data', () => {
  const config = readConfig({}, '/srv');
  assert.equal(config.port, 3000);
  assert.equal(config.dataDir, '/srv/data');
  assert.equal(config.blobsRoot, '/srv/data/blobs');
  assert.deepEqual([...config.roles], [...ROLES]);
  assert.equal(config.databaseUrl, null);
  assert.equal(config.limits, true);
  assert.ok(Object.isFrozen(config));
});

test('an empty setting is one that was not made', () => {
  assert.equal(readConfig({ PORT: '', DATA_DIR: ' ' }, '/srv').dataDir, '/srv/data');
});

test('every wrong setting is named at once, with what it takes', () => {
  complains({ PORT: 'web' }, /PORT=web must be a whole number from 0 to 65535/);
  complains(
    { PORT: '1', LIMITS: 'maybe', ROLES: 'reader' },
    /LIMITS=maybe[\s\S]*|ROLES names reader/,
  );
  complains({ BLOBS_URL: 's3://bucket' }, /BLOBS_URL/);
  complains({ PUBLIC_URL: 'example.org' }, /PUBLIC_URL=example.org must be an address/);
  complains({ APERTO_SECRET: 'short' }, /at least 32 characters/);
  complains({ REGION: '../x' }, /REGION/);
});

test('a wrong database address is not repeated: it may hold a password', () => {
  assert.throws(
    () => readConfig({ DATABASE_URL: 'mysql://root:hunter2@db' }, '/srv'),
    (error) => error instanceof ConfigError && !error.message.includes('hunter2'),
  );
});

test('mixtures that would be silently wrong are refused', () => {
  complains({ ROLES: 'worker' }, /embedded database belongs to one process/);
  complains({ ROLES: 'worker', DATABASE_URL: 'postgres://db/a' }, /same APERTO_SECRET/);
  complains({ REPLICA_URLS: 'postgres://r/a' }, /REPLICA_URLS needs DATABASE_URL/);
  complains({ CACHE_URL: 'redis://c' }, /CACHE_URL is not a setting of this version/);
});

test('several roles, with all that they need', () => {
  const config = readConfig(
    { ROLES: 'read, edge', DATABASE_URL: 'postgres://db/a', APERTO_SECRET: 'x'.repeat(32) },
    '/srv',
  );
  assert.deepEqual([...config.roles], ['read', 'edge']);
});
