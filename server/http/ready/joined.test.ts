import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { constants, crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { openBrowser } from '../../../test/browser.ts';
import { combineCrc32, crcShift } from './crc32.ts';
import { Joined } from './joined.ts';
import { Part } from './part.ts';

const words = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.constantFrom('', '{"liked":false,"saved":true}', 'a'.repeat(70_000)),
);
const parts = fc
  .array(fc.tuple(words, fc.boolean()), { maxLength: 30 })
  .map((all) => all.map(([text, passing]) => (passing ? Part.passing(text) : Part.of(text))));

const textOf = (all: readonly Part[]) => Buffer.concat(all.map(({ plain }) => plain));

/** A body of every kind of part, for the decoders of others. */
const SAMPLE = [
  Part.of('{"success":true,"data":['),
  ...Array.from({ length: 20 }, (_, n) => [
    Part.of(`{"post_id":"${n}","caption":"${'Fähre im Nebel 🛥 '.repeat(n * 3)}"`),
    Part.passing(`,"likes_count":${n}},`),
  ]).flat(),
  Part.of(''),
  Part.passing(''),
  Part.passing('x'.repeat(200_000)),
  Part.of('y'.repeat(200_000)),
  Part.passing(']}'),
];

/** Gives `input` to a program and what it writes. */
const through = (program: string, args: readonly string[], input: Buffer) =>
  execFileSync(program, args, { input, maxBuffer: 10_000_000, stdio: ['pipe', 'pipe', 'pipe'] });

function isHere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('CRC-32 of joined pieces', () => {
  it('is that of the whole, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(), (bytes, cut) => {
        const at = bytes.length === 0 ? 0 : cut % bytes.length;
        const [first, second] = [bytes.subarray(0, at), bytes.subarray(at)];
        const joined = combineCrc32(crc32(first), crc32(second), crcShift(second.length));
        assert.equal(joined, crc32(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('knows lengths of many bits', () => {
    for (const length of [0x12345, 0xffffff, 0x2000001]) {
      const zeros = new Uint8Array(length);
      const joined = combineCrc32(crc32('a'), crc32(zeros), crcShift(length));
      assert.equal(joined, crc32(zeros, crc32('a')));
    }
  });
});

describe('joined parts', () => {
  it('are their texts in a row, plain and through gzip', () => {
    fc.assert(
      fc.property(parts, (all) => {
        const joined = new Joined(all);
        const text = textOf(all);
        assert.ok(joined.body(null).equals(text));
        const packed = joined.body('gzip');
        assert.equal(packed.length, joined.gzipBytes);
        assert.ok(gunzipSync(packed).equals(text));
      }),
      { numRuns: 500 },
    );
  });

  it('may stand in any order and more than once', () => {
    const pool = [...'abcdefgh'].map((letter, n) =>
      n % 3 === 0 ? Part.passing(letter.repeat(n)) : Part.of(letter.repeat(n * 50)),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pool), { maxLength: 60 }), (all) => {
        assert.ok(gunzipSync(new Joined(all).body('gzip')).equals(textOf(all)));
      }),
    );
  });

  it('are written where they are told to be, and nowhere else', () => {
    const joined = new Joined(SAMPLE);
    const target = Buffer.alloc(joined.plainBytes + 200, 0xaa);
    joined.writeGzip(target, 100);
    const end = 100 + joined.gzipBytes;
    assert.ok(gunzipSync(target.subarray(100, end)).equals(textOf(SAMPLE)));
    assert.ok(target.subarray(0, 100).every((byte) => byte === 0xaa));
    assert.ok(target.subarray(end).every((byte) => byte === 0xaa));
  });

  it('end on whole bytes, without a last block of their own', () => {
    for (const { plain, packed } of SAMPLE) {
      const twice = Buffer.concat([packed.deflated, packed.deflated, Buffer.from([3, 0])]);
      assert.ok(inflateRawSync(twice).equals(Buffer.concat([plain, plain])));
      assert.throws(() => inflateRawSync(packed.deflated), /unexpected end of file/);
    }
  });

  it('are smaller when deflated, though each is on its own', () => {
    const post = Part.of(
      JSON.stringify({ sizes: Array(12).fill('/media/local/0a/123/456-large') }),
    );
    assert.ok(post.packed.deflated.length < post.plain.length / 3);
  });
});

describe('decoders of others', () => {
  const gzip = new Joined(SAMPLE).body('gzip');
  const text = textOf(SAMPLE);

  it('gzip takes it, to the last byte', { skip: !isHere('gzip') }, () => {
    assert.ok(through('gzip', ['-dc'], gzip).equals(text));
    through('gzip', ['-t'], gzip);
    const broken = Buffer.from(gzip);
    broken[broken.length - 8] = (broken.at(-8) ?? 0) ^ 1;
    assert.throws(() => through('gzip', ['-t'], broken), /crc error/);
  });

  it('Python takes it as one member', { skip: !isHere('python3') }, () => {
    const script = `import sys, zlib
d = zlib.decompressobj(31)
out = d.decompress(sys.stdin.buffer.read())
assert d.eof and d.unused_data == b''
sys.stdout.buffer.write(out)`;
    assert.ok(through('python3', ['-c', script], gzip).equals(text));
    const whole =
      'import gzip,sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))';
    assert.ok(through('python3', ['-c', whole], gzip).equals(text));
  });

  it('a stream that gets it byte by byte takes it', async () => {
    const stream = new DecompressionStream('gzip');
    const writer = stream.writable.getWriter();
    const written = (async () => {
      for (let at = 0; at < gzip.length; at += 97) {
        await writer.write(new Uint8Array(gzip.subarray(at, at + 97)));
      }
      await writer.close();
    })();
    const got = Buffer.from(await new Response(stream.readable).arrayBuffer());
    await written;
    assert.ok(got.equals(text));
  });

  it('Chromium takes it', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, {
        'content-type': 'text/plain; charset=utf-8',
        'content-encoding': 'gzip',
        'content-length': gzip.length,
      });
      response.end(gzip);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(url);
      const got = await page.evaluate(async () => (await fetch('/')).text());
      assert.equal(got, String(text));
    } finally {
      await browser.close();
      server.close();
    }
  });

  it('the flush that joins them is a full one', () => {
    const [first] = SAMPLE;
    assert.equal(constants.Z_FULL_FLUSH, 3);
    assert.deepEqual([...(first?.packed.deflated.subarray(-4) ?? [])], [0, 0, 0xff, 0xff]);
  });
});
