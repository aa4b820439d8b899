import './aperture.css';

const BLADES = 8;
/** Distance of the opening's corners from the middle; the rim is at 100. */
const OPEN = 58;
/** Blades reach beyond the rim, which cuts them, so that they still cover it while they open. */
const REACH = 700;

interface Point {
  readonly x: number;
  readonly y: number;
}

function corner(index: number): Point {
  const angle = ((index * 360) / BLADES) * (Math.PI / 180);
  return { x: OPEN * Math.cos(angle), y: OPEN * Math.sin(angle) };
}

/** Where the edge from the corner before runs on to behind this corner. */
function edgeEnd(index: number): Point {
  const before = corner(index - 1);
  const here = corner(index);
  const length = Math.hypot(here.x - before.x, here.y - before.y);
  return {
    x: here.x + ((here.x - before.x) / length) * REACH,
    y: here.y + ((here.y - before.y) / length) * REACH,
  };
}

const show = ({ x, y }: Point) => `${x.toFixed(2)} ${y.toFixed(2)}`;

/** One blade; the others are the same, turned. */
const BLADE = `M${show(corner(0))}L${show(corner(1))}L${show(edgeEnd(1))}L${show(edgeEnd(0))}Z`;

/** An aperture that opens on an evening at sea. Drawn, so that it is sharp on every screen. */
export function Aperture() {
  return (
    <svg class="aperture" viewBox="-101 -101 202 202" aria-hidden="true">
      <defs>
        <linearGradient id="aperture-sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#2c2350" />
          <stop offset="0.42" stop-color="#8f3a5c" />
          <stop offset="0.72" stop-color="#ee7a45" />
          <stop offset="1" stop-color="#ffd28f" />
        </linearGradient>
        <linearGradient id="aperture-sea" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#d9744b" />
          <stop offset="0.3" stop-color="#7d3550" />
          <stop offset="1" stop-color="#1d1836" />
        </linearGradient>
        <radialGradient id="aperture-glow">
          <stop offset="0" stop-color="#fff3d9" stop-opacity="0.9" />
          <stop offset="1" stop-color="#ffb469" stop-opacity="0" />
        </radialGradient>
        <linearGradient id="aperture-blade" x1="0.1" y1="0" x2="0.35" y2="0.5">
          <stop offset="0" stop-color="#3a332d" />
          <stop offset="0.5" stop-color="#1b1715" />
          <stop offset="1" stop-color="#12100e" />
        </linearGradient>
        <clipPath id="aperture-rim">
          <circle r="100" />
        </clipPath>
      </defs>
      <g clip-path="url(#aperture-rim)">
        <rect x="-60" y="-60" width="120" height="78" fill="url(#aperture-sky)" />
        <circle cx="-8" cy="14" r="44" fill="url(#aperture-glow)" />
        <circle cx="-8" cy="9" r="11" fill="#fff6e3" />
        <rect x="-60" y="18" width="120" height="44" fill="url(#aperture-sea)" />
        <g fill="#ffe2b0">
          <rect x="-23" y="20.5" width="30" height="1.1" rx="0.5" opacity="0.75" />
          <rect x="-18" y="24.5" width="21" height="1" rx="0.5" opacity="0.6" />
          <rect x="-15" y="29" width="13" height="0.9" rx="0.4" opacity="0.5" />
          <rect x="-7" y="33.5" width="9" height="0.8" rx="0.4" opacity="0.4" />
          <rect x="-12" y="38.5" width="7" height="0.7" rx="0.3" opacity="0.3" />
        </g>
        <g class="aperture__blades">
          {Array.from({ length: BLADES }, (_, index) => (
            <path
              key={index}
              class="aperture__blade"
              fill="url(#aperture-blade)"
              d={BLADE}
              transform={`rotate(${(index * 360) / BLADES})`}
            />
          ))}
        </g>
      </g>
      <circle class="aperture__ring" r="100" />
    </svg>
  );
}
