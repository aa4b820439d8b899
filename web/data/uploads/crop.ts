import type { Crop } from '../../../api/new-media.ts';

/** The shapes that a post may have; `original` leaves every picture whole. */
export const ASPECTS = ['original', '4:5', '1:1', '16:9'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** Width and height of an upright picture, in pixels. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
  /** Videos and animations are shown whole, whatever shape the others have. */
  readonly whole?: boolean;
}

/**
 * How a picture lies in its frame: the point of the picture (fractions) that is in the frame's
 * middle, and how much larger than "just covering the frame" it is drawn.
 */
export interface Framing {
  readonly centreX: number;
  readonly centreY: number;
  readonly zoom: number;
}

export const CENTRED: Framing = { centreX: 0.5, centreY: 0.5, zoom: 1 };

/** Beyond this the picture is a blur: the crop would be narrower than the small rendition. */
const SHORTEST_CROP_PIXELS = 320;
const ZOOM_MAX = 8;

/** Width divided by height of the frame that shows this picture. */
export function frameRatio(aspect: Aspect, picture: Dimensions): number {
  if (aspect === 'original' || picture.whole) return picture.width / picture.height;
  const [width = 1, height = 1] = aspect.split(':').map(Number);
  return width / height;
}

/** The largest zoom that still leaves pixels enough; 1 when there are few to begin with. */
export function zoomMax(aspect: Aspect, picture: Dimensions): number {
  const whole = coverFractions(aspect, picture);
  const shorter = Math.min(whole.width * picture.width, whole.height * picture.height);
  return Math.min(ZOOM_MAX, Math.max(1, shorter / SHORTEST_CROP_PIXELS));
}

/** The nearest framing that leaves no part of the frame empty. */
export function clampFraming(framing: Framing, aspect: Aspect, picture: Dimensions): Framing {
  const zoom = clamp(framing.zoom, 1, zoomMax(aspect, picture));
  const whole = coverFractions(aspect, picture);
  const halfWidth = whole.width / zoom / 2;
  const halfHeight = whole.height / zoom / 2;
  return {
    centreX: clamp(framing.centreX, halfWidth, 1 - halfWidth),
    centreY: clamp(framing.centreY, halfHeight, 1 - halfHeight),
    zoom,
  };
}

/**
 * Moves the picture with a finger. `dx` and `dy` are how far the picture goes right and down, as
 * fractions of the frame's width and height.
 */
export function pan(
  framing: Framing,
  dx: number,
  dy: number,
  aspect: Aspect,
  picture: Dimensions,
): Framing {
  const whole = coverFractions(aspect, picture);
  return clampFraming(
    {
      centreX: framing.centreX - (dx * whole.width) / framing.zoom,
      centreY: framing.centreY - (dy * whole.height) / framing.zoom,
      zoom: framing.zoom,
    },
    aspect,
    picture,
  );
}

/**
 * Zooms by a factor so that the point under the fingers stays there. `atX` and `atY` say where in
 * the frame, as fractions: 0.5, 0.5 is the middle.
 */
export function zoomAt(
  framing: Framing,
  factor: number,
  atX: number,
  atY: number,
  aspect: Aspect,
  picture: Dimensions,
): Framing {
  const zoom = clamp(framing.zoom * factor, 1, zoomMax(aspect, picture));
  const whole = coverFractions(aspect, picture);
  const shift = 1 / framing.zoom - 1 / zoom;
  return clampFraming(
    {
      centreX: framing.centreX + (atX - 0.5) * whole.width * shift,
      centreY: framing.centreY + (atY - 0.5) * whole.height * shift,
      zoom,
    },
    aspect,
    picture,
  );
}

/** What is sent: the part of the upright picture in the frame; null when that is all of it. */
export function cropOf(framing: Framing, aspect: Aspect, picture: Dimensions): Crop | null {
  const { centreX, centreY, zoom } = clampFraming(framing, aspect, picture);
  const whole = coverFractions(aspect, picture);
  const width = round(whole.width / zoom);
  const height = round(whole.height / zoom);
  if (width >= 1 && height >= 1) return null;
  // Rounded after the clamp: x + width must not be 1.000001.
  return {
    x: round(clamp(centreX - width / 2, 0, 1 - width)),
    y: round(clamp(centreY - height / 2, 0, 1 - height)),
    width,
    height,
  };
}

/** The framing that gives this crop: the way back from `cropOf`. */
export function framingOf(crop: Crop | null, aspect: Aspect, picture: Dimensions): Framing {
  if (!crop) return CENTRED;
  const whole = coverFractions(aspect, picture);
  const framing = {
    centreX: crop.x + crop.width / 2,
    centreY: crop.y + crop.height / 2,
    zoom: Math.max(whole.width / crop.width, whole.height / crop.height),
  };
  return clampFraming(framing, aspect, picture);
}

/** The shape that all these crops have; `original` when they have none in common. */
export function aspectOf(crops: readonly (readonly [Crop | null, Dimensions])[]): Aspect {
  const fits = (aspect: Aspect) =>
    crops.every(([crop, picture]) => {
      const width = (crop?.width ?? 1) * picture.width;
      const height = (crop?.height ?? 1) * picture.height;
      return Math.abs(width / height / frameRatio(aspect, picture) - 1) < 0.01;
    });
  return ASPECTS.find(fits) ?? 'original';
}

/** Where to draw the whole picture so that the frame shows the crop, in frame widths and heights. */
export function placement(framing: Framing, aspect: Aspect, picture: Dimensions) {
  const { centreX, centreY, zoom } = clampFraming(framing, aspect, picture);
  const whole = coverFractions(aspect, picture);
  const width = zoom / whole.width;
  const height = zoom / whole.height;
  return { left: 0.5 - centreX * width, top: 0.5 - centreY * height, width, height };
}

/** The part of the picture that a frame of this shape shows at zoom 1. */
function coverFractions(aspect: Aspect, picture: Dimensions): Dimensions {
  const ratio = frameRatio(aspect, picture);
  const own = picture.width / picture.height;
  return { width: Math.min(1, ratio / own), height: Math.min(1, own / ratio) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

/** Six digits: finer than a pixel of any picture that is taken. Floored, so sums stay within 1. */
function round(value: number): number {
  return Math.floor(value * 1e6 + 1e-6) / 1e6;
}
