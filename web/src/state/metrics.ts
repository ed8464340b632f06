/** The metric points of the environment, on a board whose code comes by itself. */
import { signal } from '@preact/signals';
import type { Board } from '../core/series.ts';
import { newId } from '../net/ids.ts';
import type { Link } from '../net/link.ts';
import type { Ok, Point, Points } from '../protocol/frames.ts';

export class Metrics {
  /** Counts up with every change of the board. */
  readonly version = signal(0);
  board: Board | null = null;
  /** What came before the code of the board. */
  private early: Point[] = [];
  private ch = '';
  private wire: Link;

  constructor(wire: Link) {
    this.wire = wire;
    void import('../core/series.ts').then((module) => {
      this.board = new module.Board();
      this.add(this.early);
      this.early = [];
    });
  }

  /** Watch on a new connection; without metrics the room still works, and the strip says that there are none. */
  async watch(): Promise<void> {
    try {
      const answer = (await this.wire.ask({ t: 'watch', id: newId(), kind: 'met', from: '-2m' })) as Ok;
      this.ch = (answer.p as { ch: string }).ch;
      this.board?.clear();
    } catch {
      // The strip says that there are none.
    }
  }

  take(frame: Points): void {
    if (frame.ch !== this.ch) return;
    if (this.board) this.add(frame.p);
    else this.early.push(...frame.p);
  }

  private add(points: readonly Point[]): void {
    this.board!.add(points);
    this.version.value += 1;
  }
}
