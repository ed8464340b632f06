import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Room } from '../state/room.ts';
import { stateOf } from './words.ts';

const QUIET_MS = 5000;

/** The one polite voice of the page: at most one sentence in five seconds, never a row of the stream. */
export function Announcer({ room }: { room: Room }) {
  const text = useSignal('');
  const { word, more } = stateOf(room);
  const state = more ?? word.replace(/ ?\+.*| last row.*/, '');
  const note = room.note.value?.text ?? '';
  useEffect(() => {
    const timer = setTimeout(() => (text.value = note || state), text.peek() ? QUIET_MS : 0);
    return () => clearTimeout(timer);
  }, [state, note]);
  return (
    <div class="unseen" role="status">
      {text.value}
    </div>
  );
}
