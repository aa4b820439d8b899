import { Files, ImagePlus } from 'lucide';
import type { ComponentChildren } from 'preact';
import { MEDIA_PER_POST_MAX, UPLOAD_TYPES } from '../../../api/limits.ts';
import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { addChosen, reading } from './drafting.ts';
import { LeftOut } from './left-out.tsx';

/** The first step: nothing chosen yet. Until the store of drafts is open, only its heading. */
export function Choose({ ready }: { readonly ready: boolean }) {
  return (
    <>
      <PageHeader title={t('compose.title')} backTo="/">
        <ButtonLink kind="plain" small icon={Files} href="/drafts">
          {t('drafts.title')}
        </ButtonLink>
      </PageHeader>
      <div class="choose" hidden={!ready}>
        <LeftOut />
        <div class="choose__area">
          <span class="choose__mark">
            <Icon of={ImagePlus} size={40} />
          </span>
          <h2 class="choose__title">{t('compose.choose-title')}</h2>
          <FileButton class="button button--primary">
            {reading.value > 0 ? t('compose.reading') : t('compose.choose')}
          </FileButton>
          <p class="quiet choose__text">
            {t('compose.choose-text', { count: MEDIA_PER_POST_MAX })}
          </p>
        </div>
      </div>
    </>
  );
}

/** Endings too: many systems do not know the types of what phones write. */
const ACCEPTED = [...UPLOAD_TYPES, '.heic', '.heif', '.avif', '.mov', '.m4v'].join(',');

/**
 * Opens the gallery or the camera. A label around the input, because only the input's own click may
 * open it everywhere.
 */
export function FileButton(props: {
  readonly class: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <label class={`file-button ${props.class}`} title={props.label}>
      <input
        type="file"
        class="file-button__input"
        multiple
        accept={ACCEPTED}
        aria-label={props.label}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // The same file may be chosen again after it was removed.
          event.currentTarget.value = '';
          addChosen(files).catch(reportError);
        }}
      />
      {props.children}
    </label>
  );
}
