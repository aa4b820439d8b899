import { type Route, splitRouteName } from '../../api/route.ts';
import { pathOf } from '../client.ts';
import type { Sent } from './probes.ts';

export interface Heard {
  readonly status: number;
  readonly text: string;
}

/** Asks a route, whatever comes back. */
export async function askRoute(
  base: string,
  token: string | null,
  route: Route,
  sent: Sent,
): Promise<Heard> {
  return askPath(base + pathOf(route, sent.params, sent.query), token, {
    method: splitRouteName(route.name).method,
    ...(sent.body ? { body: JSON.stringify(sent.body) } : {}),
  });
}

/** Asks an address; `init.body` is JSON. */
export async function askPath(
  address: string,
  token: string | null,
  init: { method?: string; body?: string } = {},
): Promise<Heard> {
  const answer = await fetch(address, {
    ...init,
    headers: {
      accept: 'text/html, application/json, image/*',
      ...(init.body ? { 'content-type': 'application/json' } : {}),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  return { status: answer.status, text: await answer.text() };
}

const AT_ONCE = 8;

/** Does one thing for each, a few at once, and gives all faults that were found. */
export async function faultsOf<One>(
  all: Iterable<One>,
  judge: (one: One) => Promise<readonly string[]>,
): Promise<string[]> {
  const waiting = [...all];
  const faults: string[] = [];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      faults.push(...(await judge(one)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return faults;
}
