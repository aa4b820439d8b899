import type { Crop } from '../../../api/new-media.ts';
import { isQuarterTurned, type Orientation } from './exif-orientation.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels, in the form that sharp takes. */
export interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

/** The pixels that a crop of an upright picture keeps: clamped to the picture, at least one each way. */
export function croppedArea(upright: Size, crop: Crop | null): Area {
  if (!crop) return { left: 0, top: 0, ...upright };
  const [left, width] = span(crop.x, crop.width, upright.width);
  const [top, height] = span(crop.y, crop.height, upright.height);
  return { left, top, width, height };
}

function span(from: number, length: number, whole: number): [from: number, length: number] {
  // Both edges are rounded, not the length, so that two crops that touch also touch in pixels.
  const start = Math.min(Math.max(0, Math.round(from * whole)), whole - 1);
  const end = Math.min(Math.max(start + 1, Math.round((from + length) * whole)), whole);
  return [start, end - start];
}

/**
 * The same area in the picture as it is stored. Cutting there, before the picture is turned, lets the
 * decoder go through the file once from top to bottom.
 */
export function storedArea(area: Area, upright: Size, orientation: Orientation): Area {
  const right = upright.width - area.left - area.width;
  const bottom = upright.height - area.top - area.height;
  const left = { 1: area.left, 2: right, 3: right, 4: area.left };
  const top = { 1: area.top, 2: area.top, 3: bottom, 4: bottom };
  if (!isQuarterTurned(orientation)) {
    const straight = orientation as 1 | 2 | 3 | 4;
    return { ...area, left: left[straight], top: top[straight] };
  }
  const turned = orientation as 5 | 6 | 7 | 8;
  return {
    left: { 5: area.top, 6: area.top, 7: bottom, 8: bottom }[turned],
    top: { 5: area.left, 6: right, 7: right, 8: area.left }[turned],
    width: area.height,
    height: area.width,
  };
}
