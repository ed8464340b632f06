import type { Signal } from '@preact/signals';
import type { Room } from '../state/room.ts';
import { lazy } from './lazy.ts';
import { People } from './People.tsx';
import type { Tab } from './RoomView.tsx';

const Fields = lazy(() => import('./Fields.tsx'), 'Fields');
const Patterns = lazy(() => import('./Patterns.tsx'), 'Patterns');

interface Props {
  room: Room;
  tab: Signal<Tab>;
  shown: 'people' | 'patterns' | 'fields';
  /** The fields have a column of their own. */
  wide: boolean;
}

/** The panel beside the stream: one of three, chosen above it, or by the tabs of a phone. */
export function Side({ room, tab, shown, wide }: Props) {
  const choices = wide ? (['people', 'patterns'] as const) : (['people', 'patterns', 'fields'] as const);
  return (
    <div class="side">
      <div class="switch" role="group" aria-label="Side panel">
        {choices.map((name) => (
          <button key={name} aria-pressed={shown === name} onClick={() => (tab.value = name)}>
            {name[0]!.toUpperCase() + name.slice(1)}
          </button>
        ))}
      </div>
      {/* Kept while another panel is shown: what somebody began to type is still there when they come back. */}
      <div class="kept" hidden={shown !== 'people'}>
        <People room={room} />
      </div>
      {shown === 'patterns' && <Patterns room={room} />}
      {shown === 'fields' && <Fields room={room} />}
    </div>
  );
}
