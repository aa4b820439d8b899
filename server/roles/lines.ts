import type { PersonId, PostId, SessionId } from '../../api/ids.ts';
import type { ServerMessage } from '../../api/realtime.ts';

/** A post on somebody's screen, and whoever's it is: of a repost, the original's author too. */
export interface Watched {
  readonly post_id: PostId;
  readonly author_ids: readonly PersonId[];
}

/** One authenticated socket. */
export interface Line {
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly send: (message: ServerMessage) => void;
  readonly hangUp: () => void;
  watched: readonly Watched[];
}

/** Who is connected, found by person, by session, and by the posts on their screen and their authors. */
export class Lines {
  readonly #byPerson = new Groups<PersonId>();
  readonly #bySession = new Groups<SessionId>();
  readonly #byPost = new Groups<PostId>();
  readonly #byAuthor = new Groups<PersonId>();

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

  has(line: Line): boolean {
    return this.#bySession.of(line.sessionId).has(line);
  }

  /** Puts these posts in the place of those that were watched before. */
  watch(line: Line, posts: readonly Watched[]): void {
    for (const { post_id, author_ids } of line.watched) {
      this.#byPost.remove(post_id, line);
      for (const id of author_ids) this.#byAuthor.remove(id, line);
    }
    line.watched = posts;
    for (const { post_id, author_ids } of posts) {
      this.#byPost.add(post_id, line);
      for (const id of author_ids) this.#byAuthor.add(id, line);
    }
  }

  /** Lines of these viewers, and lines on which something of these authors is watched. */
  concerned(viewerIds: readonly PersonId[], authorIds: readonly PersonId[]): Set<Line> {
    return new Set([
      ...viewerIds.flatMap((id) => [...this.#byPerson.of(id)]),
      ...authorIds.flatMap((id) => [...this.#byAuthor.of(id)]),
    ]);
  }

  /** Those of these people who are connected here. */
  hereAmong(personIds: readonly PersonId[]): PersonId[] {
    return personIds.filter((id) => this.#byPerson.of(id).size > 0);
  }

  tellPerson(personId: PersonId, message: ServerMessage): void {
    for (const line of this.#byPerson.of(personId)) line.send(message);
  }

  /** What each hears may depend on who they are. */
  tellWatchers(postId: PostId, messageFor: (personId: PersonId) => ServerMessage): void {
    for (const line of this.#byPost.of(postId)) line.send(messageFor(line.personId));
  }

  watchersOf(postId: PostId): ReadonlySet<Line> {
    return this.#byPost.of(postId);
  }

  hangUp(sessionId: SessionId): void {
    for (const line of [...this.#bySession.of(sessionId)]) line.hangUp();
  }
}

const NO_LINES: ReadonlySet<Line> = new Set();

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

  of(key: Key): ReadonlySet<Line> {
    return this.#lines.get(key) ?? NO_LINES;
  }
}
