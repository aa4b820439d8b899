/** Presses that are not for what lies below: there a double tap likes the post, holding pauses. */
export const apart = {
  onPointerDown: (event: Event) => event.stopPropagation(),
  onPointerUp: (event: Event) => event.stopPropagation(),
  onDblClick: (event: Event) => event.stopPropagation(),
} as const;
