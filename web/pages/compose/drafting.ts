import { computed, signal } from '@preact/signals';
import { type Refusal, roomLeft } from '../../data/uploads/check.ts';
import type { Details } from '../../data/uploads/details.ts';
import { type Taken, takeIn } from '../../data/uploads/intake.ts';
import {
  changeFile,
  detailsOf,
  inOrder,
  type PendingFile,
  type PendingPost,
} from '../../data/uploads/pending.ts';
import { DRAFT_EDITS } from '../../data/uploads/pending-flag.ts';
import { addFiles, beginDraft, change, draft } from '../../data/uploads/pending-posts.ts';

/** A change of the draft. It must give the same when it is applied twice. */
type Change = (post: PendingPost) => PendingPost;
interface Edit {
  /** What it is about: a later edit of the same replaces it. */
  readonly about: string;
  readonly by: Change;
}

const SAVE_AFTER_MS = 400;

const unsaved = signal<readonly Edit[]>([]);

/** The draft as the person sees it: with what has not reached the store yet. */
export const current = computed<PendingPost | undefined>(() => {
  const stored = draft.value;
  return stored && unsaved.value.reduce((post, edit) => edit.by(post), stored);
});

let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a change at once and keeps it a moment later. */
export function edit(about: string, by: Change): void {
  unsaved.value = [...unsaved.peek().filter((one) => one.about !== about), { about, by }];
  clearTimeout(timer);
  timer = setTimeout(() => save().catch(reportError), SAVE_AFTER_MS);
}

/** Keeps what has been changed so far. */
export async function save(): Promise<void> {
  clearTimeout(timer);
  const edits = unsaved.peek();
  const id = draft.peek()?.id;
  if (!id || edits.length === 0) return;
  await change(id, (post) => edits.reduce((now, one) => one.by(now), post));
  unsaved.value = unsaved.peek().filter((one) => !edits.includes(one));
}

interface Stash {
  readonly id: string;
  readonly aspect: PendingPost['aspect'];
  readonly caption: string;
  readonly details: Details;
  readonly files: readonly Pick<
    PendingFile,
    'id' | 'alt' | 'edit' | 'framing' | 'posterAt' | 'tagged'
  >[];
}

/** Puts aside what has not been kept, at once: a page that goes away has no time for the store. */
export function stash(): void {
  const post = current.peek();
  if (!post || unsaved.peek().length === 0) return;
  const files = post.files.map(({ id, alt, edit = {}, framing, posterAt, tagged = [] }) => ({
    id,
    alt,
    edit,
    framing,
    tagged,
    ...(posterAt === undefined ? {} : { posterAt }),
  }));
  const { id, aspect, caption } = post;
  const kept: Stash = { id, aspect, caption, details: detailsOf(post), files };
  localStorage.setItem(DRAFT_EDITS, JSON.stringify(kept));
}

/** Takes up again what was put aside. */
export async function unstash(): Promise<void> {
  const text = localStorage.getItem(DRAFT_EDITS);
  if (!text) return;
  localStorage.removeItem(DRAFT_EDITS);
  const { id, aspect, caption, details, files } = JSON.parse(text) as Stash;
  await change(id, (post) =>
    files.reduce(
      (now, { id, ...said }) => changeFile(now, id, said),
      inOrder(
        { ...post, aspect, caption, details },
        files.map((file) => file.id),
      ),
    ),
  );
}

/** Forgets what has not been kept, when the draft itself goes. */
export function dropUnsaved(): void {
  clearTimeout(timer);
  unsaved.value = [];
}

export interface Refused {
  readonly name: string;
  readonly why: Refusal | 'no_space';
}

/** Files that were left out, until the person has seen why. */
export const refused = signal<readonly Refused[]>([]);
/** How many files are being looked at. */
export const reading = signal(0);

let line: Promise<void> = Promise.resolve();

/** Adds chosen files to the draft, or begins one; leaves out, with a reason, those that cannot come. */
export function addChosen(chosen: readonly File[]): Promise<void> {
  if (chosen.length > 0 && reading.peek() === 0) refused.value = [];
  reading.value += chosen.length;
  // In line: two choices at once would begin two drafts.
  line = line.then(() => addAll(chosen));
  return line;
}

async function addAll(chosen: readonly File[]): Promise<void> {
  for (const file of chosen) {
    try {
      await addOne(file);
    } catch (error) {
      // A mistake of ours with one file must not lose the others.
      reportError(error);
      leaveOut(file, 'unreadable');
    } finally {
      reading.value -= 1;
    }
  }
}

function leaveOut({ name }: File, why: Refused['why']): void {
  refused.value = [...refused.peek(), { name, why }];
}

/** One at a time: each is decoded whole, and phones have little memory. */
async function addOne(file: File): Promise<void> {
  if (roomLeft(draft.peek()?.files.length ?? 0) === 0) return leaveOut(file, 'too_many');
  const taken = await takeIn(file);
  if (typeof taken === 'string') return leaveOut(file, taken);
  try {
    await keep(taken);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
    leaveOut(file, 'no_space');
  }
}

async function keep(taken: Taken): Promise<void> {
  const into = draft.peek();
  if (into) await addFiles(into.id, [taken]);
  else await beginDraft([taken]);
}

/** The picture that is looked at, by its id. */
const chosenFile = signal<string | null>(null);

export const selected = computed(() => {
  const files = current.value?.files ?? [];
  return files.find((file) => file.id === chosenFile.value) ?? files[0];
});

export function select(fileId: string): void {
  chosenFile.value = fileId;
}

/** Selects the neighbour of a picture that goes, so that the eye stays where it was. */
export function selectNeighbour(fileId: string): void {
  const files = current.peek()?.files ?? [];
  const at = files.findIndex((file) => file.id === fileId);
  const next = files[at + 1] ?? files[at - 1];
  chosenFile.value = next?.id ?? null;
}
