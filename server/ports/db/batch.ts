import pg from 'pg';
import { DbError } from './errors.ts';
import { readers } from './values.ts';

/** What a statement of a batch came to. */
export interface Answer {
  readonly rows: object[];
  /** What PostgreSQL says that it did, without numbers: `INSERT`, `COMMIT`. */
  readonly command: string;
}

/** A statement that waits for its answer. */
export interface Asked {
  /** Under which it is prepared. */
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly (string | Buffer | null)[];
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

/** What the driver offers of a connection to who writes a query. */
interface Wire {
  readonly parsedStatements: { [name: string]: string | undefined };
  readonly submittedNamedStatements: { [name: string]: string | undefined };
  parse(statement: { text: string; name?: string | undefined }): void;
  bind(values: { statement: string | undefined; values: readonly unknown[] }): void;
  describe(what: { type: 'P' }): void;
  execute(what: object): void;
  sync(): void;
}

/** The driver pipelines nothing but its own class of queries, of which its types show too little. */
const DriverQuery = pg.Query as unknown as new (config: {
  text: string;
}) => {
  name: string | undefined;
  callback?: (error: unknown) => void;
};

/**
 * Statements of one transaction that are sent as one message and answered by one: PostgreSQL answers
 * when it is asked to, which the driver's own queries do after each statement. Where one fails, those
 * after it are not run.
 */
export class Batch extends DriverQuery {
  readonly #asked: readonly Asked[];
  readonly #answers: Answer[] = [];
  #rows: object[] = [];
  #columns: readonly Column[] = [];

  constructor(asked: readonly Asked[]) {
    super({ text: '' });
    this.#asked = asked;
    this.name = asked[0]?.name;
  }

  submit(wire: Wire): null {
    for (const { name, text, values } of this.#asked) {
      if (!name) wire.parse({ text });
      else if (!isKnown(wire, name)) {
        wire.parse({ text, name });
        wire.submittedNamedStatements[name] = text;
      }
      wire.bind({ statement: name, values });
      wire.describe({ type: 'P' });
      wire.execute({});
    }
    wire.sync();
    return null;
  }

  /** The driver keeps, by the name and text that it finds here, what a connection has parsed. */
  get text(): string {
    return this.#asked[this.#answers.length]?.text ?? '';
  }

  /** What the driver's class would set. */
  set text(_text: string) {}

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }) {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: readers.getTypeParser(dataTypeID, 'text') as (text: string) => unknown,
    }));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const row: { [column: string]: unknown } = {};
    for (let n = 0; n < fields.length; n += 1) {
      const { name, read } = this.#columns[n] as Column;
      const text = fields[n] as string | null;
      row[name] = text === null ? null : read(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#answers.push({ rows: this.#rows, command: text.split(' ', 1)[0] ?? '' });
    this.#rows = [];
    this.#columns = [];
    this.name = this.#asked[this.#answers.length]?.name;
  }

  handleReadyForQuery(): void {
    for (const [n, answer] of this.#answers.entries()) this.#asked[n]?.resolve(answer);
    this.callback?.(null);
  }

  /** Also when the connection is lost. */
  handleError(error: unknown, wire: Wire): void {
    const failed = this.#answers.length;
    for (const [n, { name, resolve, reject }] of this.#asked.entries()) {
      const answer = this.#answers[n];
      if (answer) resolve(answer);
      else if (n === failed || !(error instanceof pg.DatabaseError)) reject(error);
      else reject(new DbError('25P02', 'a statement before this one failed', undefined, error));
      // It was not parsed, and may be next time.
      if (!answer && name && wire.parsedStatements[name] === undefined) {
        delete wire.submittedNamedStatements[name];
      }
    }
    this.callback?.(error);
  }
}

function isKnown(wire: Wire, name: string): boolean {
  return (
    wire.parsedStatements[name] !== undefined || wire.submittedNamedStatements[name] !== undefined
  );
}
