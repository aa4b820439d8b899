import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Who follows whom: people are numbers from 0, each pair [follower, followee] stands once. */
export interface Graph {
  readonly name: string;
  readonly people: number;
  readonly follows: readonly (readonly [number, number])[];
}

/** The friendship graph of Reed98, as social-network benchmarks use it: each friendship is two follows. */
const FILE = 'graph/socfb-reed98.edges';
const PEOPLE = 962;
const FRIENDSHIPS = 18_812;

/** Reed98 from the sample data, or a made one of the same shape where there is none. */
export function loadGraph(): Graph {
  const folder =
    process.env.APERTO_SAMPLE_DATA ?? resolve(import.meta.dirname, '../../shared/data');
  const path = join(folder, FILE);
  if (!existsSync(path)) return makeGraph();
  const pairs = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((numbers) => numbers.length >= 2 && numbers.every(Number.isInteger));
  return bothWays(
    'Reed98',
    pairs.map(([a = 0, b = 0]) => [a, b] as const),
  );
}

/** As many people and friendships, and degrees with a tail as heavy (a log-normal weight a person). */
function makeGraph(): Graph {
  const random = seeded(98);
  const bell = () => random() + random() + random() + random() - 2;
  const weights = Array.from({ length: PEOPLE }, () => Math.exp(bell() * 1.5));
  const sums: number[] = [];
  let total = 0;
  for (const weight of weights) {
    total += weight;
    sums.push(total);
  }
  const choose = () => {
    const at = random() * total;
    let low = 0;
    let high = PEOPLE - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const known = new Set<number>();
  const pairs: [number, number][] = [];
  while (pairs.length < FRIENDSHIPS) {
    const [a, b] = [choose(), choose()].sort((x, y) => x - y) as [number, number];
    if (a === b || known.has(a * PEOPLE + b)) continue;
    known.add(a * PEOPLE + b);
    pairs.push([a, b]);
  }
  return bothWays('made, of the shape of Reed98', pairs);
}

function bothWays(name: string, pairs: readonly (readonly [number, number])[]): Graph {
  const follows = pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
  const people = 1 + follows.reduce((most, [a]) => Math.max(most, a), 0);
  return { name, people, follows };
}

/** Numbers from 0 to 1, the same each time (mulberry32, T. Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
