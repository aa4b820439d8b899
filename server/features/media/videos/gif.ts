import { Problem } from '../../../kernel/problem.ts';
import type { ProbedVideo } from './probe.ts';

/** Those that were taken are far shorter; this bounds how long they are worked on. */
const SECONDS = 60;

/** What is known of an animated GIF, whose structure was judged when it came. Its duration is a guess. */
export function probeGif(head: Buffer): ProbedVideo {
  if (head.length < 10 || !/^GIF8[79]a/.test(head.toString('latin1', 0, 6))) {
    throw new Problem('media_type_mismatch');
  }
  return {
    width: head.readUInt16LE(6),
    height: head.readUInt16LE(8),
    duration: SECONDS,
    codec: 'gif',
    frameRate: 25,
    isHdr: false,
    videoIndex: 0,
    audioIndex: null,
    sampleRate: 0,
    container: 'gif',
  };
}
