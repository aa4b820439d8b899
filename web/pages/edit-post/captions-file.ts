/** A line of times as SubRip writes it: the comma before the milliseconds is all that differs. */
const SUBRIP_TIMES = /^(\d{2}:\d{2}:\d{2}),(\d{3}) --> (\d{2}:\d{2}:\d{2}),(\d{3})/gm;

/**
 * The text of a captions file as WebVTT; null when it is none. SubRip (.srt), which many programs
 * write, is turned into it.
 */
export function toWebVtt(text: string): string | null {
  const clean = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  if (/^WEBVTT(?:[ \t].*)?(?:\n|$)/.test(clean)) return clean;
  const turned = clean.replaceAll(SUBRIP_TIMES, '$1.$2 --> $3.$4');
  return turned === clean ? null : `WEBVTT\n\n${turned.trim()}\n`;
}
