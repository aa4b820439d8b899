import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../test/free-port.ts';

const START_MS = 5000;

/** nginx with one worker process on the files of a folder. */
export interface Nginx {
  readonly version: string;
  /** Its first process, whose child works. */
  readonly pid: number;
  readonly address: string;
  stop(): Promise<void>;
}

interface Site {
  /** An empty folder for what it writes. */
  readonly folder: string;
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, string>>;
  /** Keeps files open between requests, which it does not by default. */
  readonly keepsOpen: boolean;
}

/** Starts the nginx of this machine; null when it has none. */
export async function startNginx(site: Site): Promise<Nginx | null> {
  const version = await versionOf();
  if (version === null) return null;
  const port = await freePort();
  await mkdir(site.folder, { recursive: true });
  const settings = join(site.folder, 'nginx.conf');
  await writeFile(settings, configuration(site, port));
  const child = spawn('nginx', ['-p', site.folder, '-c', settings], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    await answers(port, child);
  } catch (error) {
    child.kill('SIGTERM');
    throw error;
  }
  return {
    version,
    pid: child.pid ?? 0,
    address: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function versionOf(): Promise<string | null> {
  try {
    const { stderr } = await promisify(execFile)('nginx', ['-v']);
    return /nginx\/(\S+)/.exec(stderr)?.[1] ?? 'unknown';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const is = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (is) return;
    if (performance.now() > until) throw new Error('nginx does not answer');
    await pause(20);
  }
}

/** As its handbook recommends for static files: sendfile, whole packets, no access log. */
function configuration({ folder, root, headers, types, keepsOpen }: Site, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    // Its worker would become somebody who may not enter our folder.
    process.getuid?.() === 0 ? 'user root;' : '',
    'worker_processes 1;',
    'daemon off;',
    `pid ${folder}/pid;`,
    'error_log stderr crit;',
    'events { worker_connections 1024; }',
    'http {',
    'access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;',
    keepsOpen ? 'open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;' : '',
    ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
    `types { ${Object.entries(types)
      .map(([end, type]) => `${type} ${end};`)
      .join(' ')} }`,
    `server { listen 127.0.0.1:${port}; root ${root};`,
    ...Object.entries(headers).map(([name, value]) => `add_header ${name} "${value}";`),
    '} }',
  ].join('\n');
}
