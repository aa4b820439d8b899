/** The product's limit for a pre-signed address. */
const ADDRESS_LIVES_MS = 5 * 60_000;

/** When an address that is signed now ends: in whole seconds, because the address carries it so. */
export function addressExpiry(now: Date): Date {
  return new Date(Math.floor((now.getTime() + ADDRESS_LIVES_MS) / 1000) * 1000);
}

/** Bytes of each part of a file of `size` bytes, in their order. */
export function sizesInParts(size: number, partSize: number): number[] {
  const count = Math.ceil(size / partSize);
  return Array.from({ length: count }, (_, index) => Math.min(partSize, size - index * partSize));
}
