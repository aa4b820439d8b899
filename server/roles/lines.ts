import type { PersonId, PostId, SessionId } from '../../api/ids.ts';
import type { ServerMessage } from '../../api/realtime.ts';

/** One authenticated socket. */
export interface Line {
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly send: (message: ServerMessage) => void;
  readonly hangUp: () => void;
  watched: readonly PostId[];
}

/** Who is connected, found by person, by session and by the posts on their screen. */
export class Lines {
  readonly #byPerson = new Groups<PersonId>();
  readonly #bySession = new Groups<SessionId>();
  readonly #byPost = new Groups<PostId>();

  add(line: Omit<Line, 'watched'>): Line {
    const added = { ...line, watched: [] };
    this.#byPerson.add(line.personId, added);
    this.#bySession.add(line.sessionId, added);
    return added;
  }

  remove(line: Line): void {
    this.watch(line, []);
    this.#byPerson.remove(line.personId, line);
    this.#bySession.remove(line.sessionId, line);
  }

  /** Puts these posts in the place of those that were watched before. */
  watch(line: Line, postIds: readonly PostId[]): void {
    for (const id of line.watched) this.#byPost.remove(id, line);
    line.watched = postIds;
    for (const id of postIds) this.#byPost.add(id, line);
  }

  tellPerson(personId: PersonId, message: ServerMessage): void {
    for (const line of this.#byPerson.of(personId)) line.send(message);
  }

  tellWatchers(postId: PostId, message: ServerMessage): void {
    for (const line of this.#byPost.of(postId)) line.send(message);
  }

  hangUp(sessionId: SessionId): void {
    for (const line of [...this.#bySession.of(sessionId)]) line.hangUp();
  }
}

class Groups<Key> {
  readonly #lines = new Map<Key, Set<Line>>();

  add(key: Key, line: Line): void {
    const group = this.#lines.get(key);
    if (group) group.add(line);
    else this.#lines.set(key, new Set([line]));
  }

  remove(key: Key, line: Line): void {
    const group = this.#lines.get(key);
    group?.delete(line);
    if (group?.size === 0) this.#lines.delete(key);
  }

  of(key: Key): Iterable<Line> {
    return this.#lines.get(key) ?? [];
  }
}
