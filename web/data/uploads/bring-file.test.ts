import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { UploadId } from '../../../api/ids.ts';
import { PART_BYTES } from '../../../api/limits.ts';
import type { UploadGrant, UploadState } from '../../../api/media.ts';
import { bringFile, type FileLine } from './bring-file.ts';
import { CENTRED } from './crop.ts';
import { bringAgain, type PendingFile } from './pending.ts';
import { remedy, type Trouble } from './trouble.ts';

const PARTS = 5;
const SIZE = (PARTS - 1) * PART_BYTES + 1000;
const bytes = new Blob([new Uint8Array(SIZE)]);
const checksums = Array.from({ length: PARTS }, (_, index) => `part ${index + 1}`);

/** What happens to a request, or to the world before it. */
const FAULTS = [
  'none',
  /** The request does not arrive. */
  'lost',
  /** It arrives, its answer does not. */
  'answer_lost',
  'expired',
  'busy',
  /** The page is closed, or the browser ends: what is not kept is gone. */
  'closed',
  /** The server has swept the upload away. */
  'swept',
  /** The server has lost one part. */
  'part_lost',
] as const;
type Fault = (typeof FAULTS)[number];

class Failed extends Error {
  readonly trouble: Trouble;

  constructor(status: number, code: string, ofPart = false) {
    super(code);
    this.trouble = { status, code, message: '', uploadId: null, retryAfter: null, ofPart };
  }
}
class Closed extends Error {}

/** A server that keeps parts, and holds it against its client when it gets one twice. */
class Server {
  readonly uploads = new Map<string, { parts: Map<number, string>; complete: boolean }>();
  made = 0;
  lostParts = 0;
  puts = 0;
  readonly #faults: Fault[];

  constructor(faults: readonly Fault[]) {
    this.#faults = [...faults];
  }

  /** The line of one page; with the page it ends. */
  open(): FileLine & { closed: boolean } {
    const line = {
      closed: false,
      hash: async () => ({ whole: 'whole', parts: checksums }),
      ask: () => this.#request(line, () => this.#make()),
      putWhole: async () => assert.fail('it is large'),
      look: ({ upload_id }: UploadGrant) => this.#request(line, () => this.#stateOf(upload_id)),
      putPart: (...[{ upload_id }, part, slice, sent]: Parameters<FileLine['putPart']>) =>
        this.#request(
          line,
          () => {
            const upload = this.#find(upload_id);
            assert.equal(slice.size, part.size);
            assert.notEqual(upload.parts.get(part.number), part.checksum, 'a part sent twice');
            assert.equal(upload.complete, false, 'a part of what is complete');
            sent(part.size / 2);
            upload.parts.set(part.number, part.checksum);
            this.puts += 1;
          },
          true,
        ),
      complete: ({ upload_id }: UploadGrant) =>
        this.#request(line, () => {
          const upload = this.#find(upload_id);
          if (upload.parts.size < PARTS) throw new Failed(409, 'upload_incomplete');
          upload.complete = true;
          return this.#stateOf(upload_id);
        }),
    };
    return line;
  }

  #make(): UploadGrant {
    this.made += 1;
    const upload_id = String(this.made) as UploadId;
    this.uploads.set(upload_id, { parts: new Map(), complete: false });
    const rest = { method: 'PUT', url: '', headers: {}, part_size: PART_BYTES } as const;
    return { upload_id, expires_at: new Date(0).toISOString(), ...rest };
  }

  #find(id: string) {
    const upload = this.uploads.get(id);
    if (!upload) throw new Failed(404, 'upload_not_found');
    return upload;
  }

  #stateOf(upload_id: UploadId): UploadState {
    const { parts, complete } = this.#find(upload_id);
    const arrived = complete ? [] : [...parts];
    return {
      upload_id,
      size: SIZE,
      part_size: PART_BYTES,
      arrived: arrived.map(([number, checksum_sha256]) => ({ number, checksum_sha256 })),
      complete,
      kept_until: null,
    };
  }

  async #request<T>(line: { closed: boolean }, work: () => T, ofPart = false): Promise<T> {
    // The other lane goes on meanwhile.
    await new Promise(setImmediate);
    if (line.closed) throw new Closed();
    const fault = this.#faults.shift() ?? 'none';
    this.#strike(fault);
    if (fault === 'closed') {
      line.closed = true;
      throw new Closed();
    }
    if (fault === 'lost') throw new Failed(0, 'offline', ofPart);
    if (fault === 'busy') throw new Failed(503, 'shutting_down', ofPart);
    if (fault === 'expired' && ofPart) throw new Failed(403, 'signature_expired', true);
    const answer = work();
    await new Promise(setImmediate);
    if (line.closed) throw new Closed();
    if (fault === 'answer_lost') throw new Failed(0, 'timeout', ofPart);
    return answer;
  }

  #strike(fault: Fault): void {
    const [id, last] = [...this.uploads].at(-1) ?? [];
    if (fault === 'swept' && id) this.uploads.delete(id);
    const [number] = last && !last.complete ? last.parts.keys() : [];
    if (fault === 'part_lost' && number) {
      last?.parts.delete(number);
      this.lostParts += 1;
    }
  }
}

const chosen: PendingFile = {
  id: 'a',
  name: 'a.png',
  size: SIZE,
  type: 'image/png',
  width: 4000,
  height: 3000,
  framing: CENTRED,
  alt: '',
  checksum: null,
  grant: null,
  sent: false,
};

/** What the queue does, without its waiting. */
async function bring(server: Server, progress: number[]): Promise<PendingFile> {
  let file = chosen;
  let tries = 0;
  for (let rounds = 0; !file.sent; rounds += 1) {
    assert.ok(rounds < 300, 'it comes to an end');
    const line = server.open();
    const keep = async (change: Partial<PendingFile>) => {
      if (line.closed) throw new Closed();
      if ((change.arrived?.length ?? 0) > (file.arrived?.length ?? 0)) tries = 0;
      file = { ...file, ...change };
    };
    try {
      await bringFile(file, bytes, line, { keep, moved: (sent) => progress.push(sent) });
    } catch (error) {
      if (error instanceof Closed) continue;
      if (!(error instanceof Failed)) throw error;
      tries += 1;
      const what = remedy(error.trouble, tries);
      if (what === 'send_again') file = bringAgain(file, error.trouble.code);
      // Here the person asks for another try.
      if (what === 'stop') tries = 0;
    }
  }
  return file;
}

test('whatever happens, the bytes arrive, and no part that is there is sent again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...FAULTS), { maxLength: 60 }), async (faults) => {
      const server = new Server(faults);
      const progress: number[] = [];
      const file = await bring(server, progress);
      const upload = server.uploads.get(file.grant?.upload_id ?? '');
      assert.deepEqual([upload?.complete, upload?.parts.size], [true, PARTS]);
      assert.ok(progress.every((sent) => sent >= 0 && sent <= SIZE));
      const swept = faults.filter((fault) => fault === 'swept').length;
      const unheard = faults.filter((fault) => fault === 'answer_lost' || fault === 'closed');
      assert.ok(server.made <= 1 + swept + unheard.length, 'another upload only for a reason');
      assert.ok(server.puts <= PARTS * (1 + swept) + server.lostParts, `${server.puts} parts`);
    }),
    { numRuns: 500 },
  );
});

test('in a calm world every part goes once, and progress only grows', async () => {
  const server = new Server([]);
  const progress: number[] = [];
  await bring(server, progress);
  assert.deepEqual([server.made, server.puts], [1, PARTS]);
  assert.deepEqual(
    progress,
    progress.toSorted((one, other) => one - other),
  );
  assert.equal(progress.at(-1), SIZE);
});

test('a page that is opened again sends only what is missing', async () => {
  // Asked for, looked, two parts, and then the page is closed.
  const server = new Server(['none', 'none', 'none', 'none', 'closed']);
  await bring(server, []);
  assert.deepEqual([server.made, server.puts], [1, PARTS]);
});
