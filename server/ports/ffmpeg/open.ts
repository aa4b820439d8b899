import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../kernel/clock.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { findProgram, openMachineFfmpeg, UnfitFfmpeg } from './machine.ts';
import { openWasmFfmpeg } from './wasm.ts';
import { openWorkFolders } from './work-folders.ts';

export interface FfmpegOptions {
  /** A path, `wasm` or `off`; null: the machine's when it is fit, else `wasm`. */
  readonly setting: string | null;
  /** Where programs are looked for: PATH. */
  readonly searchPath: string;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Opens what reads and writes video, and says which one that is; null when it is turned off. Throws when
 * a program that was named is of no use.
 */
export async function openFfmpeg(options: FfmpegOptions): Promise<Ffmpeg | null> {
  const { setting, searchPath, clock, log } = options;
  if (setting === 'off') {
    log.info('video is turned off');
    return null;
  }
  const root = join(options.dataDir, 'work');
  const { folders, swept } = await openWorkFolders(root, () => clock.millis());
  if (swept > 0) log.info({ swept }, 'removed work folders that a crash had left');
  const program = setting === 'wasm' ? null : await findProgram(setting ?? 'ffmpeg', searchPath);
  if (setting !== null && setting !== 'wasm' && !program) {
    throw new Error(`FFMPEG=${setting} is not a program that can be run.`);
  }
  if (program) {
    try {
      const opened = await openMachineFfmpeg(program, searchPath, folders);
      const { version, decodes, confinement } = opened;
      log.info({ program, version, decodes: [...decodes], confinement }, 'ffmpeg of this machine');
      return opened;
    } catch (error) {
      if (!(error instanceof UnfitFfmpeg)) throw error;
      if (setting !== null) throw new Error(`FFMPEG=${setting} cannot be used: ${error.message}.`);
      log.warn({ program, why: error.message }, 'the ffmpeg of this machine is not used');
    }
  }
  const opened = openWasmFfmpeg(folders);
  const { version, decodes } = opened;
  log.info({ version, decodes: [...decodes] }, 'ffmpeg in WebAssembly: slow, and without AV1');
  return opened;
}
