/**
 * Draws Aperto's mark, an open aperture of six blades, and writes it to web/public as SVG and as
 * the PNG sizes that phones and browsers ask for: node scripts/icons.ts
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const folder = join(import.meta.dirname, '../web/public');
const ink = '#fff8f1';
const ground = '#a84300';
const size = 512;
const blades = 6;

interface Look {
  /** Radius of the lens. */
  readonly lens: number;
  /** Radius of the corners of the opening. */
  readonly opening: number;
  /** Width of the gaps between blades. */
  readonly gap: number;
  /** Radius of the corners of the square; 0 where the phone cuts the shape itself. */
  readonly corner: number;
}

/** A disc, cut by six lines that each run along one side of the opening and on to the rim. */
function draw({ lens, opening, gap, corner }: Look): string {
  const middle = size / 2;
  const at = (radius: number, turn: number) => [
    middle + radius * Math.cos(turn),
    middle + radius * Math.sin(turn),
  ];
  const text = (point: number[]) => point.map((value) => value.toFixed(2)).join(' ');
  const turns = Array.from(
    { length: blades },
    (_, i) => (i * 2 * Math.PI) / blades - Math.PI / 2.6,
  );
  const corners = turns.map((turn) => at(opening, turn));
  const cuts = corners.map((from, i) => {
    const next = corners[(i + 1) % blades] ?? from;
    const [dx = 0, dy = 0] = [0, 1].map((axis) => (next[axis] ?? 0) - (from[axis] ?? 0));
    const reach = (2 * lens) / Math.hypot(dx, dy);
    return `M${text(from)}L${text([(from[0] ?? 0) + dx * reach, (from[1] ?? 0) + dy * reach])}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">
  <title>Aperto</title>
  <clipPath id="lens"><circle cx="${middle}" cy="${middle}" r="${lens + 2}"/></clipPath>
  <rect width="${size}" height="${size}" rx="${corner}" fill="${ground}"/>
  <circle cx="${middle}" cy="${middle}" r="${lens}" fill="${ink}"/>
  <path d="M${corners.map(text).join('L')}Z" fill="${ground}"/>
  <path d="${cuts.join('')}" clip-path="url(#lens)" stroke="${ground}" stroke-width="${gap}" stroke-linecap="round"/>
</svg>
`;
}

async function png(name: string, svg: string, pixels: number): Promise<void> {
  const picture = await sharp(Buffer.from(svg), { density: 288 })
    .resize(pixels, pixels)
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();
  await writeFile(join(folder, name), picture);
}

const mark = draw({ lens: 176, opening: 84, gap: 20, corner: 116 });
// Android may cut a circle of four fifths (w3.org/TR/appmanifest, "safe zone"); Apple rounds itself.
const bleeding = draw({ lens: 150, opening: 72, gap: 17, corner: 0 });

await writeFile(join(folder, 'icon.svg'), mark);
await Promise.all([
  png('icon-192.png', mark, 192),
  png('icon-512.png', mark, 512),
  png('icon-maskable-512.png', bleeding, 512),
  png('icon-180.png', draw({ lens: 176, opening: 84, gap: 20, corner: 0 }), 180),
]);
