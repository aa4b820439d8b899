/** The side of the picture that is hashed. */
export const PHASH_SIDE = 32;
/** Waves each way that are kept: the slowest but the mean. */
const WAVES = 8;

/** COSINES[k × 32 + n]: the k-th wave of the discrete cosine transform (type II), from the first. */
const COSINES = Float64Array.from({ length: WAVES * PHASH_SIDE }, (_, i) => {
  const wave = Math.floor(i / PHASH_SIDE) + 1;
  return Math.cos((Math.PI / PHASH_SIDE) * ((i % PHASH_SIDE) + 0.5) * wave);
});

/**
 * 64 bits that differ in few for pictures that look alike, whatever their size and compression; as a signed
 * number in decimal digits. The DCT hash of C. Zauner, Implementation and Benchmarking of Perceptual Image
 * Hash Functions (2010), 3.2.1: the 8 × 8 slowest waves of 32 × 32 grey pixels, each above the median or
 * not. Its mean filter before is the scaling down. `grey`: 1,024 bytes.
 */
export function perceptualHash(grey: Uint8Array): string {
  const across = new Float64Array(PHASH_SIDE * WAVES);
  for (let y = 0; y < PHASH_SIDE; y += 1) {
    for (let wave = 0; wave < WAVES; wave += 1) {
      let sum = 0;
      for (let x = 0; x < PHASH_SIDE; x += 1) {
        sum += (grey[y * PHASH_SIDE + x] ?? 0) * (COSINES[wave * PHASH_SIDE + x] ?? 0);
      }
      across[y * WAVES + wave] = sum;
    }
  }
  const waves: number[] = [];
  for (let down = 0; down < WAVES; down += 1) {
    for (let wave = 0; wave < WAVES; wave += 1) {
      let sum = 0;
      for (let y = 0; y < PHASH_SIDE; y += 1) {
        sum += (across[y * WAVES + wave] ?? 0) * (COSINES[down * PHASH_SIDE + y] ?? 0);
      }
      waves.push(sum);
    }
  }
  const sorted = waves.toSorted((a, b) => a - b);
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  // On a flat picture all waves are nought but for rounding, which must not decide.
  const bits = waves.map((value) => (value > median + 1e-6 ? '1' : '0')).join('');
  return BigInt.asIntN(64, BigInt(`0b${bits}`)).toString();
}
