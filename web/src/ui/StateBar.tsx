import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Room } from '../state/room.ts';
import { stateOf } from './words.ts';

/** Says what is wrong and what will happen, in words, while the room is not live. */
export function StateBar({ room, leave }: { room: Room; leave: (why?: string) => void }) {
  const tick = useSignal(0);
  const waiting = room.link.value.at === 'waiting';
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => (tick.value += 1), 500);
    return () => clearInterval(timer);
  }, [waiting]);
  void tick.value;
  const { more, tone, act } = stateOf(room);
  if (!more) return null;
  return (
    <section class={`statebar ${tone}`} aria-label="State">
      <span>{more}</span>
      {act === 'hurry' && <button onClick={() => room.hurry()}>Try now</button>}
      {act === 'login' && <button onClick={() => leave('the login is no longer valid; log in again')}>Log in again</button>}
    </section>
  );
}
