/** The address of the page: which session, and the viewer's own query; it can be shared and walked back. */

export interface Place {
  session: string;
  /** The viewer's own query; null while following. */
  query: string | null;
}

export function here(): Place {
  const [, session] = /^\/s\/([^/]+)$/.exec(location.pathname) ?? [];
  return { session: session ? decodeURIComponent(session) : 'lobby', query: new URLSearchParams(location.search).get('q') };
}

export function address({ session, query }: Place): string {
  return `/s/${encodeURIComponent(session)}${query === null ? '' : `?q=${encodeURIComponent(query)}`}`;
}

/** Remember the place in the history, unless it is the present one. */
export function go(place: Place): void {
  const next = address(place);
  if (next !== location.pathname + location.search) history.pushState(null, '', next);
}
