/** What people ask the session to do: sent once, and asked about after a break instead of sent again. */
import type { Command } from '../core/verbs.ts';
import { newId } from '../net/ids.ts';
import type { Link } from '../net/link.ts';
import { PASSING } from '../protocol/codes.ts';
import type { Done, Fate, Ok, Problem } from '../protocol/frames.ts';

const FATES: Record<Exclude<Fate['state'], 'finished'>, string> = {
  accepted: 'is recorded but not done yet',
  refused: 'was refused',
  cancelled: 'did not happen',
  unknown: 'never arrived; send it again if you still want it',
};

export class Commands {
  /** Sent and not answered. */
  private open = new Map<string, Command>();
  private wire: Link;

  constructor(wire: Link) {
    this.wire = wire;
  }

  /** The answer, or the problem in the words of the hub; `CUT` when the line broke before either came. */
  async run(p: Command, ch: string): Promise<Done | Problem> {
    const id = newId();
    this.open.set(id, p);
    try {
      const answer = (await this.wire.ask({ t: 'cmd', id, p, ...(p.name === 'create' ? {} : { ch }) })) as Ok;
      this.open.delete(id);
      return answer.p as Done;
    } catch (error) {
      const problem = error as Problem;
      if (problem.code !== 'CUT') this.open.delete(id);
      return problem;
    }
  }

  /** What became of the commands that a break cut off: one line for each that did not simply happen. */
  async settle(): Promise<string[]> {
    const cut = [...this.open];
    this.open.clear();
    const lines = await Promise.all(cut.map(([id, p]) => this.ask(id, p)));
    return lines.filter((line) => line !== null);
  }

  private async ask(cmd: string, p: Command): Promise<string | null> {
    try {
      const fate = ((await this.wire.ask({ t: 'status', id: newId(), cmd })) as Ok).p as Fate;
      return fate.state === 'finished' ? null : `“:${p.name}” was cut off and ${FATES[fate.state]}`;
    } catch {
      return `“:${p.name}” was cut off; whether it happened is not known`;
    }
  }
}

/** Whether the problem is one of the moment, in which trying again helps. */
export function passes({ code }: Problem): boolean {
  return PASSING.includes(code);
}

/** A refusal in one line: why, what to do, who can. */
export function refusal({ why, fix, who }: Problem): string {
  return [why, fix, who && `who can: ${who}`].filter(Boolean).join(' · ');
}
