import sharp from 'sharp';
import { grainTable, LIGHT_MAX, toneCurve } from './tone.ts';

/** Linear light, red, green and blue; 1 is white on paper, the sun is far above. */
export type Light = readonly [number, number, number];
export type Pixel = [number, number, number];

/** Reads `#rrggbb` as linear light. */
export function light(hex: string, strength = 1): Light {
  const value = Number.parseInt(hex.slice(1), 16);
  const channel = (shift: number) => toLinear(((value >> shift) & 255) / 255) * strength;
  return [channel(16), channel(8), channel(0)];
}

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

export function mix(a: Light, b: Light, t: number): Light {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

export function scale(a: Light, by: number): Light {
  return [a[0] * by, a[1] * by, a[2] * by];
}

export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : Math.min(value, high);
}

export function smooth(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** Colours along a line, as `[place, colour]`, places ascending; gives a fast lookup into `out`. */
export function ramp(...stops: readonly (readonly [number, string | Light])[]) {
  const size = 1024;
  const first = stops[0]?.[0] ?? 0;
  const last = stops.at(-1)?.[0] ?? 1;
  const table = new Float32Array((size + 1) * 3);
  for (let i = 0; i <= size; i += 1) {
    const at = first + ((last - first) * i) / size;
    const next = Math.max(
      1,
      stops.findIndex(([place]) => place >= at),
    );
    const [fromPlace, from] = stops[next - 1] ?? [0, '#000000'];
    const [toPlace, to] = stops[next] ?? [1, '#000000'];
    const t = smooth(0, 1, (at - fromPlace) / (toPlace - fromPlace || 1));
    const straight = clamp((at - fromPlace) / (toPlace - fromPlace || 1));
    table.set(mix(colour(from), colour(to), (t + straight) / 2), i * 3);
  }
  return (place: number, out: Pixel): void => {
    const i = Math.round(clamp((place - first) / (last - first)) * size) * 3;
    out[0] = table[i] as number;
    out[1] = table[i + 1] as number;
    out[2] = table[i + 2] as number;
  };
}

function colour(of: string | Light): Light {
  return typeof of === 'string' ? light(of) : of;
}

/** What a photographer does last. */
export interface Finish {
  /** Factor on all light. */
  readonly exposure?: number;
  /** How much of the brightest light spreads around it, 0 to 1. */
  readonly bloom?: number;
  /** Film grain, in steps of 255. */
  readonly grain?: number;
  /** How much darker the corners are, 0 to 1. */
  readonly vignette?: number;
  readonly saturation?: number;
  /** Steepness of the middle tones; 1 is none. */
  readonly contrast?: number;
  readonly seed?: number;
}

/** A picture in linear light, to be painted on. */
export class Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Float32Array(width * height * 3);
  }

  /** Calls `paint` for each pixel with what is there, to change it in place. */
  paint(paint: (x: number, y: number, pixel: Pixel) => void, top = 0, bottom = this.height): void {
    const { width, data } = this;
    const pixel: Pixel = [0, 0, 0];
    for (let y = top; y < bottom; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const i = (y * width + x) * 3;
        pixel[0] = data[i] as number;
        pixel[1] = data[i + 1] as number;
        pixel[2] = data[i + 2] as number;
        paint(x, y, pixel);
        data[i] = pixel[0];
        data[i + 1] = pixel[1];
        data[i + 2] = pixel[2];
      }
    }
  }

  /** Lays `colour` over a pixel; outside is nothing. */
  cover(x: number, y: number, colour: Light, amount: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height || amount <= 0) return;
    const i = (y * this.width + x) * 3;
    const { data } = this;
    const a = Math.min(1, amount);
    data[i] = (data[i] as number) * (1 - a) + colour[0] * a;
    data[i + 1] = (data[i + 1] as number) * (1 - a) + colour[1] * a;
    data[i + 2] = (data[i + 2] as number) * (1 - a) + colour[2] * a;
  }

  /** Adds light to a pixel; outside is nothing. */
  add(x: number, y: number, colour: Light, amount: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const i = (y * this.width + x) * 3;
    const { data } = this;
    data[i] = (data[i] as number) + colour[0] * amount;
    data[i + 1] = (data[i + 1] as number) + colour[1] * amount;
    data[i + 2] = (data[i + 2] as number) + colour[2] * amount;
  }

  /** A soft round light. */
  glow(cx: number, cy: number, radius: number, colour: Light, strength = 1): void {
    const reach = Math.ceil(radius * 2.6);
    const fall = 1 / (radius * radius);
    for (let y = Math.floor(cy - reach); y <= cy + reach; y += 1) {
      for (let x = Math.floor(cx - reach); x <= cx + reach; x += 1) {
        const d = (x - cx) ** 2 + (y - cy) ** 2;
        this.add(x, y, colour, Math.exp(-d * fall) * strength);
      }
    }
  }

  /** What is at a place between pixels. */
  sample(x: number, y: number, out: Pixel): void {
    const { width, height, data } = this;
    const cx = clamp(x, 0, width - 1.001);
    const cy = clamp(y, 0, height - 1.001);
    const left = Math.floor(cx);
    const top = Math.floor(cy);
    const fx = cx - left;
    const fy = cy - top;
    const i = (top * width + left) * 3;
    const j = i + width * 3;
    for (let c = 0; c < 3; c += 1) {
      const upper = (data[i + c] as number) * (1 - fx) + (data[i + 3 + c] as number) * fx;
      const lower = (data[j + c] as number) * (1 - fx) + (data[j + 3 + c] as number) * fx;
      out[c] = upper * (1 - fy) + lower * fy;
    }
  }

  /** A smaller copy, `by` times; whole pixels averaged. */
  shrink(by: number): Frame {
    const small = new Frame(Math.ceil(this.width / by), Math.ceil(this.height / by));
    const share = 1 / (by * by);
    for (let y = 0; y < this.height; y += 1) {
      for (let x = 0; x < this.width; x += 1) {
        const i = (y * this.width + x) * 3;
        const j = (Math.floor(y / by) * small.width + Math.floor(x / by)) * 3;
        for (let c = 0; c < 3; c += 1) {
          small.data[j + c] = (small.data[j + c] as number) + (this.data[i + c] as number) * share;
        }
      }
    }
    return small;
  }

  /** A larger copy, smooth between the pixels of this one. */
  enlarge(width: number, height: number): Frame {
    const large = new Frame(width, height);
    const across = this.width / width;
    const down = this.height / height;
    large.paint((x, y, out) => this.sample((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5, out));
    return large;
  }

  /** Blurs in place: three box blurs are close to a bell. */
  blur(radius: number): this {
    const box = Math.round(radius);
    if (box < 1) return this;
    for (let round = 0; round < 3; round += 1) {
      blurLines(this.data, this.height, this.width, this.width * 3, 3, box);
      blurLines(this.data, this.width, this.height, 3, this.width * 3, box);
    }
    return this;
  }

  /** Develops the picture and encodes it. */
  async develop(finish: Finish = {}): Promise<Buffer> {
    if (finish.bloom) this.#bloom(finish.bloom);
    const bytes = this.#toBytes(finish);
    const raw = { width: this.width, height: this.height, channels: 3 } as const;
    return await sharp(bytes, { raw }).jpeg({ quality: 90 }).toBuffer();
  }

  #bloom(amount: number): void {
    const by = Math.max(2, Math.round(this.width / 400));
    const small = this.shrink(by);
    for (let i = 0; i < small.data.length; i += 1) {
      small.data[i] = Math.min(12, Math.max(0, (small.data[i] as number) - 0.6));
    }
    const wide = new Frame(small.width, small.height);
    wide.data.set(small.data);
    small.blur(small.width / 120);
    wide.blur(small.width / 22);
    const pixel: Pixel = [0, 0, 0];
    const far: Pixel = [0, 0, 0];
    this.paint((x, y, out) => {
      small.sample(x / by - 0.5, y / by - 0.5, pixel);
      wide.sample(x / by - 0.5, y / by - 0.5, far);
      out[0] += (pixel[0] * 0.6 + far[0] * 0.7) * amount;
      out[1] += (pixel[1] * 0.6 + far[1] * 0.7) * amount;
      out[2] += (pixel[2] * 0.6 + far[2] * 0.7) * amount;
    });
  }

  #toBytes(finish: Finish): Uint8Array {
    const { exposure = 1, grain = 3, vignette = 0.15, saturation = 1, contrast = 1 } = finish;
    const { width, height, data } = this;
    const curve = toneCurve(contrast);
    const noise = grainTable(finish.seed ?? 1);
    const bytes = new Uint8Array(data.length);
    const top = curve.length - 1;
    for (let y = 0; y < height; y += 1) {
      const dy = (y / height - 0.5) * 2;
      const start = Math.imul(y, 7919) & 65_535;
      for (let x = 0; x < width; x += 1) {
        const i = (y * width + x) * 3;
        const dx = (x / width - 0.5) * 2;
        const corner = dx * dx + dy * dy;
        const gain = exposure * (1 - vignette * corner * corner * 0.5);
        const r = (data[i] as number) * gain;
        const g = (data[i + 1] as number) * gain;
        const b = (data[i + 2] as number) * gain;
        const grey = r * 0.2126 + g * 0.7152 + b * 0.0722;
        const speck = (noise[(start + x) & 65_535] as number) * grain;
        for (let c = 0; c < 3; c += 1) {
          const own = c === 0 ? r : c === 1 ? g : b;
          const value = grey + (own - grey) * saturation;
          const place = value <= 0 ? 0 : Math.sqrt(value / LIGHT_MAX) * top;
          bytes[i + c] = clamp((curve[Math.min(top, place) | 0] as number) + speck, 0, 255);
        }
      }
    }
    return bytes;
  }
}

function blurLines(
  data: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  radius: number,
): void {
  const held = new Float32Array(length);
  const share = 1 / (radius * 2 + 1);
  for (let line = 0; line < lines; line += 1) {
    for (let c = 0; c < 3; c += 1) {
      const start = line * lineStep + c;
      for (let i = 0; i < length; i += 1) held[i] = data[start + i * step] as number;
      const first = held[0] as number;
      const last = held[length - 1] as number;
      let sum = first * (radius + 1);
      for (let i = 0; i < radius; i += 1) sum += held[Math.min(i, length - 1)] as number;
      for (let i = 0; i < length; i += 1) {
        sum += (i + radius < length ? held[i + radius] : last) as number;
        data[start + i * step] = sum * share;
        sum -= (i - radius >= 0 ? held[i - radius] : first) as number;
      }
    }
  }
}
