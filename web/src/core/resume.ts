/** What a client says after `welcome`, on the first connection and after every break: nothing twice, nothing lost. */
import type { Join, Place, Watch } from '../protocol/frames.ts';

/** How far back a stream begins when there is nothing to resume from. */
export const BACKLOG = '-15m';
export const BACKLOG_MS = 900_000;
/** Rows of it that come at once; older ones on request. */
const NEWEST = 1_000;

export interface Seat {
  session: string;
  /** Id of the session once it is known: a name could mean another one by now. */
  id: string | null;
  rev: Place | null;
}

export interface Wanted {
  query: string;
  /** Epoch and newest offset of the rows that are here. */
  place: Place | null;
  /** Channel of the watch that this one takes the place of. */
  replaces: string;
}

export function joining({ session, id: known, rev }: Seat, id: string): Join {
  return { t: 'join', id, session: known ?? session, ...(rev ? { from: rev } : {}) };
}

export function watching({ query, place, replaces }: Wanted, id: string): Watch {
  return { t: 'watch', id, kind: 'log', query, ...(place ? { from: place } : { from: BACKLOG, newest: NEWEST }), ...(replaces ? { replaces } : {}) };
}
