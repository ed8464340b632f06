/** What a client says after `welcome`, on the first connection and after every break: nothing twice, nothing lost. */
import type { Join, Place, Watch } from '../protocol/frames.ts';

/** How far back a stream begins when there is nothing to resume from. */
export const BACKLOG = '-15m';

export interface Standing {
  session: string;
  /** Id of the session once it is known: a name could mean another one by now. */
  id: string | null;
  rev: Place | null;
  query: string;
  /** Epoch and newest offset of the rows that are here. */
  rows: Place | null;
}

export function joining(standing: Standing, id: string): Join {
  return { t: 'join', id, session: standing.id ?? standing.session, ...(standing.rev ? { from: standing.rev } : {}) };
}

export function watching(standing: Standing, id: string): Watch {
  return { t: 'watch', id, kind: 'log', query: standing.query, from: standing.rows ?? BACKLOG };
}
