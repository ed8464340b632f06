/** How long to wait before connecting again: full jitter, so that many who were cut off come back apart. */
const FIRST_MS = 250;
const MOST_MS = 10_000;

/** Milliseconds before try `n` (from 1): uniform between 0 and a ceiling that doubles up to 10 s. */
export function pause(n: number, random: () => number = Math.random): number {
  return random() * Math.min(MOST_MS, FIRST_MS * 2 ** (n - 1));
}
