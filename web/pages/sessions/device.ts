/** Newer names first: most browsers call themselves by several. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** A name for people from what a browser or app called itself; empty when it said nothing. */
export function deviceOf(agent: string): { name: string; isPhone: boolean } {
  const found = (list: typeof BROWSERS) => list.find(([pattern]) => pattern.test(agent))?.[1];
  const isPhone = /iPhone|iPad|Android|Mobile/.test(agent);
  const browser = found(BROWSERS);
  const system = found(SYSTEMS);
  if (browser && system) return { name: `${browser}, ${system}`, isPhone };
  // What is no browser says its own name first: "MyApp/1.2 (…)".
  return { name: browser ?? system ?? agent.split(/[\s/(]/)[0] ?? '', isPhone };
}
