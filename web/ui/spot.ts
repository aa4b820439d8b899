import './spot.css';

/** Class and style of a name that stands at a spot of a picture, given as fractions of its sides. */
export function spotLook({ x, y }: { readonly x: number; readonly y: number }) {
  return {
    class: y > 0.8 ? 'spot spot--above' : 'spot',
    style: { left: `${x * 100}%`, top: `${y * 100}%`, '--x': String(x) },
  };
}
