import { type Algorithm, hash, verify } from '@node-rs/argon2';

/** `Algorithm.Argon2id`; a const enum has no value at run time. */
const ARGON2ID = 2 as Algorithm;
/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Long passwords that stand on every list of leaked ones. */
const COMMON = new Set(
  `1234567890 12345678910 0123456789 0987654321 123456789a 1234567891 123123123123 1q2w3e4r5t
  1qaz2wsx3edc q1w2e3r4t5 qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl1
  asdfghjkl; zxcvbnm123 password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123
  p@ssword123 letmein123 letmein1234 welcome123 welcome1234 iloveyou12 iloveyou123 sunshine123
  princess123 football123 baseball123 superman123 batman12345 dragon12345 monkey12345 abcdefghij
  abcd123456 abc1234567 abcdef1234 aaaaaaaaaa administrator changeme123 trustno1234 starwars123
  michael123 jennifer123 computer123 internet123 whatever123 liverpool1 chocolate1 basketball
  manchester strawberry 1111111111 0000000000 5555555555 9876543210 987654321a 147258369a`.split(
    /\s+/,
  ),
);

/** What is wrong with a new password, as a sentence, or null. NIST SP 800-63B: length and lists, no rules of composition. */
export function passwordFault(password: string, username: string, email: string): string | null {
  const small = password.toLowerCase();
  if (new Set(small).size < 5) return 'is too simple: use at least five different characters';
  if (COMMON.has(small))
    return 'is on the lists of passwords that are tried first; choose another one';
  const local = email.split('@')[0]?.toLowerCase() ?? '';
  if (username.length >= 4 && small.includes(username)) return 'must not contain your username';
  if (local.length >= 4 && small.includes(local)) return 'must not contain your e-mail address';
  return null;
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
