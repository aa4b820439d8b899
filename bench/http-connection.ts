import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** What came back. */
export interface Answer {
  readonly status: number;
  /** Bytes of the body. */
  readonly bytes: number;
}

/**
 * One keep-alive HTTP/1.1 connection for requests, one at a time, that does no more than a load
 * generator needs: it counts the bytes of bodies that say their length.
 */
export class Connection {
  readonly #socket: Socket;
  #done: ((answer: Answer) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #head: Buffer = Buffer.alloc(0);
  #status = 0;
  #length = 0;
  #left = -1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(address: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(address.port), address.hostname);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** `request` is a whole request, head and body, in ASCII. */
  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#left >= 0) {
      this.#count(chunk.length);
      return;
    }
    const seen = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = seen.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = seen;
      return;
    }
    const head = seen.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error(`an answer without a length:\n${head}`));
      return;
    }
    this.#status = Number(head.slice(9, 12));
    this.#length = Number(length);
    this.#left = this.#length;
    this.#count(seen.length - end - 4);
  }

  #count(bytes: number): void {
    this.#left -= bytes;
    if (this.#left > 0) return;
    this.#left = -1;
    this.#head = Buffer.alloc(0);
    const done = this.#done;
    this.#done = undefined;
    done?.({ status: this.#status, bytes: this.#length });
  }

  #fail(error: Error): void {
    const failed = this.#failed;
    this.#failed = undefined;
    this.#done = undefined;
    failed?.(error);
  }
}
