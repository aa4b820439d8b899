import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { isCommonPassword } from './common-passwords.ts';

/** `Algorithm.Argon2id`; a const enum has no value at run time. */
const ARGON2ID = 2 as Algorithm;
/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Rows of keys, and the order of letters and digits, along which fingers or minds slide. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiopü',
  'asdfghjkl;',
  'zxcvbnm,./',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
];
const SLIDES = new Set(
  ROWS.flatMap((row) =>
    [...row].slice(1).flatMap((key, at) => [`${row[at]}${key}`, `${key}${row[at]}`]),
  ),
);
/** Turns in a straight line that leave it one: abcde12345 has one. */
const TURNS_MAX = 2;
/** A piece this long that is written again and again is no longer than itself. */
const PIECE_MAX = 5;
/** Shorter names are part of too many words. */
const NAME_MIN = 4;

/**
 * What is wrong with a new password, as a sentence that says what to change, or null. NIST SP 800-63B:
 * length and lists of what is tried first, no rules of composition.
 */
export function passwordFault(password: string, username: string, email: string): string | null {
  const small = password.toLowerCase().normalize('NFKC');
  const keys = [...small];
  if (new Set(keys).size < 5) return 'is too simple: use at least five different characters';
  const turns = keys
    .slice(1)
    .filter((key, at) => key !== keys[at] && !SLIDES.has(`${keys[at]}${key}`));
  if (turns.length <= TURNS_MAX) {
    return 'follows the alphabet, the digits or the keyboard; put a few unrelated words together';
  }
  if (repeats(small)) return 'repeats a short piece; put a few unrelated words together';
  if (isCommonPassword(small)) {
    return 'is one of those that are tried first; put a few unrelated words together';
  }
  const local = email.split('@')[0]?.toLowerCase() ?? '';
  const name = username.toLowerCase();
  if (name.length >= NAME_MIN && small.includes(name)) return 'must not contain your username';
  if (local.length >= NAME_MIN && small.includes(local))
    return 'must not contain your e-mail address';
  return null;
}

function repeats(text: string): boolean {
  for (let length = 1; length <= PIECE_MAX; length += 1) {
    const piece = text.slice(0, length);
    if (piece.repeat(Math.ceil(text.length / length)).startsWith(text)) return true;
  }
  return false;
}

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2);
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password fits. With no hash (an unknown account) it takes the same time and says no, so
 * that the answer does not tell which accounts exist.
 */
export async function passwordFits(
  passwordHash: string | null,
  password: string,
): Promise<boolean> {
  decoy ??= hashPassword('a password that nobody has');
  const fits = await verify(passwordHash ?? (await decoy), password);
  return fits && passwordHash !== null;
}
