import { Socket } from 'node:net';

/**
 * A socket that sends together what is written in one go of the program, at its end and before anything
 * else happens: a message to the system costs some 20 µs on either side, however short it is.
 */
export class GatheringSocket extends Socket {
  #gathering = false;

  override write(
    data: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean {
    if (!this.#gathering) this.#gather();
    // Both forms of the call go on as they came.
    return super.write(data, encoding as BufferEncoding, done);
  }

  #gather(): void {
    this.#gathering = true;
    this.cork();
    process.nextTick(() => {
      this.#gathering = false;
      this.uncork();
    });
  }
}
