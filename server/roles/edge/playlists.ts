/** HLS (RFC 8216): the type of a list of files to play. */
export const PLAYLIST = 'application/vnd.apple.mpegurl';

/** Absolute, or of another scheme: no file beside the playlist. */
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/)/i;

/**
 * A playlist whose files are asked for with `query`. Players resolve the addresses in it against its own,
 * and the query of that is lost on the way; what stands beside a signed playlist needs the signature, too.
 */
export function handOn(playlist: string, query: string): string {
  const signed = (address: string) => {
    if (ELSEWHERE.test(address)) return address;
    return `${address}${address.includes('?') ? '&' : '?'}${query}`;
  };
  return playlist.replace(/^.+$/gm, (line) => {
    // EXT-X-MAP, EXT-X-MEDIA, EXT-X-I-FRAME-STREAM-INF …: 4.2, an attribute's quoted string.
    if (line.startsWith('#')) {
      return line.replace(/([:,]URI=")([^"]*)"/g, (_, before, uri) => `${before}${signed(uri)}"`);
    }
    const [, address = '', end = ''] = /^(.*?)(\s*)$/.exec(line) ?? [];
    return address === '' ? line : signed(address) + end;
  });
}
