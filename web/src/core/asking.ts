/** Asks while somebody types: a moment after the last key, one question at a time, and only the newest answer counts. */

/** After the last key; long enough that a word is not asked about letter by letter. */
export const QUIET_MS = 80;
/** Between two questions: the hub takes ten a second. */
const APART_MS = 110;

export interface Question {
  query: string;
  /** Characters before the cursor. */
  at: number;
}

export class Asker<Answer> {
  private wanted: Question | null = null;
  private busy = false;
  private last = -APART_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ask: (question: Question) => Promise<Answer>;
  private tell: (question: Question, answer: Answer) => void;
  private now: () => number;

  constructor(
    ask: (question: Question) => Promise<Answer>,
    tell: (question: Question, answer: Answer) => void,
    now: () => number = () => performance.now(),
  ) {
    this.ask = ask;
    this.tell = tell;
    this.now = now;
  }

  /** Ask about this soon, instead of whatever waits. */
  want(question: Question): void {
    this.wanted = question;
    if (!this.busy) this.later();
  }

  /** Nothing is to be known any more; an answer on its way is not told. */
  stop(): void {
    clearTimeout(this.timer);
    this.wanted = null;
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), Math.max(QUIET_MS, this.last + APART_MS - this.now()));
  }

  private async send(): Promise<void> {
    const question = this.wanted;
    if (!question) return;
    this.busy = true;
    this.last = this.now();
    try {
      const answer = await this.ask(question);
      if (this.wanted === question) this.tell(question, answer);
    } catch {
      // Refused or cut: what is typed next asks again.
    }
    this.busy = false;
    if (this.wanted === question) this.wanted = null;
    else if (this.wanted) this.later();
  }
}
