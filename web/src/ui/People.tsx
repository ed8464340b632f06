import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { clock } from '../core/format.ts';
import { visible, visibleBlock } from '../core/text.ts';
import { LIMIT_CHAT_CHARS } from '../protocol/codes.ts';
import type { Room } from '../state/room.ts';
import { Avatar } from './parts.tsx';

/** Who is in the session, what they said, and what happened. */
export function People({ room }: { room: Room }) {
  const everybody = room.session.people.value;
  return (
    <section class="people" aria-label="People and chat">
      <h2>
        People <span class="dim">{everybody.filter((person) => person.here).length} here</span>
      </h2>
      <ul class="members">
        {everybody.map((person) => (
          <li key={person.human} class={person.here ? '' : 'away'}>
            <Avatar person={person} quiet />
            <span class="who">
              <b>{visible(person.name)}</b>
              {person.human === room.me.human && <span class="dim"> you</span>}
              <span class="dim doing">
                {person.role}
                {person.drives ? ' · drives' : ''} · {person.here ? person.state : 'away'}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <Chat room={room} />
    </section>
  );
}

function Chat({ room }: { room: Room }) {
  const lines = room.session.timeline.value;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const box = list.current!;
    box.scrollTop = box.scrollHeight;
  }, [lines.length]);
  return (
    <>
      <h2>Chat</h2>
      <ol class="chat" ref={list} tabIndex={0} aria-label="Chat and what happened">
        {lines.length === 0 && <li class="dim happened">Nobody has said anything yet.</li>}
        {lines.map((line) => (
          <li key={`${line.seq} ${line.at}`} class={line.said ? 'said' : 'happened'}>
            <time dateTime={line.at}>{clock(line.at).slice(0, 5)}</time>
            <span>
              <b>{visible(line.name)}</b> <span class="text">{line.said ? visibleBlock(line.text) : visible(line.text)}</span>
            </span>
          </li>
        ))}
      </ol>
      <Say room={room} />
    </>
  );
}

function Say({ room }: { room: Room }) {
  const text = useSignal('');
  const send = async (event: Event) => {
    event.preventDefault();
    const line = text.value.trim();
    if (!line) return;
    text.value = '';
    // A refused line comes back, so that nobody has to type it again.
    if (!(await room.run({ name: 'chat', text: line })) && !text.value) text.value = line;
    room.session.here('active');
  };
  return (
    <form class="say" onSubmit={send}>
      <input
        id="say"
        aria-label="Say something to everybody here"
        placeholder="Say something"
        value={text.value}
        maxLength={LIMIT_CHAT_CHARS}
        autocomplete="off"
        enterkeyhint="send"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          room.session.here(text.value ? 'typing' : 'active');
        }}
        onBlur={() => room.session.here('active')}
      />
      <button disabled={!text.value.trim()}>Send</button>
    </form>
  );
}
