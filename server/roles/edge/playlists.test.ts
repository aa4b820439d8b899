import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOn } from './playlists.ts';

test('every file that a playlist names is asked for with the query', () => {
  const playlist = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="URI",LANGUAGE="en",URI="1-captions-a.vtt"',
    '#EXT-X-STREAM-INF:BANDWIDTH=2800000,RESOLUTION=720x1280,CODECS="avc1.64001f,mp4a.40.2"',
    '1-v720-a.m3u8',
    '#EXT-X-MAP:URI="1-v720-init.m4s",BYTERANGE="700@0"',
    '',
    '#EXTINF:2.000,',
    '1-v720-1.m4s?part=1',
    '# URI="a word about it"',
    'https://elsewhere.example/2.m4s',
    '/media/other.m4s',
    '#EXT-X-ENDLIST',
  ];
  const expected = [
    ...playlist.slice(0, 2),
    `${playlist[2]?.slice(0, -1)}?until=1&signature=a_b"`,
    playlist[3],
    '1-v720-a.m3u8?until=1&signature=a_b',
    '#EXT-X-MAP:URI="1-v720-init.m4s?until=1&signature=a_b",BYTERANGE="700@0"',
    '',
    '#EXTINF:2.000,',
    '1-v720-1.m4s?part=1&until=1&signature=a_b',
    ...playlist.slice(9),
  ];
  for (const end of ['\n', '\r\n']) {
    const said = handOn(playlist.join(end), 'until=1&signature=a_b');
    assert.deepEqual(said.split(end), expected);
  }
});
