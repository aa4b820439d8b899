import { t } from '../../strings/strings.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { CommentForm } from './comment-form.tsx';
import { Comments } from './comments.tsx';

interface CommentsSheetProps {
  readonly postId: string;
  /** Begin with writing. */
  readonly writing: boolean;
  readonly onClose: () => void;
}

/** The comments on a post over the feed, with the place to write below them. */
export function CommentsSheet({ postId, writing, onClose }: CommentsSheetProps) {
  return (
    <Sheet
      title={t('comments.title')}
      onClose={onClose}
      footer={<CommentForm postId={postId} focused={writing} />}
    >
      <Comments postId={postId} />
    </Sheet>
  );
}
