/** The text of the filter box seen from the hub: it counts characters, the browser counts halves of some of them. */
import type { Suggestion } from '../protocol/frames.ts';

/** How many characters the first `units` of a string are. */
export function characters(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}

export interface Wrong {
  before: string;
  /** What is underlined: the word at the column, or a blank where something is missing. */
  word: string;
}

/** Where a query is wrong; `column` counts characters from 1. */
export function wrongAt(text: string, column: number): Wrong {
  const all = [...text];
  const rest = all.slice(column - 1).join('');
  return { before: all.slice(0, column - 1).join(''), word: /^\s*[^\s()|]+|^\S/.exec(rest)?.[0] ?? ' ' };
}

/** The text with a suggestion in it, and where the cursor stands then (in units of the browser). */
export function complete(text: string, { text: added, start, end }: Suggestion): { text: string; caret: number } {
  const all = [...text];
  const before = all.slice(0, start).join('') + added;
  return { text: before + all.slice(end).join(''), caret: before.length };
}
