import { seeded } from './graph.ts';

/** One request to send, any number of times. Text and bodies are ASCII. */
export interface RequestWish {
  /** GET unless told. */
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON */
  readonly body?: string;
}

/** Requests of one kind, drawn with this share of all. */
export interface KindPlan {
  readonly name: string;
  /** From 0 to 1; all together are 1. */
  readonly share: number;
  readonly requests: readonly RequestWish[];
  /** Each is sent once only: it has an effect. There must be enough. */
  readonly once?: boolean;
}

export function oneKind(requests: readonly RequestWish[]): KindPlan[] {
  return [{ name: 'all', share: 1, requests }];
}

/** A whole request, ready to be sent. */
export interface Wish {
  readonly kind: string;
  readonly text: string;
}

interface Kind {
  readonly name: string;
  readonly below: number;
  readonly once: boolean;
  readonly texts: readonly string[];
  next: number;
}

/** Draws requests: kinds by their shares, the same way each time, those of a kind in turn. */
export class Mix {
  readonly names: readonly string[];
  readonly #kinds: readonly Kind[];
  readonly #random = seeded(1984);

  constructor(kinds: readonly KindPlan[], host: string) {
    let below = 0;
    this.#kinds = kinds.map(({ name, share, requests, once = false }) => {
      below += share;
      const texts = requests.map((request) => textOf(request, host));
      return { name, below, once, texts, next: 0 };
    });
    this.names = kinds.map(({ name }) => name);
  }

  next(): Wish {
    const drawn = this.#random();
    const kind = this.#kinds.find(({ below }) => drawn < below) ?? this.#kinds.at(-1);
    if (!kind) throw new Error('a plan without requests');
    const at = kind.next++;
    if (kind.once && at >= kind.texts.length) throw new Error(`no ${kind.name} are left to send`);
    return { kind: kind.name, text: kind.texts[at % kind.texts.length] ?? '' };
  }
}

function textOf({ method = 'GET', path, headers, body }: RequestWish, host: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const about =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}${about}\r\n${body ?? ''}`;
}
