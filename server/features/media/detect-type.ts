/** So many bytes at a file's beginning tell its type. */
export const HEAD_BYTES = 256;

const HEIF_BRANDS = /^(hei[cxms]|hev[cxms]|mif[12]|msf1|miaf)$/;

/**
 * The content type that the first `HEAD_BYTES` tell. Kinds that we do not take have names too, because that
 * helps who sent them; what is unknown has a phrase.
 */
export function detectType(head: Uint8Array): string {
  const bytes = Buffer.from(head.subarray(0, HEAD_BYTES));
  const text = bytes.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  if (text.startsWith('\x1a\x45\xdf\xa3')) {
    return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
  }
  if (text.slice(4, 8) === 'ftyp' && bytes.length >= 12) return typeOfBrands(bytes);
  // As QuickTime wrote films before it named brands.
  if (/^(moov|mdat|wide)$/.test(text.slice(4, 8))) return 'video/quicktime';
  if (text.startsWith('%PDF')) return 'application/pdf';
  if (/^(II\*\0|MM\0\*)/.test(text)) return 'image/tiff';
  if (text.startsWith('BM')) return 'image/bmp';
  if (/^\s*(<\?xml|<svg|<!doctype svg)/i.test(text) && /svg/i.test(text)) return 'image/svg+xml';
  if (/^\s*<(!doctype html|html|head|script|body)/i.test(text)) return 'text/html';
  if (text.startsWith('PK\x03\x04')) return 'application/zip';
  return 'none of the pictures and videos that we know';
}

/** Of the ftyp box (ISO/IEC 14496-12, 4.3): the first brand says it, or is general and others say it. */
function typeOfBrands(head: Buffer): string {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4));
  const [major = ''] = brands;
  if (/^avi[fs]$/.test(major)) return 'image/avif';
  if (HEIF_BRANDS.test(major)) {
    const isAvif = brands.some((brand) => /^avi[fs]$/.test(brand));
    const isHeic = brands.some((brand) => /^he[iv][cxms]$/.test(brand));
    return isAvif && !isHeic ? 'image/avif' : 'image/heic';
  }
  return major === 'qt  ' ? 'video/quicktime' : 'video/mp4';
}
