import { BoxReader, boxesIn, readBoxHead } from './boxes.ts';
import type { ByteReader } from './byte-reader.ts';
import { BrokenStructure, type Structure, UnusualStructure } from './faults.ts';

/** Phones write 5 to 15 KB: sizes and places of some fifty tiles. */
const META_MAX = 1024 * 1024;
const ITEMS_MAX = 2000;

/** HEIC (HEVC) or AVIF (AV1): the item type of the picture or of its tiles. */
export type HeifCoding = 'hvc1' | 'av01';

/** See `readHeif`. */
export async function readHeic(reader: ByteReader): Promise<Structure> {
  return await readHeif(reader, 'hvc1');
}

/** See `readHeif`. */
export async function readAvif(reader: ByteReader): Promise<Structure> {
  return await readHeif(reader, 'av01');
}

/**
 * Reads what a HEIF file (ISO/IEC 23008-12) says of its primary picture, and walks to the end of the last
 * of its parts. The size is upright: HEIF says how to turn a picture by properties of its own, which
 * decoders obey, and its EXIF counts for nothing. Throws `EndsTooEarly`, `BrokenStructure`,
 * `UnusualStructure`.
 */
async function readHeif(reader: ByteReader, coding: HeifCoding): Promise<Structure> {
  const meta = await findMeta(reader);
  const boxes = new Map(boxesIn(meta.subarray(4)).map(({ type, body }) => [type, body]));
  const demand = (type: string) => {
    const body = boxes.get(type);
    if (!body) throw new BrokenStructure(`it has no ${type} box`);
    return body;
  };
  const primary = readPrimary(demand('pitm'));
  const types = readTypes(demand('iinf'));
  demandCoding(primary, types, boxes.get('iref'), coding);
  const end = endOfData(demand('iloc'));
  const size = shownSize(demand('iprp'), primary);
  if (end > reader.position) await reader.skip(end - reader.position);
  return { ...size, orientation: 1 };
}

async function findMeta(reader: ByteReader): Promise<Buffer> {
  for (;;) {
    let head = await reader.take(8);
    if (head.readUInt32BE(0) === 1) head = Buffer.concat([head, await reader.take(8)]);
    const { type, head: headLength, length } = readBoxHead(head);
    if (type === 'meta') {
      const body = length - headLength;
      if (body < 4 || body > META_MAX)
        throw new BrokenStructure('its meta box has no right length');
      return await reader.take(body);
    }
    if (length === 0) throw new BrokenStructure('it has no meta box');
    if (length < headLength) throw new BrokenStructure('a box has no length');
    await reader.skip(length - headLength);
  }
}

function readPrimary(pitm: Buffer): number {
  const reader = new BoxReader(pitm);
  return reader.take(reader.version().version === 0 ? 2 : 4);
}

/** The type of every item. */
function readTypes(iinf: Buffer): Map<number, string> {
  const reader = new BoxReader(iinf);
  const count = reader.take(reader.version().version === 0 ? 2 : 4);
  if (count > ITEMS_MAX) throw new UnusualStructure(`a HEIF of more than ${ITEMS_MAX} items`);
  const types = new Map<number, string>();
  for (const { type, body } of boxesIn(reader.rest)) {
    if (type !== 'infe') continue;
    const entry = new BoxReader(body);
    const { version } = entry.version();
    if (version < 2) continue;
    const id = entry.take(version === 2 ? 2 : 4);
    entry.take(2);
    types.set(id, entry.bytes(4).toString('latin1'));
  }
  return types;
}

/** A picture is coded itself, or put together of others that are. */
function demandCoding(
  primary: number,
  types: ReadonlyMap<number, string>,
  iref: Buffer | undefined,
  coding: HeifCoding,
): void {
  const type = types.get(primary);
  if (!type) throw new BrokenStructure('it does not say which picture is the first');
  const isDerived = type === 'grid' || type === 'iden' || type === 'iovl';
  const parts = isDerived && iref ? derivedFrom(iref, primary) : [];
  const [found = type] = parts.map((id) => types.get(id) ?? '');
  const known = found === 'hev1' ? 'hvc1' : found;
  if (known === coding) return;
  if (isDerived && parts.length === 0) throw new BrokenStructure('its tiles are missing');
  throw new UnusualStructure(`a HEIF file whose picture is coded as ${JSON.stringify(found)}`);
}

function derivedFrom(iref: Buffer, item: number): number[] {
  const reader = new BoxReader(iref);
  const idLength = reader.version().version === 0 ? 2 : 4;
  for (const { type, body } of boxesIn(reader.rest)) {
    const reference = new BoxReader(body);
    if (reference.take(idLength) !== item || type !== 'dimg') continue;
    const count = reference.take(2);
    return Array.from({ length: count }, () => reference.take(idLength));
  }
  return [];
}

/** Where the last byte of all items lies in the file, exclusive (ISO/IEC 14496-12, 8.11.3). */
function endOfData(iloc: Buffer): number {
  const reader = new BoxReader(iloc);
  const { version } = reader.version();
  const lengths = reader.take(2);
  const [offset, length, base, index] = [12, 8, 4, 0].map((shift) => (lengths >> shift) & 15) as [
    number,
    number,
    number,
    number,
  ];
  const count = reader.take(version < 2 ? 2 : 4);
  if (count > ITEMS_MAX) throw new UnusualStructure(`a HEIF of more than ${ITEMS_MAX} items`);
  let end = 0;
  for (let i = 0; i < count; i += 1) {
    reader.take(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : reader.take(2) & 15;
    reader.take(2);
    const from = reader.take(base);
    const extents = reader.take(2);
    for (let k = 0; k < extents; k += 1) {
      if (version > 0) reader.take(index);
      const at = from + reader.take(offset);
      const size = reader.take(length);
      // Others lie in the meta box or in other items.
      if (method === 0) end = Math.max(end, at + size);
    }
  }
  if (!Number.isSafeInteger(end)) throw new BrokenStructure('a part lies beyond every file');
  return end;
}

/** Follows the properties of the picture in their order: its size, cut (clap) and turned (irot). */
function shownSize(iprp: Buffer, item: number): { width: number; height: number } {
  const parts = boxesIn(iprp);
  const properties = boxesIn(parts.find(({ type }) => type === 'ipco')?.body ?? Buffer.alloc(0));
  const ipma = parts.find(({ type }) => type === 'ipma')?.body;
  if (!ipma) throw new BrokenStructure('it has no ipma box');
  let size: { width: number; height: number } | undefined;
  for (const index of associations(ipma, item)) {
    const property = properties[index - 1];
    if (!property) throw new BrokenStructure('a property is missing');
    const reader = new BoxReader(property.body);
    if (property.type === 'ispe') {
      reader.version();
      size = { width: reader.take(4), height: reader.take(4) };
    } else if (property.type === 'clap' && size) {
      const [width, wholes, height, halves] = [1, 2, 3, 4].map(() => reader.take(4)) as [
        number,
        number,
        number,
        number,
      ];
      if (wholes === 0 || halves === 0) throw new BrokenStructure('it is cut to nothing');
      size = { width: Math.round(width / wholes), height: Math.round(height / halves) };
    } else if (property.type === 'irot' && size && reader.take(1) % 2 === 1) {
      size = { width: size.height, height: size.width };
    }
  }
  if (!size) throw new BrokenStructure('it does not say its size');
  if (size.width === 0 || size.height === 0) throw new BrokenStructure('one side is 0');
  return size;
}

/** The numbers, from 1, of the properties of an item. */
function associations(ipma: Buffer, item: number): number[] {
  const reader = new BoxReader(ipma);
  const { version, flags } = reader.version();
  const count = reader.take(4);
  if (count > ITEMS_MAX) throw new UnusualStructure(`a HEIF of more than ${ITEMS_MAX} items`);
  for (let i = 0; i < count; i += 1) {
    const id = reader.take(version < 1 ? 2 : 4);
    const many = reader.take(1);
    const indexes = Array.from({ length: many }, () =>
      flags & 1 ? reader.take(2) & 0x7fff : reader.take(1) & 0x7f,
    );
    if (id === item) return indexes.filter((index) => index > 0);
  }
  throw new BrokenStructure('its picture has no properties');
}
