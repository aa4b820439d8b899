/**
 * CRC-32 (RFC 1952, section 8) of joined pieces from those of the pieces. A CRC is a remainder of
 * polynomials over GF(2), so that of A followed by B is crc(A) · x^(8 · length of B) + crc(B), modulo
 * the CRC's polynomial: what zlib's crc32_combine does, there first with matrices and since 1.2.12 by
 * this multiplication (github.com/madler/zlib, crc32.c).
 */

/** The polynomial with its bits mirrored, as all numbers here: the highest bit is x^0. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;

/** The product of two polynomials. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 31; bit >= 0; bit -= 1) {
    product ^= shifted & -((a >>> bit) & 1);
    shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1));
  }
  return product >>> 0;
}

/** x^(8 · 2^n), for each n that a length can have. */
const POWERS = [0x00800000];
for (let n = 1; n < 32; n += 1) {
  const half = POWERS[n - 1] as number;
  POWERS.push(multiply(half, half));
}

/** What `combineCrc32` moves a CRC by, to make room for `length` bytes (below 2^32) behind it. */
export function crcShift(length: number): number {
  let shift = ONE;
  for (let n = 0, rest = length; rest > 0; n += 1, rest >>>= 1) {
    if (rest & 1) shift = multiply(shift, POWERS[n] as number);
  }
  return shift;
}

/** The CRC-32 of two pieces in a row; `shift` is `crcShift` of the second one's length. */
export function combineCrc32(first: number, second: number, shift: number): number {
  return (multiply(shift, first) ^ second) >>> 0;
}
