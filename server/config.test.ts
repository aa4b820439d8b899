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
  assert.deepEqual(config.blobRoots, ['/srv/data/blobs']);
  assert.equal(config.blobCopies, 1);
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

test('files lie in one folder or several, two copies of each where there are several', () => {
  const read = (env: Record<string, string>) => {
    const { blobRoots, blobCopies } = readConfig(env, '/srv');
    return [blobRoots, blobCopies];
  };
  assert.deepEqual(read({ BLOBS_URL: 'file:/a' }), [['/a'], 1]);
  assert.deepEqual(read({ BLOBS_URL: 'file:///a' }), [['/a'], 1]);
  assert.deepEqual(read({ BLOBS_URL: 'file:/a, b/,/c' }), [['/a', '/srv/b', '/c'], 2]);
  assert.deepEqual(read({ BLOBS_URL: 'file:/a,/b,/c', BLOBS_COPIES: '3' }), [
    ['/a', '/b', '/c'],
    3,
  ]);
  assert.deepEqual(read({ BLOBS_URL: 'file:/a,/b', BLOBS_COPIES: '1' }), [['/a', '/b'], 1]);
  assert.deepEqual(read({ BLOBS_URL: 'file:/a,/ab' }), [['/a', '/ab'], 2]);
  complains({ BLOBS_URL: 'file:' }, /BLOBS_URL=file: must be file: and a folder/);
  complains({ BLOBS_URL: 'file:/a,' }, /BLOBS_URL=file:\/a, must be file: and a folder/);
  complains({ BLOBS_URL: 'file:/a,/b/../a/' }, /BLOBS_URL names the folder \/a twice/);
  complains({ BLOBS_URL: 'file:/a/b,/a' }, /BLOBS_URL names \/a\/b, which lies in \/a/);
  complains({ BLOBS_URL: 'file:/a,/a/b' }, /BLOBS_URL names \/a\/b, which lies in \/a/);
  complains({ BLOBS_COPIES: '2' }, /BLOBS_COPIES=2 needs as many folders, but BLOBS_URL names 1/);
  complains({ BLOBS_URL: 'file:/a,/b', BLOBS_COPIES: '3' }, /BLOBS_COPIES=3 needs as many folders/);
  complains({ BLOBS_COPIES: '0' }, /BLOBS_COPIES=0 must be a whole number from 1/);
  complains({ REGION: 'objects' }, /REGION=objects must be .* not tmp, objects/);
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
  complains({ CACHE_URL: 'redis://c' }, /CACHE_URL names a cache that processes share/);
  complains({ CACHE_URL: 'memcached://c' }, /CACHE_URL must be memory:, redis:/);
  complains({ EVENTS_URL: 'kafka://e' }, /EVENTS_URL is not a setting of this version/);
});

test('several roles, with all that they need', () => {
  const config = readConfig(
    { ROLES: 'read, edge', DATABASE_URL: 'postgres://db/a', APERTO_SECRET: 'x'.repeat(32) },
    '/srv',
  );
  assert.deepEqual([...config.roles], ['read', 'edge']);
});

test('OVERLOAD is on, off, or a number', () => {
  const of = (OVERLOAD: string) => readConfig({ OVERLOAD }, '/srv').overload;
  assert.deepEqual([of(''), of('on'), of('off'), of('20')], [500, 500, null, 20]);
  for (const wrong of ['0', '1.5', 'yes', '1000000']) assert.throws(() => of(wrong), /OVERLOAD=/);
});
