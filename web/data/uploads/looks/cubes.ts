import type { Edit } from '../../../../api/looks.ts';
import { CUBE_SIDE, type Cube, compileCube } from '../../../../api/looks-cube.ts';

/** An eighth of the points: a look is within a grey level or two of the whole. */
const ROUGH_SIDE = 17;
/** All looks of a strip, and what is being tried. */
const KEPT = 16;

export interface KeptCube {
  readonly cube: Cube;
  readonly side: number;
}

const cubes = new Map<string, KeptCube>();

/** The cube of an edit, made once; the same object as long as it is kept. */
export function cubeFor({ vignette: _, ...colours }: Edit, rough: boolean): KeptCube {
  const key = JSON.stringify(colours);
  const exact = cubes.get(key);
  if (exact) return exact;
  if (rough) return { cube: compileCube(colours, ROUGH_SIDE), side: ROUGH_SIDE };
  const made = { cube: compileCube(colours), side: CUBE_SIDE };
  cubes.set(key, made);
  const [oldest] = cubes.keys();
  if (cubes.size > KEPT && oldest !== undefined) cubes.delete(oldest);
  return made;
}
