/** The room on one screen: header, filter, metrics, stream, side panel, command bar; tabs on a phone. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { visible } from '../core/text.ts';
import { address, go, here } from '../state/place.ts';
import type { Room } from '../state/room.ts';
import { FilterBar } from './FilterBar.tsx';
import { Header } from './Header.tsx';
import { useKeys } from './keys.ts';
import { lazy } from './lazy.ts';
import { StateBar } from './StateBar.tsx';
import { StreamView } from './StreamView.tsx';

const Announcer = lazy(() => import('./Announcer.tsx').then((module) => module.Announcer));
const CommandBar = lazy(() => import('./CommandBar.tsx').then((module) => module.CommandBar));
const Metrics = lazy(() => import('./Metrics.tsx').then((module) => module.Metrics));
const People = lazy(() => import('./People.tsx').then((module) => module.People));
const Detail = lazy(() => import('./Detail.tsx').then((module) => module.Detail));
const Sessions = lazy(() => import('./Sessions.tsx').then((module) => module.Sessions));
const Help = lazy(() => import('./Help.tsx').then((module) => module.Help));

export type Tab = 'stream' | 'metrics' | 'people';

const TABS: [Tab, string][] = [
  ['stream', 'Stream'],
  ['metrics', 'Metrics'],
  ['people', 'People'],
];

export function RoomView({ room, leave }: { room: Room; leave: (why?: string) => void }) {
  const tab = useSignal<Tab>('stream');
  const help = useSignal(false);
  const sessions = useSignal(false);
  const detail = useSignal(false);
  const commanding = useSignal(false);
  const early = useSignal('');
  const keys = useKeys(room, { help, detail, commanding, early, tab });

  useEffect(() => {
    const seen = () => room.session.here(document.hidden ? 'idle' : 'active');
    const walked = () => void room.look(here().query);
    document.addEventListener('visibilitychange', seen);
    addEventListener('popstate', walked);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('popstate', walked);
    };
  }, []);

  const snapshot = room.session.snapshot.value;
  const own = room.own.value;
  useEffect(() => {
    if (!snapshot) return;
    const name = snapshot.slug || snapshot.id;
    document.title = `${visible(snapshot.title)} · ${snapshot.env} · debugterm`;
    const place = { session: name, query: own };
    // Another spelling of the same place is no step in the history.
    if (here().session !== name) history.replaceState(null, '', address(place));
    else go(place);
  }, [snapshot?.slug, snapshot?.title, own]);

  return (
    <div class={`room tab-${tab.value}${commanding.value ? ' commanding' : ''}`} ref={keys}>
      <Header room={room} help={help} sessions={sessions} leave={leave} />
      <StateBar room={room} leave={leave} />
      <FilterBar room={room} />
      <Metrics room={room} />
      <main class="main">
        <StreamView room={room} detail={detail} />
        {detail.value && <Detail room={room} close={() => (detail.value = false)} />}
      </main>
      <People room={room} />
      <CommandBar room={room} open={commanding} early={early} help={help} leave={leave} />
      <nav class="tabs" aria-label="Panels">
        {TABS.map(([name, label]) => (
          <button key={name} aria-current={tab.value === name && !commanding.value ? 'page' : undefined} onClick={() => (tab.value = name)}>
            {label}
          </button>
        ))}
        <button aria-current={commanding.value || undefined} onClick={() => (commanding.value = true)}>
          Command
        </button>
      </nav>
      {sessions.value && <Sessions room={room} close={() => (sessions.value = false)} />}
      {help.value && <Help close={() => (help.value = false)} />}
      <Announcer room={room} />
    </div>
  );
}
