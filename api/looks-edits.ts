import type { Edit } from './looks.ts';

/** Whether an edit leaves a picture as it is. */
export function isPlain(edit: Edit | null | undefined): boolean {
  return !edit || Object.keys(tidyEdit(edit)).length === 0;
}

/** An edit without what changes nothing: zeros, a strength without a look, a look without strength. */
export function tidyEdit(edit: Edit): Edit {
  const { look, strength = 1, ...adjustments } = edit;
  const tidy: Edit = {};
  if (look && strength > 0) {
    tidy.look = look;
    if (strength < 1) tidy.strength = strength;
  }
  for (const name of ['brightness', 'contrast', 'saturation', 'warmth', 'vignette'] as const) {
    const value = adjustments[name];
    if (value) tidy[name] = value;
  }
  return tidy;
}
