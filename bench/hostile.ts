/** How soon the API answers while hostile files are sent, judged and decoded, and beside that without them. */
import { createHash } from 'node:crypto';
import { bombs, mutants, polyglots } from '../test/hostile-files.ts';
import { addPeople, logIn } from './people.ts';
import { openStage } from './stage.ts';

/** Requests a second, evenly, whether answers come or not. */
const RATE = 50;

/** `--quick`: a second each, to see that it works; 20 else. */
export async function run(args: readonly string[]): Promise<void> {
  const seconds = args.includes('--quick') ? 1 : 20;
  const stage = await openStage();
  try {
    const server = await stage.startServer();
    const [person] = await addPeople(stage.ctx, 1);
    const token = person ? await logIn(stage.ctx, person) : '';
    const ask = () => request(server.address, token, 'GET', '/users/me');
    await measure(ask, 1);
    tell('alone', await measure(ask, seconds));
    const files = [...(await bombs()), ...(await polyglots()), ...(await mutants(100, 1))];
    let sent = 0;
    let isOver = false;
    const send = (async () => {
      while (!isOver) {
        const file = files[sent % files.length];
        sent += 1;
        if (file && file.bytes.length > 0) await upload(server.address, token, file);
      }
    })();
    tell('under hostile files', await measure(ask, seconds));
    isOver = true;
    await send;
    console.log(`${sent} hostile files sent meanwhile, one after the other`);
  } finally {
    await stage.close();
  }
}

async function measure(ask: () => Promise<unknown>, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const asked: Promise<void>[] = [];
  const start = performance.now();
  for (let n = 0; n < seconds * RATE; n += 1) {
    const due = start + (n * 1000) / RATE;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    // From when it was due, so that a server that stands still is seen.
    asked.push(ask().then(() => void times.push(performance.now() - due)));
  }
  await Promise.all(asked);
  return times.sort((a, b) => a - b);
}

function tell(what: string, times: readonly number[]): void {
  const at = (part: number) => times[Math.floor(part * (times.length - 1))]?.toFixed(1);
  console.log(
    `GET /users/me, ${RATE} a second, ${what.padEnd(20)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, n ${times.length}`,
  );
}

async function request(base: string, token: string, method: string, path: string, body?: object) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = (await response.json()) as { data: unknown };
  if (response.status >= 500) throw new Error(JSON.stringify(answer));
  return answer.data;
}

/** Refusals are what is wanted. */
async function upload(base: string, token: string, file: { type: string; bytes: Buffer }) {
  const { bytes, type: content_type } = file;
  const checksum_sha256 = createHash('sha256').update(bytes).digest('hex');
  const files = [{ content_type, size: bytes.length, checksum_sha256 }];
  const { uploads } = (await request(base, token, 'POST', '/posts/upload', { files })) as {
    uploads: { upload_id: string; url: string; headers: Record<string, string> }[];
  };
  const [grant] = uploads;
  if (!grant) throw new Error('no address to upload to');
  await fetch(new URL(grant.url, base), {
    method: 'PUT',
    headers: grant.headers,
    body: new Uint8Array(bytes),
  });
  await request(base, token, 'POST', '/posts/confirm', { upload_ids: [grant.upload_id] });
}
