import { CAPTIONS_BYTES_MAX, VIDEO_SECONDS_MAX } from '../../../../api/limits.ts';
import { Problem } from '../../../kernel/problem.ts';

/** Nobody reads more than some three a second. */
const CUES_MAX = 2000;
const CUE_CHARACTERS_MAX = 1000;
const SECONDS_MAX = VIDEO_SECONDS_MAX + 60;

const TIMING =
  /^((?:[0-9]{1,2}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3})[ \t]+-->[ \t]+((?:[0-9]{1,2}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3})(?:[ \t]+([^\r\n]*))?$/;
/** What may be said of where a cue stands. Regions are not among it, for we take none. */
const SETTING =
  /^(?:align:(?:start|center|end|left|right)|vertical:(?:rl|lr)|line:-?[0-9]{1,3}(?:\.[0-9]{1,2})?%?|(?:position|size):[0-9]{1,3}(?:\.[0-9]{1,2})?%)$/;
const TAG = /<(\/?)(b|i|u|ruby|rt|v|lang)((?:[ \t][^<>&]{0,100})?)>/y;

interface Cue {
  readonly from: number;
  readonly to: number;
  readonly settings: readonly string[];
  readonly text: string;
}

/**
 * Reads captions (WebVTT, W3C) and writes them anew, so that what is served holds cues and nothing else: no
 * style sheets, regions, comments or classes. Throws `captions_invalid` that names the line.
 */
export function rewriteWebvtt(text: string): Buffer {
  if (Buffer.byteLength(text) > CAPTIONS_BYTES_MAX) {
    throw invalid(1, `they are longer than ${CAPTIONS_BYTES_MAX / 1000} KB`);
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (!/^WEBVTT(?:[ \t].*)?$/.test(lines[0] ?? ''))
    throw invalid(1, 'the first line is not WEBVTT');
  const cues = readCues(lines);
  if (cues.length === 0) throw invalid(lines.length, 'there is no cue');
  const written = cues.map(({ from, to, settings, text }) => {
    const timing = [`${clockTime(from)} --> ${clockTime(to)}`, ...settings].join(' ');
    return `${timing}\n${text}\n`;
  });
  return Buffer.from(`WEBVTT\n\n${written.join('\n')}`);
}

function readCues(lines: readonly string[]): Cue[] {
  const cues: Cue[] = [];
  for (let at = 1; at < lines.length; ) {
    let end = at;
    while (end < lines.length && lines[end] !== '') end += 1;
    const block = lines.slice(at, end);
    const timing = block.findIndex((line) => line.includes('-->'));
    // Before the first cue stand headers; then comments, style sheets and regions, which are left out.
    if (timing >= 0) cues.push(readCue(block, timing, at));
    if (cues.length > CUES_MAX) throw invalid(at + 1, `there are more than ${CUES_MAX} cues`);
    at = end + 1;
  }
  return cues;
}

function readCue(block: readonly string[], timing: number, at: number): Cue {
  const line = at + timing + 1;
  // A single line may stand before it: its name.
  const [, start, stop, rest = ''] = (timing <= 1 && TIMING.exec(block[timing] ?? '')) || [];
  if (!start || !stop) throw invalid(line, 'times are written 00:01.000 --> 00:04.000');
  const [from, to] = [seconds(start), seconds(stop)];
  if (to <= from) throw invalid(line, 'it ends before it begins');
  if (to > SECONDS_MAX) throw invalid(line, 'it is beyond the longest video');
  const settings = rest.split(/[ \t]+/).filter((setting) => SETTING.test(setting));
  const text = block.slice(timing + 1).join('\n');
  if (text.includes('-->')) throw invalid(line, 'a second time stands in its text');
  if (text.length > CUE_CHARACTERS_MAX) {
    throw invalid(line, `it has more than ${CUE_CHARACTERS_MAX} characters`);
  }
  return { from, to, settings, text: rewriteText(text) };
}

/** Keeps the few tags that say how words are spoken, closed in order; everything else is text. */
function rewriteText(text: string): string {
  const open: string[] = [];
  let written = '';
  for (let at = 0; at < text.length; ) {
    TAG.lastIndex = at;
    const [all, slash, name, note = ''] = TAG.exec(text) ?? [];
    const other =
      all === undefined
        ? /^<[!./0-9A-Za-z][^<>]{0,100}>/.exec(text.slice(at, at + 102))?.[0]
        : undefined;
    if (all !== undefined && name && slash) {
      if (open.at(-1) === name) written += `</${open.pop()}>`;
    } else if (all !== undefined && name) {
      open.push(name);
      written += `<${name}${name === 'v' || name === 'lang' ? note.trimEnd() : ''}>`;
    } else if (other === undefined) {
      written += plain(text, at);
    }
    at += all?.length ?? other?.length ?? 1;
  }
  return (
    written +
    open
      .reverse()
      .map((name) => `</${name}>`)
      .join('')
  );
}

/** One character; those that begin a tag or an entity as entities, unless they do begin one. */
function plain(text: string, at: number): string {
  const character = text[at] ?? '';
  if (character === '<') return '&lt;';
  if (character === '>') return '&gt;';
  if (character === '&') {
    return /^&(?:amp|lt|gt|lrm|rlm|nbsp);/.test(text.slice(at, at + 6)) ? '&' : '&amp;';
  }
  // Of the control characters only the end of a line means something.
  return character < ' ' && character !== '\n' ? ' ' : character;
}

function seconds(time: string): number {
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

function clockTime(time: number): string {
  const millis = Math.round(time * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes] = [two(millis / 3_600_000), two((millis / 60_000) % 60)];
  return `${hours}:${minutes}:${two((millis / 1000) % 60)}.${String(millis % 1000).padStart(3, '0')}`;
}

function invalid(line: number, why: string): Problem {
  return new Problem('captions_invalid', `Line ${line} of these captions: ${why}.`, {
    reason: `line ${line}`,
  });
}
