import './aperture.css';

const BLADES = 9;
const RIM = 100;
/** Distance of the opening's corners from the middle, at rest. */
const OPEN = 50;

function at(degrees: number, radius: number): string {
  const angle = (degrees * Math.PI) / 180;
  return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
}

/** A blade: from one corner of the opening to the next, and out to the rim. */
const BLADE = [
  `M${at(0, OPEN)}`,
  `L${at(360 / BLADES, OPEN)}`,
  `L${at(360 / BLADES + 58, RIM + 4)}`,
  `A${RIM + 4} ${RIM + 4} 0 0 0 ${at(18, RIM + 4)}`,
  'Z',
].join('');

/** An aperture that opens on evening light. Drawn, so that it is sharp on every screen. */
export function Aperture() {
  return (
    <svg class="aperture" viewBox="-100 -100 200 200" aria-hidden="true">
      <defs>
        <radialGradient id="aperture-light" cx="0.42" cy="0.62" r="0.75">
          <stop offset="0" stop-color="#fff1d6" />
          <stop offset="0.22" stop-color="#ffc98a" />
          <stop offset="0.5" stop-color="#f0813c" />
          <stop offset="0.78" stop-color="#a83a3f" />
          <stop offset="1" stop-color="#3b2148" />
        </radialGradient>
        <linearGradient id="aperture-blade" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stop-color="#2e2925" />
          <stop offset="0.55" stop-color="#191614" />
          <stop offset="1" stop-color="#100e0d" />
        </linearGradient>
        <clipPath id="aperture-rim">
          <circle r={RIM} />
        </clipPath>
      </defs>
      <g clip-path="url(#aperture-rim)">
        <circle r={RIM} fill="url(#aperture-light)" />
        {Array.from({ length: BLADES }, (_, index) => (
          <g key={index} transform={`rotate(${(index * 360) / BLADES})`}>
            <path class="aperture__blade" d={BLADE} fill="url(#aperture-blade)" />
          </g>
        ))}
      </g>
      <circle class="aperture__ring" r={RIM - 0.5} />
    </svg>
  );
}
