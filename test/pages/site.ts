import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';
import { login } from '../../api/people.ts';
import type { Clock } from '../../server/kernel/clock.ts';
import { openBrowser } from '../browser.ts';
import { PASSWORD, type Person } from '../cast.ts';
import { pathOf } from '../client.ts';
import { openTestServer, type Settings, type TestServer } from '../server.ts';

/** Milliseconds: far above what anything here takes, so that only what never comes meets it. */
export const PATIENCE = 30_000;

/** A phone, as most people have it. */
export const PHONE = { width: 390, height: 844 } as const;
/** Wide enough for sheets and the labelled rail. */
export const DESK = { width: 1440, height: 900 } as const;

export interface Visit extends BrowserContextOptions {
  /** Already signed in, over the API. */
  readonly as?: Person | undefined;
  /** Where the page is opened; nowhere yet unless told. */
  readonly at?: string | undefined;
}

/** The real app and a real browser, for one test file. */
export interface Site {
  readonly url: string;
  readonly server: TestServer;
  readonly browser: Browser;
  /**
   * What pages complained about that nobody expected: errors on the console, refused by the policy,
   * exceptions. Empty in a good world; `close` says so.
   */
  readonly faults: string[];
  /** A page in a browser profile of its own, so somebody else's device. */
  visit(visit?: Visit): Promise<Page>;
  /** Closes all pages and the profiles with them. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export async function openSite(
  options: { readonly clock?: Clock; readonly settings?: Settings } = {},
): Promise<Site> {
  await buildWeb();
  const [server, browser] = await Promise.all([openTestServer(options), openBrowser()]);
  const faults: string[] = [];
  const profiles = new Set<BrowserContext>();
  const leave = async () => {
    await Promise.all([...profiles].map((profile) => profile.close()));
    profiles.clear();
  };
  return {
    url: server.url,
    server,
    browser,
    faults,
    async visit({ as, at, ...rest }: Visit = {}) {
      const profile = await browser.newContext({
        baseURL: server.url,
        viewport: PHONE,
        ...(as ? { storageState: await signedIn(server.url, as) } : {}),
        ...rest,
      });
      profiles.add(profile);
      profile.setDefaultTimeout(PATIENCE);
      watch(profile, faults);
      const page = await profile.newPage();
      if (at !== undefined) await page.goto(at);
      return page;
    },
    leave,
    async close() {
      await leave();
      await browser.close();
      await server.stop();
      assert.deepEqual(faults, [], 'no page complained');
    },
  };
}

/** Under `npm test` the launcher has built already; a file that is run by itself sees to it here. */
async function buildWeb(): Promise<void> {
  const root = resolve(import.meta.dirname, '../..');
  if (existsSync(join(root, 'dist/web/index.html'))) return;
  const { build } = await import('../../scripts/launch-build.mjs');
  const { alone } = await import('../../scripts/launch-lock.mjs');
  const { findNode } = await import('../../scripts/launch-node.mjs');
  await alone(join(root, 'dist', '.launch-lock'), console.log, async () => {
    if (!existsSync(join(root, 'dist/web/index.html')))
      await build(root, findNode(root), console.log);
  });
}

/** What a browser holds after this person has logged in: the cookie, and who was here last. */
async function signedIn(url: string, person: Person) {
  const answer = await fetch(url + pathOf(login), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: person.username, password: PASSWORD, keep: 'cookie' }),
  });
  assert.equal(answer.status, 200);
  const { data } = (await answer.json()) as { data: typeof person.session };
  const [cookie = ''] = answer.headers.getSetCookie();
  const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
  const me = { user: data.user, role: data.role };
  return {
    cookies: [
      {
        name,
        value,
        domain: new URL(url).hostname,
        path: '/',
        expires: -1,
        httpOnly: true,
        secure: false,
        sameSite: 'Strict' as const,
      },
    ],
    origins: [{ origin: url, localStorage: [{ name: 'aperto.me', value: JSON.stringify(me) }] }],
  };
}

/** The browser's own lines for an answer that is no success, or for none: the app says it in words. */
const NO_SUCCESS = /^Failed to load resource: |^WebSocket connection to /;

function watch(profile: BrowserContext, faults: string[]): void {
  profile.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    // Of a socket the place is the script that opened it; its address stands in the words.
    const said = /^WebSocket connection to '([^']+)'/.exec(message.text())?.[1] ?? url;
    const ofServer = /^(http|ws):\/\/[^/]+\/(api|uploads|media)\//.test(said);
    if (NO_SUCCESS.test(message.text()) && ofServer) return;
    faults.push(`${message.text()} (${url})`);
  });
  profile.on('weberror', (error) => faults.push(String(error.error().stack ?? error.error())));
}

/** Waits until it is there to be seen. */
export function see(...what: readonly Locator[]): Promise<unknown> {
  return Promise.all(what.map((one) => one.waitFor()));
}

/** Waits until it is not there to be seen any more. */
export function gone(what: Locator): Promise<void> {
  return what.waitFor({ state: 'hidden' });
}
