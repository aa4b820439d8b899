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

test('mails go to the log, or to a server that is named; its password is not repeated', () => {
  const site = { PUBLIC_URL: 'https://photos.example.org' };
  assert.equal(readConfig({}, '/srv').mailUrl, null);
  assert.equal(readConfig({ MAIL_URL: 'log:' }, '/srv').mailUrl, null);
  assert.equal(readConfig({}, '/srv').mailFrom, 'Aperto <no-reply@localhost>');
  for (const MAIL_URL of [
    'smtp://mail.example.org',
    'smtp://me:p%40ss@mail.example.org:2525?tls=off',
    'smtps://mail.example.org:465/',
    'smtp://[::1]:25',
  ]) {
    const config = readConfig({ ...site, MAIL_URL }, '/srv');
    assert.equal(config.mailUrl, MAIL_URL);
    assert.equal(config.mailFrom, 'Aperto <no-reply@photos.example.org>');
  }
  for (const MAIL_URL of [
    'mailto:x@y',
    'smtp:',
    'smtp://',
    'smtp://me:hunter2@',
    'smtp://me:hunter2%@mail.example.org',
    'smtp://me:hunter2@mail.example.org/inbox',
    'smtp://me:hunter2@mail.example.org?tls=maybe',
    'http://me:hunter2@mail.example.org',
  ]) {
    complains({ ...site, MAIL_URL }, /^MAIL_URL must be log:(?![\s\S]*hunter2)/);
  }
  for (const MAIL_FROM of ['photos@example.org', 'The Club <photos@example.org>']) {
    assert.equal(readConfig({ MAIL_FROM }, '/srv').mailFrom, MAIL_FROM);
  }
  for (const MAIL_FROM of ['photos', 'a@b, c@d', 'x <a@b>\r\nBcc: c@d', '<a@b>']) {
    complains({ MAIL_FROM }, /MAIL_FROM/);
  }
});

test('mixtures that would be silently wrong are refused', () => {
  complains({ MAIL_URL: 'smtp://mail.example.org' }, /MAIL_URL needs PUBLIC_URL/);
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
