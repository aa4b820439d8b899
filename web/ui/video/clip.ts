/** What a player must know of a video. One of `mp4` and `hls` is there. */
export interface Clip {
  /** Seconds */
  readonly duration: number;
  readonly mp4: string | null;
  /** A playlist. */
  readonly hls: string | null;
  readonly hasAudio: boolean;
  /** Was an animated picture: plays round and round, without controls. */
  readonly loops: boolean;
  readonly captions: readonly ClipCaptions[];
}

export interface ClipCaptions {
  /** BCP 47 */
  readonly language: string;
  readonly url: string;
}

/** What is played, in seconds; longer videos end. */
const ROUND_MAX = 60;

/** Short ones begin again at their end, as a picture stays where it is. */
export const goesRound = (clip: Clip) => clip.loops || clip.duration <= ROUND_MAX;

/** Where its bytes are: a file when there is one, else a playlist. */
export const addressOf = (clip: Clip) => clip.mp4 ?? clip.hls ?? '';
