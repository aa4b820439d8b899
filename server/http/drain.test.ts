import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import Fastify from 'fastify';
import { prepareDrain } from './drain.ts';

/** An app with one slow address; `asked` says when a request is under way. */
async function openSlow() {
  const app = Fastify();
  const drain = prepareDrain(app);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  app.get('/slow', async () => {
    asked.resolve();
    await answer.promise;
    return 'done';
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { drain, address, asked: asked.promise, answer: answer.resolve };
}

test('a running request gets its answer before the app is closed', async () => {
  const { drain, address, asked, answer } = await openSlow();
  const response = fetch(`${address}/slow`);
  await asked;
  drain.begin();
  const closed = drain.close();
  answer();
  assert.equal(await (await response).text(), 'done');
  await closed;
});

test('a request whose sender has gone away does not keep the app open', async () => {
  const { drain, address, asked } = await openSlow();
  const { port, hostname } = new URL(address);
  const line = connect(Number(port), hostname);
  line.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await asked;
  line.destroy();
  await once(line, 'close');
  drain.begin();
  await drain.close();
});
