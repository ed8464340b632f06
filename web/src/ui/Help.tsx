import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { VERBS } from '../core/verbs.ts';
import { KEYS, lettersOn, setLetters } from './keys.ts';
import { Key } from './parts.tsx';

const NAMES: Record<string, string> = { ' ': 'Space', ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const letters = useSignal(lettersOn());
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog class="help" ref={dialog} onClose={close} aria-label="Keys and verbs">
      <form method="dialog">
        <h2>Keys</h2>
        <button aria-label="Close">Close</button>
      </form>
      <div class="body" tabIndex={0}>
        <dl>
          {KEYS.map(({ keys, does }) => (
            <div key={does}>
              <dt>{keys.map((key) => <Key key={key}>{NAMES[key] ?? key}</Key>)}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input
            type="checkbox"
            checked={letters.value}
            onChange={(event) => setLetters((letters.value = event.currentTarget.checked))}
          />
          Single keys work outside text fields
        </label>
        <h2>Verbs</h2>
        <dl>
          {Object.values(VERBS).map(({ use, does }) => (
            <div key={use}>
              <dt><code>{use}</code></dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
