/**
 * The gradient of 64 × 48 pixels of test/pictures.ts as HEVC, in 8 and in 10 bits, made once by x265: machines that
 * run tests need no encoder. `config` is an hvcC box's content, `data` one picture with the lengths of its parts.
 */
export const HEVC_GRADIENT = {
  eightBits: {
    config: bytes(
      'AQQIAAAAn6gAAAAAHvAA/P34+AAADwOgAAEAF0ABDAH//wQIAAADAJ+oAAADAAAeugJAoQABACZCAQEECAAAAwCfqAAA',
      'AwAAHqAggxZbq5MrmwIAAAMAAgAAAwAyEKIAAQAGRAHBc8CJ',
    ),
    data: bytes(
      'AAAAF0ABDAH//wQIAAADAJ+oAAADAAAeugJAAAAAJkIBAQQIAAADAJ+oAAADAAAeoCCDFlurkyubAgAAAwACAAADADIQ',
      'AAAABkQBwXPAiQAAAaQoAa8EeDxA9e5DRONuXb9e3atV/tvsbHDck/TRDlCriuVWu8h2ui6QedEClJScGNfj72+9jfcX',
      '+Aji6tsQTKmQKDmoW6NKEi+CZM1pcZjbCZR9cc0NBOsaJPM5RfyStlPs1m95u685TdC6HnUB+Qute5DucrSOPHhi2iS8',
      '4Y8STmbCyQKDbDeX7EPKjWWxockmj9kv+7gFceRBRWSEn4D6tEAynKeE/OuH0os0kj5GZSOYnY6wVPgS8Ndjoc+Ad9qD',
      'gzFvXTbfvcu2e/l+kiUfQ8OfmUjbzcC5q7/67acdS9OTMgXzBsHHguPO/e2fvK1bbVfDGiTTIa42WCi3sedOf2DEU23v',
      '6vH08BBndAdVzfCMQXyX2sNoAtUTLb9rMtvlqyqDNZklc30LrUOgqkcnu93MZPQfoRznEQ5KfBcuGm+hAM2Aw8fViF4f',
      '7P13UKDCOt3bvc54zxKjqwAbqV7FWBqNuk+10GWty++ka3GKw2OMV34okEIVDjkvGNMNgDdOg1kMswX414SbY31H/1Nv',
      'VCVPhgUpNDU+JbQcHqWgX+79z/A=',
    ),
  },
  tenBits: {
    config: bytes(
      'AQQIAAAAnagAAAAAHvAA/P36+gAADwOgAAEAF0ABDAH//wQIAAADAJ2oAAADAAAeugJAoQABACZCAQEECAAAAwCdqAAA',
      'AwAAHqAggxNlurkyubAgAAADACAAAAMDIaIAAQAGRAHBc8CJ',
    ),
    data: bytes(
      'AAAAF0ABDAH//wQIAAADAJ2oAAADAAAeugJAAAAAJkIBAQQIAAADAJ2oAAADAAAeoCCDE2W6uTK5sCAAAAMAIAAAAwMh',
      'AAAABkQBwXPAiQAAAR8oAa8EeDxJq1ZFVzThA/st3fGzH9NEOaauLrVa7yV5U71yPBZ+SiROQnk2VxTfLfS3sM2jm76h',
      'bo0oV/kOd8rpQeKglB+21Enmco0MReIhqLZeUHJeRRAmoJIIJa4A+oRimdwl0m+udKczhOQ41foGnXMPD+TG5yiP1pV0',
      'iK9M0iq7byOiVVLdxrWBsrrfAbk7YSv0yvkMfjezhJLYc+gGCifZvr1WBnWZ4lHybP3WbJSGFw1qcZrrGBfnnjisJFpZ',
      '/8K/4BTx855pSB2a8f+k/z64eG2flXqkRrxJ42c4XX26KHetMHHeoek535YLhaLHWGWDmEFDKwkzgiLvrTjsJVOd6AKA',
      'Um+WO7/J6dmX2JdEBqXmQRDDFLTfnDN0EA==',
    ),
  },
} as const;

function bytes(...lines: string[]): Buffer {
  return Buffer.from(lines.join(''), 'base64');
}
