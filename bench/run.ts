/** npm run bench -- NAME [options]: runs one benchmark and says what it ran on. */
import { describeMachine } from './machine.ts';

interface Bench {
  readonly what: string;
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<void> }>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  feed: {
    what: 'the home feed against a bare node:http server that sends the same bytes',
    load: () => import('./feed.ts'),
  },
  growth: {
    what: 'CPU of a read by followees, posts and big accounts: what it must not grow with',
    load: () => import('./growth.ts'),
  },
  mix: {
    what: 'home feeds, profile feeds and new posts on Reed98: capacity, and 25 to 200 % of it offered',
    load: () => import('./mix.ts'),
  },
  fanout: {
    what: 'a post to 9,999 followers: deliveries a CPU second, and how long it takes',
    load: () => import('./fanout.ts'),
  },
  likes: {
    what: 'likes of one post against a single-row update; 1,000 a second, and how stale the count is',
    load: () => import('./likes.ts'),
  },
  photo: {
    what: 'the renditions of a photo against a decode and the encodes; from confirm to published',
    load: () => import('./photo.ts'),
  },
  hostile: {
    what: 'how soon the API answers while hostile files are decoded, and without',
    load: () => import('./hostile.ts'),
  },
  media: {
    what: 'pictures and parts of films from the edge, against nginx and a plain static server',
    load: () => import('./media.ts'),
  },
  video: {
    what: 'a film of 12 s: from confirm to published, with the ffmpeg of the machine and of npm',
    load: () => import('./video.ts'),
  },
  driver: {
    what: 'PostgreSQL drivers: CPU of a statement, pipelines, transactions',
    load: () => import('./driver.ts'),
  },
  jobs: {
    what: 'what a job costs, from its transaction to its end',
    load: () => import('./jobs.ts'),
  },
  model: {
    what: 'a million commands at random against a plain model of the product: no difference',
    load: () => import('./model.ts'),
  },
  reference: {
    what: 'a hundred thousand commands: every feed is that of a naive one, and nothing leaks',
    load: () => import('./reference.ts'),
  },
};

function usage(): string {
  const lines = Object.entries(BENCHES).map(([name, { what }]) => `  ${name.padEnd(9)} ${what}`);
  return ['Usage: npm run bench -- NAME [options]', ...lines].join('\n');
}

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) {
  for (const line of await describeMachine()) console.log(line);
  console.log(`Command    npm run bench -- ${[name, ...args].join(' ')}\n`);
  const { run } = await bench.load();
  await run(args);
} else {
  console.error(usage());
  process.exitCode = 2;
}
