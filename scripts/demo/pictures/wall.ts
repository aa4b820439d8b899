import sharp from 'sharp';
import { clamp, Frame, light, smooth } from './frame.ts';
import { between, createRandom, Noise, type Random } from './noise.ts';
import type { Order } from './order.ts';

export interface WallLook {
  readonly wall: string;
  /** What throws the shadow. */
  readonly through: 'window' | 'palm' | 'blinds' | 'arch';
}

/** Late sun on a plastered wall, and the shadow of what it came through. */
export async function wall(order: Order & WallLook): Promise<Buffer> {
  const { width, height, seed } = order;
  const frame = new Frame(width, height);
  const random = createRandom(seed);
  const noise = new Noise(seed);
  const sun = await sunPatch(order, random);
  const colour = light(order.wall);
  const warm = light('#ffd9a6', 1.25);
  const cool = light('#8fa0bd', 0.62);
  const floor = (height / width) * 0.86;
  frame.paint((x, y, out) => {
    const u = x / width;
    const v = y / width;
    const rough = noise.fbm(u * 55, v * 55, 3) * 0.05 + noise.fbm(u * 3.5, v * 3.5, 4) * 0.07;
    const patch = sun(u, v);
    const below = smooth(floor - 0.0015, floor + 0.0015, v);
    const base = 1 + rough * (1 - below * 0.5) - below * 0.32;
    const corner = 1 - 0.3 * Math.exp(-Math.abs(v - floor) * 26);
    const room = 0.75 + 0.35 * u;
    for (let c = 0; c < 3; c += 1) {
      const shade = (cool[c] as number) * room * corner;
      const bounce = (warm[c] as number) * 0.1 * smooth(0.5, 1, v);
      out[c] = (colour[c] as number) * base * (shade + bounce + (warm[c] as number) * patch * 0.85);
    }
  });
  return await frame.develop({ bloom: 0.2, grain: 5, vignette: 0.3, seed, contrast: 1.1 });
}

/** How much sun a place gets: drawn small, sheared by the low sun, softer the farther it fell. */
async function sunPatch(order: Order & WallLook, random: Random) {
  const { width, height } = order;
  const w = 500;
  const h = Math.round((w * height) / width);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><rect width="${w}" height="${h}" fill="#000"/><g transform="translate(${w / 2} ${h * 0.47}) skewY(${between(random, -14, -22).toFixed(1)}) skewX(${between(random, 4, 14).toFixed(1)})">${opening(order.through, w, random)}</g></svg>`;
  const draw = async (blur: number) =>
    await sharp(Buffer.from(svg)).greyscale().blur(blur).raw().toBuffer();
  const [crisp, soft] = await Promise.all([draw(1.6), draw(7)]);
  return (u: number, v: number): number => {
    const x = clamp(u * w - 0.5, 0, w - 1.01);
    const y = clamp(v * w - 0.5, 0, h - 1.01);
    const i = Math.floor(y) * w + Math.floor(x);
    const fx = x % 1;
    const fy = y % 1;
    const read = (of: Buffer) =>
      ((of[i] as number) * (1 - fx) + (of[i + 1] as number) * fx) * (1 - fy) +
      ((of[i + w] as number) * (1 - fx) + (of[i + w + 1] as number) * fx) * fy;
    const far = smooth(0.1, 1.1, u);
    return (read(crisp) * (1 - far) + read(soft) * far) / 255;
  };
}

function opening(through: WallLook['through'], w: number, random: Random): string {
  if (through === 'blinds') return blinds(w);
  if (through === 'palm') return `${panes(w, 1, 1, 0)}${palm(w, random)}${palm(w, random)}`;
  if (through === 'arch') {
    const r = w * 0.2;
    const tall = w * 0.5;
    return [-0.42, 0.06, 0.54]
      .map((at) => {
        const x = at * w;
        return `<path d="M${x - r} ${tall}V0A${r} ${r} 0 0 1 ${x + r} 0V${tall}Z" fill="#fff"/>`;
      })
      .join('');
  }
  return `${panes(w, 2, 3, 0.035)}${palm(w, random)}`;
}

function panes(w: number, across: number, down: number, bar: number): string {
  const wide = w * 0.62;
  const tall = w * 0.78;
  let text = '';
  for (let i = 0; i < across; i += 1) {
    for (let j = 0; j < down; j += 1) {
      const x = -wide / 2 + (wide / across) * i + (bar * w) / 2;
      const y = -tall / 2 + (tall / down) * j + (bar * w) / 2;
      text += `<rect x="${x}" y="${y}" width="${wide / across - bar * w}" height="${tall / down - bar * w}" fill="#fff"/>`;
    }
  }
  return text;
}

function blinds(w: number): string {
  let text = '';
  for (let i = 0; i < 17; i += 1) {
    text += `<rect x="${-w * 0.36}" y="${-w * 0.5 + i * w * 0.056}" width="${w * 0.72}" height="${w * 0.027}" fill="#fff"/>`;
  }
  return `${text}<rect x="${-w * 0.2}" y="${-w}" width="3" height="${w * 2}" fill="#000"/><rect x="${w * 0.22}" y="${-w}" width="3" height="${w * 2}" fill="#000"/>`;
}

/** The shadow of a palm leaf: fingers off a bent rib. */
function palm(w: number, random: Random): string {
  const x0 = between(random, -0.5, 0.1) * w;
  const y0 = between(random, 0.3, 0.5) * w;
  const turn = between(random, -1.3, -0.7);
  const length = w * between(random, 0.6, 0.85);
  let text = '';
  for (let i = 0; i < 34; i += 1) {
    const t = i / 33;
    const bend = turn + t * t * 0.9;
    const x = x0 + Math.cos(bend) * length * t;
    const y = y0 + Math.sin(bend) * length * t;
    for (const side of [-1, 1]) {
      const out = bend + side * (1.15 - t * 0.75) + between(random, -0.05, 0.05);
      const reach = w * 0.24 * Math.sin(Math.PI * (0.12 + 0.85 * t)) * between(random, 0.85, 1.05);
      const tx = x + Math.cos(out) * reach;
      const ty = y + Math.sin(out) * reach + reach * 0.18;
      const mx = (x + tx) / 2 + Math.cos(out + 1.57) * reach * 0.09;
      const my = (y + ty) / 2 + Math.sin(out + 1.57) * reach * 0.09;
      text += `<path d="M${x} ${y}Q${mx} ${my} ${tx} ${ty}Q${mx - 5} ${my - 5} ${x} ${y}Z" fill="#000"/>`;
    }
  }
  return text;
}
