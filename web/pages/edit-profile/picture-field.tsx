import { useEffect, useRef, useState } from 'preact/hooks';
import { PICTURE_TYPES } from '../../../api/limits.ts';
import { CENTRED, type Framing } from '../../data/uploads/crop.ts';
import { type Taken, takeIn } from '../../data/uploads/intake.ts';
import { isVideo } from '../../data/uploads/pending.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Stage } from '../compose/stage.tsx';
import { type ChosenPicture, sendPicture } from './send-picture.ts';

export interface PictureFieldProps {
  readonly name: string;
  readonly shown: string | null;
  /** A new picture, or null when it is to go. */
  readonly onChange: (picture: ChosenPicture | null) => void;
}

/** The profile picture: choose, crop to a square, or remove. */
export function PictureField({ name, shown, onChange }: PictureFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [taken, setTaken] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const take = async (file: File | undefined) => {
    if (!file) return;
    const result = await takeIn(file);
    if (typeof result === 'string') setProblem(t(`refused.${result}`, { name: file.name }));
    else if (!result.preview || isVideo(result.file))
      setProblem(t('refused.no-face', { name: file.name }));
    else setTaken({ ...result, preview: result.preview, file: { ...result.file, whole: false } });
  };

  return (
    <div class="picture-field">
      <Avatar src={shown} name={name} size={96} label={t('edit-profile.picture')} />
      <div class="picture-field__do">
        <input
          ref={input}
          type="file"
          hidden
          accept={PICTURE_TYPES.join(',')}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            setProblem(null);
            take(file).catch(reportError);
          }}
        />
        <Button onClick={() => input.current?.click()}>{t('edit-profile.choose')}</Button>
        {shown !== null && (
          <Button kind="danger" onClick={() => onChange(null)}>
            {t('edit-profile.remove')}
          </Button>
        )}
      </div>
      {problem && (
        <p class="edit-profile__error" role="alert">
          {problem}
        </p>
      )}
      {taken && (
        <CropSheet
          taken={taken}
          onClose={() => setTaken(null)}
          onUse={(framing) => {
            setTaken(null);
            sendPicture(taken, framing).then(onChange, reportError);
          }}
        />
      )}
    </div>
  );
}

/** A photo that can be cropped here, because it can be seen. */
type Shown = Taken & { readonly preview: Blob };

interface CropSheetProps {
  readonly taken: Shown;
  readonly onClose: () => void;
  readonly onUse: (framing: Framing) => void;
}

function CropSheet({ taken, onClose, onUse }: CropSheetProps) {
  const [framing, setFraming] = useState(CENTRED);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(taken.preview);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [taken]);
  return (
    <Sheet
      title={t('edit-profile.crop')}
      onClose={onClose}
      footer={
        <Button kind="primary" wide onClick={() => onUse(framing)}>
          {t('edit-profile.use')}
        </Button>
      }
    >
      <div class="picture-field__stage">
        <Stage
          picture={taken.file}
          preview={url}
          original={null}
          aspect="1:1"
          framing={framing}
          onFraming={setFraming}
          label={t('edit-profile.crop')}
          round
        />
      </div>
    </Sheet>
  );
}
