import { PART_BYTES } from '../../../api/limits.ts';
import { hashBytes } from './hash-bytes.ts';

self.onmessage = (event: MessageEvent<Blob>) => {
  hashBytes(event.data, PART_BYTES).then(
    (checksums) => self.postMessage({ checksums }),
    (error: unknown) => self.postMessage({ problem: String(error) }),
  );
};
