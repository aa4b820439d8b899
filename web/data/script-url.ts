/** Trusted Types are not in TypeScript's DOM yet; only what is used here. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  'aperto',
  { createScriptURL: ownScript },
);

/**
 * The address of a script of our own, fit for `new Worker` and the service worker where the page's
 * policy asks for Trusted Types. Throws for any other origin.
 */
export function scriptUrl(url: string): string {
  return policy ? policy.createScriptURL(url) : ownScript(url);
}

function ownScript(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) {
    throw new TypeError(`Not a script of this site: ${url}`);
  }
  return url;
}
