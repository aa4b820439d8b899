export interface TogetherOptions<Question, Answer> {
  /** Answers several questions in one go, in their order. */
  readonly load: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** So many questions go together at most. */
  readonly max: number;
  /** Who has waited so long for those before is not kept waiting for them any more. */
  readonly patienceMs: number;
}

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions of many that are cheaper to answer together: while one go is under way the next ones gather,
 * and leave as soon as it is back, before anybody goes on with its answers. So whoever comes alone waits
 * for nobody, and the more there is to do the less each costs. A go that is full does not wait.
 * No answer is older than its question.
 */
export class Together<Question, Answer> {
  readonly #options: TogetherOptions<Question, Answer>;
  #waiting: Asked<Question, Answer>[] = [];
  #underWay = 0;
  #leaving: NodeJS.Immediate | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(options: TogetherOptions<Question, Answer>) {
    this.#options = options;
  }

  ask(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ question, resolve, reject });
    if (this.#underWay === 0 || this.#waiting.length >= this.#options.max) {
      // Those of the same turn come along.
      this.#leaving ??= setImmediate(() => this.#leave());
    } else {
      this.#patience ??= setTimeout(() => this.#leave(), this.#options.patienceMs);
    }
    return promise;
  }

  #leave(): void {
    clearImmediate(this.#leaving);
    clearTimeout(this.#patience);
    this.#leaving = undefined;
    this.#patience = undefined;
    const all = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < all.length; start += this.#options.max) {
      void this.#load(all.slice(start, start + this.#options.max));
    }
  }

  async #load(asked: readonly Asked<Question, Answer>[]): Promise<void> {
    this.#underWay += 1;
    try {
      const answers = await this.#options.load(asked.map(({ question }) => question));
      this.#next();
      for (let n = 0; n < asked.length; n += 1) asked[n]?.resolve(answers[n] as Answer);
    } catch (error) {
      this.#next();
      for (const { reject } of asked) reject(error);
    }
  }

  #next(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0 && this.#waiting.length > 0) this.#leave();
  }
}
