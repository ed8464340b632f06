/** The session as everybody sees it: the twin of `apply_event` in the protocol's `sessions.py`. */
import type { ChatLine, Ev, Presence, Role, Snapshot } from '../protocol/frames.ts';
import { LIMIT_CHAT_TAIL, LIMIT_CHAT_TAIL_CHARS } from '../protocol/codes.ts';

export type Happening = Ev['p'];

/** What a snapshot keeps of the chat: the newest lines in the order of their audit records, each once. */
export function tail(chat: readonly ChatLine[]): ChatLine[] {
  const lines = [...new Map(chat.map((line) => [line.seq, line])).values()].sort((a, b) => b.seq - a.seq);
  const kept: ChatLine[] = [];
  let chars = 0;
  for (const line of lines.slice(0, LIMIT_CHAT_TAIL)) {
    chars += [...line.text].length;
    if (kept.length > 0 && chars > LIMIT_CHAT_TAIL_CHARS) break;
    kept.push(line);
  }
  return kept.reverse();
}

/** The state after one event; an event it already contains (`rev` not above) changes nothing. */
export function applyEvent(state: Snapshot, event: Happening, rev: number): Snapshot {
  if (rev <= state.rev) return state;
  switch (event.k) {
    case 'created':
      return { ...event.snapshot, rev };
    case 'entered':
      return { ...state, rev, members: { ...state.members, [event.member.human]: event.member } };
    case 'left': {
      const { [event.human]: _gone, ...members } = state.members;
      return { ...state, rev, members, driver: event.driver };
    }
    case 'titled':
      return { ...state, rev, title: event.title };
    case 'said':
      return { ...state, rev, chat: tail([...state.chat, event.line]) };
    case 'viewed':
      return { ...state, rev, view: event.view, driver: event.driver };
    case 'drove':
      return { ...state, rev, driver: event.driver };
  }
}

/** What happened, as one sentence for the timeline; chat lines speak for themselves. */
export function sentence(event: Happening): string | null {
  switch (event.k) {
    case 'created':
      return `opened the session`;
    case 'entered':
      return `joined as ${event.member.role}`;
    case 'left':
      return 'left';
    case 'titled':
      return `renamed the session to “${event.title}”`;
    case 'said':
      return null;
    case 'viewed':
      return event.view.query ? `set the filter to ${event.view.query}` : 'cleared the filter';
    case 'drove':
      return event.driver ? 'took the wheel' : 'let go of the wheel';
  }
}

/** Who an event speaks of. */
export function author(event: Happening, state: Snapshot | null): string {
  switch (event.k) {
    case 'created':
      return state?.members[event.snapshot.created_by]?.name ?? 'somebody';
    case 'entered':
      return event.member.name;
    case 'titled':
      return event.by;
    case 'said':
      return event.line.name;
    case 'viewed':
      return event.view.by ?? '';
    case 'left':
    case 'drove':
      return event.name;
  }
}

export interface Person {
  human: string;
  name: string;
  role: Role;
  /** Here now, through at least one connection. */
  here: boolean;
  state: Presence['state'];
  query: string;
  drives: boolean;
  clients: string[];
}

const LIVELY = { typing: 2, active: 1, idle: 0 } as const;

/** Everybody of the session, one entry a person: the driver first, then who is here, then by name. */
export function people(state: Snapshot | null, presence: readonly Presence[]): Person[] {
  const found = new Map<string, Person>();
  const drives = (human: string) => human !== '' && human === state?.driver;
  for (const { human, name, role } of Object.values(state?.members ?? {}))
    found.set(human, {
      human, name, role, here: false, state: 'idle', query: '', drives: drives(human), clients: [],
    });
  for (const { human, name, role, client, state: mood, query = '' } of presence) {
    const known = found.get(human);
    const person: Person = known ?? {
      human, name, role, here: true, state: mood, query, drives: drives(human), clients: [],
    };
    if (!known?.here || LIVELY[mood] > LIVELY[person.state]) Object.assign(person, { state: mood, query });
    person.here = true;
    person.clients.push(client);
    found.set(human, person);
  }
  const rank = (p: Person) => (p.drives ? 0 : p.here ? 1 : 2);
  return [...found.values()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [...words[0]!][0]! + [...words[words.length - 1]!][0]! : [...(words[0] ?? '?')].slice(0, 2).join('');
  return letters[0]!.toUpperCase() + letters.slice(1);
}
