import './cropped.css';
import { type Aspect, frameRatio, placement } from './crop.ts';
import { useEdited } from './edited.ts';
import type { PendingFile } from './pending.ts';
import { Unseen } from './preview.tsx';

/** A chosen picture as it will be shown: cut and edited. */
export function Cropped({ file, aspect }: { readonly file: PendingFile; readonly aspect: Aspect }) {
  const preview = useEdited(file, aspect);
  const { left, top, width, height } = placement(file.framing, aspect, file);
  return (
    <div class="cropped" style={{ aspectRatio: String(frameRatio(aspect, file)) }}>
      {file.unseen && <Unseen file={file} />}
      {preview && (
        <img
          src={preview}
          alt={file.alt}
          style={{
            inlineSize: `${width * 100}%`,
            blockSize: `${height * 100}%`,
            transform: `translate(${(left / width) * 100}%, ${(top / height) * 100}%)`,
          }}
        />
      )}
    </div>
  );
}
