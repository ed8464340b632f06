/** The command bar: the same verbs as in the terminal, from text to a request or to something local. */
import type { Cmd } from '../protocol/frames.ts';

export type Command = Cmd['p'];
export type Local = 'help' | 'pause' | 'live' | 'follow' | 'logout';
export type Said =
  | { do: 'request'; p: Command }
  | { do: 'local'; what: Local }
  | { do: 'open'; session: string }
  | { do: 'wrong'; why: string };

interface Verb {
  use: string;
  does: string;
  read(rest: string): Said;
}

const wrong = (why: string): Said => ({ do: 'wrong', why });
const request = (p: Command): Said => ({ do: 'request', p });
const local = (what: Local) => (): Said => ({ do: 'local', what });

export const VERBS: Record<string, Verb> = {
  filter: {
    use: ':filter QUERY',
    does: 'set the shared filter; who drives may',
    read: (rest) => request({ name: 'filter', query: rest }),
  },
  say: {
    use: ':say TEXT',
    does: 'say something to everybody here',
    read: (rest) => (rest ? request({ name: 'chat', text: rest }) : wrong('say what? :say TEXT')),
  },
  title: {
    use: ':title TEXT',
    does: 'rename the session',
    read: (rest) => (rest ? request({ name: 'title', text: rest }) : wrong('which title? :title TEXT')),
  },
  drive: {
    use: ':drive [off]',
    does: 'take the wheel of the shared view, or let go of it',
    read: (rest) =>
      rest && rest !== 'off' ? wrong(`:drive takes nothing or off, not “${rest}”`) : request({ name: 'drive', take: rest !== 'off' }),
  },
  new: {
    use: ':new TITLE',
    does: 'open a new session',
    read: (rest) => (rest ? request({ name: 'create', title: rest }) : wrong('which title? :new TITLE')),
  },
  open: {
    use: ':open SESSION',
    does: 'go to another session, by its id or name',
    read: (rest) => (rest ? { do: 'open', session: rest } : wrong('which session? :open SESSION')),
  },
  follow: { use: ':follow', does: 'follow the shared filter again', read: local('follow') },
  pause: { use: ':pause', does: 'hold the rows still', read: local('pause') },
  live: { use: ':live', does: 'go to the newest row', read: local('live') },
  logout: { use: ':logout', does: 'log out of this browser', read: local('logout') },
  help: { use: ':help', does: 'keys and verbs', read: local('help') },
};

/** What somebody typed, with or without the colon. */
export function read(text: string): Said {
  const [, name = '', rest = ''] = /^:?\s*(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  if (!name) return wrong('nothing to do; :help lists the verbs');
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  return verb ? verb.read(rest.trim()) : wrong(`there is no verb “${name}”; :help lists them`);
}
