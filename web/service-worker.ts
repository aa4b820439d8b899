/**
 * The service worker: the app's shell without a connection, photos that were seen, and a quiet way
 * from one build to the next. It never touches the API: what people write and who they are goes
 * straight to the server, and answers are kept by the pages themselves.
 *
 * If it ever does harm: `npx vite build --config web/vite.config.ts --mode no-service-worker` writes
 * one in its place that takes itself and all that it kept away. Browsers fetch /service-worker.js
 * anew at the next visit (it is served with no-cache), so that is all there is to do.
 *
 * It imports nothing, because it must stay one file.
 */

/** TypeScript's own types of a worker do not go together with those of a page. */
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Installing extends Lasting {
  /** Not in every browser yet. */
  addRoutes?(routes: readonly { condition: object; source: 'network' }[]): Promise<void>;
}
interface Fetching extends Lasting {
  readonly request: Request;
  readonly preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install', work: (event: Installing) => void): void;
  addEventListener(type: 'activate', work: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', work: (event: Fetching) => void): void;
  addEventListener(type: 'message', work: (event: MessageEvent<unknown>) => void): void;
}
const scope = self as unknown as Scope;

/** Written in by the build: a name that changes with any file, and what the shell consists of. */
declare const __BUILD__: string;
declare const __SHELL__: readonly string[];

const BUILDS = 'aperto-build-';
const OWN = BUILDS + __BUILD__;
/** Names of this beginning stand in data/offline.ts too, which empties them at log-out. */
const PHOTOS = 'aperto-photos-';
/** How many of each size are kept, about 15 MB each; the size stands in a photo's address. */
const PHOTOS_MAX: Readonly<Record<string, number>> = { thumbnail: 1500, medium: 300, large: 100 };
/** A page of the old build may still ask for its code: the build before this one is kept. */
const BUILDS_KEPT = 2;
/** Milliseconds after which a page that does not come is replaced by the shell that is here. */
const PATIENCE = 4000;

/**
 * Where this worker has no say. It would pass such requests on untouched, but one that a page sends
 * while it is being left (`keepalive`: a deletion, a new token) dies with the page on its way through.
 */
const NOT_OURS = ['/api/*', '/uploads/*', '/health'];

async function install(event: Installing): Promise<void> {
  await event.addRoutes?.(
    NOT_OURS.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: 'network' })),
  );
  const cache = await caches.open(OWN);
  // Past the browser's own cache, so that all is of this build; and as a stranger, so that a
  // document made for one person is never what another finds offline.
  await cache.addAll(
    __SHELL__.map((path) => new Request(path, { cache: 'reload', credentials: 'omit' })),
  );
}

async function activate(): Promise<void> {
  // In the order in which they were made.
  const builds = (await caches.keys()).filter((name) => name.startsWith(BUILDS));
  const old = builds.filter((name) => name !== OWN).slice(0, -(BUILDS_KEPT - 1));
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.registration.navigationPreload?.enable();
  await scope.clients.claim();
}

/** A page: from the server while it answers, else the shell, which says itself that it is offline. */
async function page({ request, preloadResponse }: Fetching): Promise<Response> {
  const shell = await caches.match('/', { cacheName: OWN });
  if (!shell) return (await preloadResponse) ?? fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(shell), PATIENCE));
  const fresh = async () => {
    const answer = (await preloadResponse) ?? (await fetch(request));
    // A proxy's words for a server that is away.
    return answer.status >= 502 && answer.status <= 504 ? shell : answer;
  };
  return Promise.race([fresh().catch(() => shell), late]);
}

/** Code and styles carry their content in their name: what is here is right for ever. */
async function asset(event: Fetching): Promise<Response> {
  const known = await caches.match(event.request);
  if (known) return known;
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(keep(OWN, event.request, answer.clone()));
  return answer;
}

/** A photo never changes under its address. */
async function photo(event: Fetching, size: string): Promise<Response> {
  const cache = await caches.open(PHOTOS + size);
  const known = await cache.match(event.request);
  if (known) {
    // Put again, it counts as seen last; by chance, because writing each time would wear the disk.
    if (Math.random() < 0.1) event.waitUntil(again(cache, event.request, known.clone()));
    return known;
  }
  const answer = await fetch(event.request);
  if (answer.status === 200) {
    event.waitUntil(keepPhoto(cache, event.request, answer.clone(), PHOTOS_MAX[size] ?? 0));
  }
  return answer;
}

async function again(cache: Cache, request: Request, answer: Response): Promise<void> {
  await cache.delete(request);
  await cache.put(request, answer);
}

async function keepPhoto(
  cache: Cache,
  request: Request,
  answer: Response,
  most: number,
): Promise<void> {
  await cache.put(request, answer);
  if (Math.random() < 0.9) return; // counting them all each time would cost more than it saves
  const all = await cache.keys();
  const tooMany = all.slice(0, Math.max(0, all.length - most));
  await Promise.all(tooMany.map((one) => cache.delete(one)));
}

async function keep(name: string, request: Request, answer: Response): Promise<void> {
  const cache = await caches.open(name);
  await cache.put(request, answer);
}

/**
 * Which size of a photo an address asks for, by its name; undefined for what is no photo, and for one
 * that not everyone may see: its address ends after minutes, and it must not stay longer.
 */
function photoSize({ pathname, searchParams }: URL): string | undefined {
  if (searchParams.has('until')) return undefined;
  return /^\/media\/.*-(thumbnail|medium|large)-[^/]+$/.exec(pathname)?.[1];
}

function onFetch(event: Fetching): void {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    // Addresses of machines are opened as they are.
    if (!/^\/(api|media|uploads|health)(\/|$)/.test(url.pathname)) event.respondWith(page(event));
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event));
  else {
    const size = photoSize(url);
    if (size) event.respondWith(photo(event, size));
  }
}

/** Takes itself and everything that was kept away. */
async function leave(): Promise<void> {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await scope.registration.unregister();
}

if (import.meta.env.MODE === 'no-service-worker') {
  scope.addEventListener('install', () => void scope.skipWaiting());
  scope.addEventListener('activate', (event) => event.waitUntil(leave()));
} else {
  scope.addEventListener('install', (event) => event.waitUntil(install(event)));
  scope.addEventListener('activate', (event) => event.waitUntil(activate()));
  scope.addEventListener('fetch', onFetch);
  // Said by a page whose reader wants the new build.
  scope.addEventListener('message', ({ data }) => {
    if (data === 'take-over') void scope.skipWaiting();
  });
}

export {};
