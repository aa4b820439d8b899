/** Thrown when a reader wants bytes that the file does not have. */
export class EndsTooEarly extends Error {
  constructor() {
    super('the file ends too early');
    this.name = 'EndsTooEarly';
  }
}

/** Walks forward through a stream, holding no more of it than was asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Bytes of the chunks before this one. */
  #passed = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** How many bytes have been read or skipped. */
  get position(): number {
    return this.#passed + this.#at;
  }

  /** The next `length` bytes, or as many as there are. */
  async takeUpTo(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    try {
      while (missing > 0) {
        if (this.#at === this.#chunk.length) await this.#next();
        const part = this.#chunk.subarray(this.#at, this.#at + missing);
        parts.push(part);
        this.#at += part.length;
        missing -= part.length;
      }
    } catch (error) {
      if (!(error instanceof EndsTooEarly)) throw error;
    }
    return Buffer.concat(parts);
  }

  /** The next `length` bytes. Throws `EndsTooEarly`. */
  async take(length: number): Promise<Buffer> {
    if (this.#at + length <= this.#chunk.length) {
      this.#at += length;
      return this.#chunk.subarray(this.#at - length, this.#at);
    }
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      if (this.#at === this.#chunk.length) await this.#next();
      const part = this.#chunk.subarray(this.#at, this.#at + missing);
      parts.push(part);
      this.#at += part.length;
      missing -= part.length;
    }
    return Buffer.concat(parts, length);
  }

  async takeByte(): Promise<number> {
    while (this.#at === this.#chunk.length) await this.#next();
    const byte = this.#chunk[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }

  /** Throws `EndsTooEarly` when fewer than `length` bytes are left. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      if (this.#at === this.#chunk.length) await this.#next();
      const step = Math.min(left, this.#chunk.length - this.#at);
      this.#at += step;
      left -= step;
    }
  }

  /** Goes to just behind the next `byte`. Throws `EndsTooEarly` when there is none. */
  async skipPast(byte: number): Promise<void> {
    for (;;) {
      const found = this.#chunk.indexOf(byte, this.#at);
      if (found >= 0) {
        this.#at = found + 1;
        return;
      }
      await this.#next();
    }
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done) throw new EndsTooEarly();
    this.#passed += this.#chunk.length;
    this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#at = 0;
  }
}
