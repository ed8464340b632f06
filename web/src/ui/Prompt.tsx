import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { read, VERBS } from '../core/verbs.ts';
import type { Bar } from './CommandBar.tsx';

/** Where a verb is typed; it stays open when the verb is not one, so that it can be mended. */
export function Prompt({ room, open, early, help, leave }: Bar) {
  const text = useSignal(early.peek());
  const wrong = useSignal<string | null>(null);
  const box = useRef<HTMLInputElement>(null);
  // Before the next key is pressed, not after the next paint.
  useLayoutEffect(() => {
    early.value = '';
    box.current?.focus();
  }, []);
  const run = async (event: Event) => {
    event.preventDefault();
    const said = read(text.value);
    if (said.do === 'wrong') return void (wrong.value = said.why);
    open.value = false;
    if (said.do === 'open') return location.assign(`/s/${encodeURIComponent(said.session)}`);
    if (said.do === 'request') {
      const done = await room.run(said.p);
      if (done && said.p.name === 'create') location.assign(`/s/${encodeURIComponent(done.session ?? '')}`);
      // Who sets the shared filter looks at it.
      if (done && said.p.name === 'filter') await room.look(null);
      return;
    }
    switch (said.what) {
      case 'help':
        help.value = true;
        break;
      case 'pause':
        room.stream.hold(room.stream.list.last?.key ?? null);
        break;
      case 'live':
        room.stream.live();
        break;
      case 'follow':
        await room.look(null);
        break;
      case 'logout':
        leave();
    }
  };
  return (
    <form class="prompt" onSubmit={run}>
      <span aria-hidden="true">:</span>
      <input
        ref={box}
        aria-label="Command"
        placeholder="Command, for example say all on pay-3"
        list="verbs"
        value={text.value}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="none"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          wrong.value = null;
        }}
        onKeyDown={(event) => event.key === 'Escape' && (open.value = false)}
        onBlur={() => !text.value && (open.value = false)}
      />
      <datalist id="verbs">
        {Object.entries(VERBS).map(([name, { does }]) => (
          <option key={name} value={name}>
            {does}
          </option>
        ))}
      </datalist>
      {wrong.value && (
        <span class="problem" role="alert">
          {wrong.value}
        </span>
      )}
    </form>
  );
}
