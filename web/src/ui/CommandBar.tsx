import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Room } from '../state/room.ts';
import { lazy } from './lazy.ts';
import { Key } from './parts.tsx';

const Prompt = lazy(() => import('./Prompt.tsx'), 'Prompt');

export interface Bar {
  room: Room;
  open: Signal<boolean>;
  /** What was typed before the box was there. */
  early: Signal<string>;
  help: Signal<boolean>;
  leave: (why?: string) => void;
}

/** The line at the bottom: what was said last, hints, and `:` for the verbs of the terminal. */
export function CommandBar(bar: Bar) {
  const { room, open } = bar;
  useEffect(() => void Prompt.fetch(), []);
  const note = room.note.value;
  return (
    <footer class="command">
      {open.value ? <Prompt {...bar} /> : null}
      {!open.value && note && (
        <p class={`note ${note.tone}`} data-testid="note">
          <span>{note.text}</span>
          <button class="quiet" aria-label="Dismiss" onClick={() => (room.note.value = null)}>
            ×
          </button>
        </p>
      )}
      {!open.value && !note && (
        <p class="hints dim" aria-hidden="true">
          <span><Key>/</Key> filter</span>
          <span><Key>:</Key> command</span>
          <span><Key>Space</Key> pause</span>
          <span><Key>e</Key> next error</span>
          <span><Key>Enter</Key> detail</span>
          <span><Key>End</Key> live</span>
          <span><Key>?</Key> keys</span>
        </p>
      )}
      <span class="zone dim">times in UTC</span>
    </footer>
  );
}
