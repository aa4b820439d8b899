/** What runs in a child process, on bytes that nobody has judged yet. */
import type { TaskSource } from '../../../ports/sandbox/sandbox.ts';
import type { VideoType } from '../keys.ts';
import { type ProbedVideo, probeVideo } from './probe.ts';

/** See `probeVideo`. */
export async function probe(
  announced: VideoType,
  source: TaskSource,
): Promise<{ value: ProbedVideo }> {
  const read = (start: number, end: number) => source.read(start, end - 1);
  return { value: await probeVideo(read, source.size, announced) };
}
