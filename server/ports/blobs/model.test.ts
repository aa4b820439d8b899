import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { Problem } from '../../kernel/problem.ts';
import { BlobMissing, type Blobs } from './blobs.ts';
import { scrubAll } from './contract.ts';
import { openFileBlobs } from './file.ts';

/**
 * Random commands against a store and against a simple model of it: which keys there are. Contents are few,
 * so that keys share them; roots go away, come back and are emptied; some commands run at once.
 */
const log = pino({ level: 'silent' });
const CONTENTS = ['one', 'two', 'three'].map((text) => Buffer.alloc(2000, text));
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Six keys a content: half of them say which in their name. */
const KEYS = CONTENTS.flatMap((bytes, content) =>
  ['aa/1', 'ab/1', 'ab/2'].flatMap((folder) => [
    { key: `local/${folder}/5-large-${digest(bytes).slice(0, 16)}.jpg`, bytes },
    { key: `local/${folder}/plain-${content}.jpg`, bytes },
  ]),
);

let place: string;
before(async () => {
  place = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'aperto-model-'));
});
after(() => rm(place, { recursive: true }));

type Command =
  | { readonly does: 'write' | 'remove' | 'read'; readonly keys: readonly number[] }
  | { readonly does: 'leave' | 'return' | 'empty'; readonly root: number }
  | { readonly does: 'scrub' | 'reopen' };

const some = fc.uniqueArray(fc.nat(KEYS.length - 1), { minLength: 1, maxLength: 4 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('write' as const), keys: some }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('remove' as const), keys: some }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('read' as const), keys: some }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'leave' as const,
        'return' as const,
        'return' as const,
        'empty' as const,
      ),
      root: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('scrub' as const, 'reopen' as const) }),
  },
);

class World {
  readonly roots: readonly string[];
  readonly present = new Set<number>();
  readonly away = new Set<number>();
  blobs: Blobs;
  #ahead = 0;

  private constructor(roots: readonly string[]) {
    this.roots = roots;
    this.blobs = undefined as unknown as Blobs;
  }

  static async open(count: number): Promise<World> {
    const home = await mkdtemp(join(place, 'world-'));
    const world = new World(Array.from({ length: count }, (_, index) => join(home, String(index))));
    await world.reopen();
    return world;
  }

  async reopen(): Promise<void> {
    const millis = () => Date.now() + this.#ahead;
    const clock = { millis, now: () => new Date(millis()) };
    const secret = new Uint8Array(32);
    const { roots } = this;
    this.blobs = await openFileBlobs({ roots, copies: 2, secret, clock, log, publicPath: '/u' });
  }

  async do(command: Command): Promise<void> {
    // Long enough that roots that are away are looked for.
    this.#ahead += 6000;
    if ('keys' in command)
      await Promise.all(command.keys.map((key) => this.#touch(command.does, key)));
    else if ('root' in command) await this.#change(command.does, command.root % this.roots.length);
    else if (command.does === 'scrub') assert.deepEqual((await scrubAll(this.blobs)).lost, []);
    // A root that is not there when a store opens would be made anew; that is 'empty'.
    else if (this.away.size === 0) await this.reopen();
  }

  async #touch(does: 'write' | 'remove' | 'read', index: number): Promise<void> {
    const { key, bytes } = KEYS[index] ?? { key: '', bytes: Buffer.alloc(0) };
    const enough = this.roots.length - this.away.size >= 2;
    if (does === 'read') {
      const found = await this.blobs.read(key).catch((error: unknown) => {
        assert.ok(error instanceof BlobMissing, String(error));
        return null;
      });
      assert.deepEqual(found, this.present.has(index) ? bytes : null, key);
    } else if (does === 'remove') {
      await this.blobs.remove(key);
      this.present.delete(index);
    } else if (enough) {
      await this.blobs.write(key, bytes);
      this.present.add(index);
    } else {
      await assert.rejects(this.blobs.write(key, bytes), (error) => {
        return error instanceof Problem && error.code === 'storage_unavailable';
      });
    }
  }

  async #change(does: 'leave' | 'return' | 'empty', index: number): Promise<void> {
    const root = this.roots[index] ?? '';
    if (does === 'leave' && this.away.size === 0) {
      await rename(root, `${root}.off`);
      // Sometimes a mount point remains.
      if (index === 1) await mkdir(root);
      this.away.add(index);
    } else if (does === 'return' && this.away.delete(index)) {
      await rm(root, { recursive: true, force: true });
      await rename(`${root}.off`, root);
      await this.blobs.roots();
    } else if (does === 'empty' && this.away.size === 0) {
      // Two copies survive the loss of one root, when both were there.
      await scrubAll(this.blobs);
      await rm(root, { recursive: true });
      await this.reopen();
      await scrubAll(this.blobs);
    }
  }

  /** When all roots are back and a round is over. */
  async judge(): Promise<void> {
    for (const index of [...this.away]) await this.do({ does: 'return', root: index });
    this.#ahead += 2 * 3_600_000;
    const report = await scrubAll(this.blobs);
    assert.deepEqual(report.lost, []);
    const again = await scrubAll(this.blobs);
    assert.deepEqual([again.repaired, again.removed, again.lost], [0, 0, []]);
    const wanted = [...this.present].map((index) => KEYS[index]?.key ?? '').sort();
    assert.deepEqual((await this.blobs.keys(null, 1000)).toSorted(), wanted);
    const copies = new Map(wanted.map((key) => [key, 0]));
    for (const root of this.roots) this.#judgeRoot(root, copies);
    assert.deepEqual(
      [...copies.values()].filter((count) => count !== 2),
      [],
    );
  }

  #judgeRoot(root: string, copies: Map<string, number>): void {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    const objects = new Map<number, number>();
    for (const path of paths.filter((one) => one.startsWith('objects/'))) {
      const { ino, nlink } = statSync(join(root, path));
      objects.set(ino, nlink - 1);
    }
    for (const path of paths) {
      if (path === 'root.json' || path.startsWith('objects/')) continue;
      const known = KEYS.find(({ key }) => key === path);
      assert.ok(known && copies.has(path), `${path} should not be there`);
      assert.deepEqual(readFileSync(join(root, path)), known.bytes);
      copies.set(path, (copies.get(path) ?? 0) + 1);
      const { ino } = statSync(join(root, path));
      objects.set(ino, (objects.get(ino) ?? -99) - 1);
    }
    assert.deepEqual(
      [...objects.values()].filter((left) => left !== 0),
      [],
      'links are names',
    );
    assert.ok(objects.size <= CONTENTS.length, 'each content once');
  }
}

for (const count of [2, 3]) {
  test(`whatever happens to ${count} roots, what was written stays and what was removed is gone`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
        const world = await World.open(count);
        for (const one of commands) await world.do(one);
        await world.judge();
      }),
      { numRuns: 12 },
    );
  });
}
