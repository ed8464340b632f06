import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import { short } from '../core/format.ts';
import { visible } from '../core/text.ts';
import type { Room } from '../state/room.ts';
import { Avatar, Logo } from './parts.tsx';
import { stateOf } from './words.ts';

const FACES = 4;

interface Props {
  room: Room;
  help: Signal<boolean>;
  sessions: Signal<boolean>;
  leave: (why?: string) => void;
}

export function Header({ room, help, sessions, leave }: Props) {
  const snapshot = room.session.snapshot.value;
  const state = stateOf(room);
  const here = room.session.people.value.filter((person) => person.here);
  const me = room.welcome.value;
  return (
    <header class="header">
      <span class="brand">
        <Logo />
        <span class="wide">debugterm</span>
      </span>
      <h1 class="title">
        <button class="quiet" aria-haspopup="dialog" title="Open another session" onClick={() => (sessions.value = true)}>
          {snapshot?.slug && snapshot.slug !== 'lobby' && <span class="slug">{visible(snapshot.slug)}</span>}
          <span class="name">{snapshot ? visible(snapshot.title) : '…'}</span>
          <span aria-hidden="true">▾</span>
        </button>
      </h1>
      <span class={`env env-${room.me.env.startsWith('prod') ? 'prod' : 'other'}`}>{visible(room.me.env)}</span>
      <span class={`state ${state.tone}`} data-testid="state">
        <i aria-hidden="true" />
        {state.word}
      </span>
      {state.word === 'LIVE' && <span class="rate dim wide">{short(room.stream.rate.value.all)}/s</span>}
      <span class="faces" aria-label={`${here.length} here`} role="group">
        {here.slice(0, FACES).map((person) => (
          <Avatar key={person.human} person={person} />
        ))}
        {here.length > FACES && <span class="more">+{here.length - FACES}</span>}
        <span class="tally">{here.length} here</span>
      </span>
      <Share />
      <button class="quiet" onClick={() => (help.value = true)} aria-label="Keys and verbs" title="Keys and verbs (?)">
        ?
      </button>
      <button class="quiet wide" onClick={() => leave()} title={me ? `Logged in as ${visible(me.name)}, ${me.role}` : undefined}>
        Log out
      </button>
    </header>
  );
}

/** Copies the address; it holds no secret, and whoever opens it sees with their own role. */
function Share() {
  const word = useSignal('Share');
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      word.value = 'Link copied';
    } catch {
      word.value = 'Copy the address';
    }
    setTimeout(() => (word.value = 'Share'), 2500);
  };
  return (
    <button class="quiet share" onClick={share}>
      {word.value}
    </button>
  );
}
