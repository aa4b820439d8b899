import {
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** What we use of the file system of a program that Emscripten compiled. */
export interface EmscriptenFs {
  mkdir(path: string): void;
  mount(type: object, options: object, at: string): void;
  chdir(path: string): void;
  createNode(parent: unknown, name: string, mode: number, device: number): FsNode;
  readonly ErrnoError: new (errno: number) => Error;
}

interface FsNode {
  readonly name: string;
  readonly mode: number;
  readonly id: number;
  node_ops: object;
  stream_ops: object;
}

interface FsStream {
  readonly node: FsNode;
  readonly flags: number;
  position: number;
  nfd?: number;
}

const FOLDER = 0o040700;
const FILE = 0o100600;
/** As Emscripten numbers them (WASI). */
const ERRNO = { ENOENT: 44, EIO: 29, EFBIG: 22, EINVAL: 28, EPERM: 63 } as const;
const TRUNCATE = 0o1000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * A file system with one flat folder, which is `root` on the disk: so that neither what is read nor what
 * is written lies in memory. Names are plain, and a file has at most `fileBytes`.
 */
export function folderFs(fs: EmscriptenFs, root: string, fileBytes: number): object {
  const fail = (name: keyof typeof ERRNO): never => {
    throw new fs.ErrnoError(ERRNO[name]);
  };
  const pathOf = (name: string) => (NAME.test(name) ? join(root, name) : fail('EPERM'));
  const tried = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof fs.ErrnoError) throw error;
      return fail((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'ENOENT' : 'EIO');
    }
  };
  const make = (parent: unknown, name: string, mode: number): FsNode => {
    const node = fs.createNode(parent, name, mode, 0);
    node.node_ops = nodeOps;
    node.stream_ops = streamOps;
    return node;
  };
  const isFolder = (node: FsNode) => node.mode === FOLDER;

  const nodeOps = {
    getattr(node: FsNode) {
      const size = isFolder(node) ? 0 : tried(() => lstatSync(pathOf(node.name)).size);
      const time = new Date(0);
      const blocks = Math.ceil(size / 4096);
      const times = { atime: time, mtime: time, ctime: time };
      const owner = { uid: 0, gid: 0, rdev: 0, nlink: 1 };
      return {
        dev: 1,
        ino: node.id,
        mode: node.mode,
        size,
        blksize: 4096,
        blocks,
        ...owner,
        ...times,
      };
    },
    setattr(node: FsNode, attributes: { size?: number }) {
      const { size } = attributes;
      if (size === undefined) return;
      tried(() => {
        const file = openSync(pathOf(node.name), 'r+');
        ftruncateSync(file, size);
        closeSync(file);
      });
    },
    lookup(parent: FsNode, name: string) {
      if (!tried(() => lstatSync(pathOf(name))).isFile()) fail('ENOENT');
      return make(parent, name, FILE);
    },
    mknod(parent: FsNode, name: string) {
      tried(() => closeSync(openSync(pathOf(name), 'wx', 0o600)));
      return make(parent, name, FILE);
    },
    rename(node: FsNode, _to: FsNode, name: string) {
      tried(() => renameSync(pathOf(node.name), pathOf(name)));
      Object.assign(node, { name });
    },
    unlink(_parent: FsNode, name: string) {
      tried(() => unlinkSync(pathOf(name)));
    },
    readdir: () => ['.', '..'],
  };

  const streamOps = {
    open(stream: FsStream) {
      if (isFolder(stream.node)) return;
      const writes = (stream.flags & 3) !== 0;
      const how = writes ? (stream.flags & TRUNCATE ? 'w+' : 'r+') : 'r';
      stream.nfd = tried(() => openSync(pathOf(stream.node.name), how));
    },
    close(stream: FsStream) {
      if (stream.nfd !== undefined) closeSync(stream.nfd);
    },
    read(stream: FsStream, into: Int8Array, offset: number, length: number, position: number) {
      return tried(() => readSync(stream.nfd ?? -1, into, offset, length, position));
    },
    write(stream: FsStream, from: Int8Array, offset: number, length: number, position: number) {
      if (position + length > fileBytes) fail('EFBIG');
      return tried(() => writeSync(stream.nfd ?? -1, from, offset, length, position));
    },
    llseek(stream: FsStream, offset: number, whence: number) {
      const end = () => tried(() => fstatSync(stream.nfd ?? -1).size);
      const to = offset + (whence === 1 ? stream.position : whence === 2 ? end() : 0);
      return to < 0 ? fail('EINVAL') : to;
    },
  };

  return { mount: () => make(null, '/', FOLDER) };
}
