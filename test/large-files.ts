import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { request } from 'node:http';
import sharp from 'sharp';
import { askParts, askUpload, completeUpload, getUpload, type UploadGrant } from '../api/media.ts';
import type { Person } from './cast.ts';
import type { TestPicture } from './pictures.ts';

/** A picture of nothing but noise, in which no byte can be left out: some 3 bytes a pixel. */
export async function noisePicture(width: number, height: number): Promise<TestPicture> {
  const data = randomFillSync(Buffer.alloc(width * height * 3));
  const raw = { width, height, channels: 3 } as const;
  const bytes = await sharp(data, { raw }).png({ compressionLevel: 0 }).toBuffer();
  return { name: 'noise.png', type: 'image/png', bytes };
}

export const checksumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A large file on its way to the server, as a client sends it. */
export class LargeFile {
  readonly person: Person;
  readonly grant: UploadGrant;
  readonly parts: readonly Buffer[];

  private constructor(person: Person, grant: UploadGrant, bytes: Buffer) {
    this.person = person;
    this.grant = grant;
    const size = grant.part_size ?? bytes.length;
    const count = Math.ceil(bytes.length / size);
    this.parts = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  }

  static async announce(
    person: Person,
    { type, bytes }: TestPicture,
    checksum = checksumOf(bytes),
  ): Promise<LargeFile> {
    const file = { content_type: type, size: bytes.length, checksum_sha256: checksum };
    const { uploads } = await person.api(askUpload, {
      body: { files: [{ ...file, in_parts: true }] },
    });
    const [grant] = uploads;
    assert.ok(grant?.part_size);
    return new LargeFile(person, grant, bytes);
  }

  get params() {
    return { upload_id: this.grant.upload_id };
  }

  state(by: Person = this.person) {
    return by.api(getUpload, { params: this.params });
  }

  /** Numbers of the parts that have arrived. */
  async arrived(): Promise<number[]> {
    return (await this.state()).arrived.map((part) => part.number);
  }

  part(number: number): Buffer {
    const bytes = this.parts[number - 1];
    assert.ok(bytes, `part ${number}`);
    return bytes;
  }

  async addresses(numbers: readonly number[], by: Person = this.person) {
    const parts = numbers.map((number) => ({
      number,
      checksum_sha256: checksumOf(this.part(number)),
    }));
    return (await by.api(askParts, { params: this.params, body: { parts } })).parts;
  }

  async address(number: number) {
    const [address] = await this.addresses([number]);
    assert.ok(address);
    return address;
  }

  put(address: Pick<UploadGrant, 'method' | 'url' | 'headers'>, bytes: Uint8Array) {
    return this.person.put({ ...this.grant, ...address }, bytes);
  }

  async send(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      const answer = await this.put(await this.address(number), this.part(number));
      assert.equal(answer.status, 200, await answer.text());
    }
  }

  /** Begins to send a part, and stays silent after so much of it (0…1). Gives what hangs up. */
  async begin(number: number, fraction: number): Promise<() => void> {
    const { url, headers } = await this.address(number);
    const bytes = this.part(number);
    const sender = request(new URL(url, this.person.base), {
      method: 'PUT',
      headers: { ...headers, 'content-length': String(bytes.length) },
    });
    // Its other end may be killed.
    sender.on('error', () => {});
    const { promise: written, resolve } = Promise.withResolvers<void>();
    sender.write(bytes.subarray(0, bytes.length * fraction), () => resolve());
    await written;
    return () => sender.destroy();
  }

  complete(by: Person = this.person) {
    return by.api(completeUpload, { params: this.params });
  }
}
