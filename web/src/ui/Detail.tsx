import { useSignal } from '@preact/signals';
import { writeJson } from '../core/json.ts';
import { plain, visible, visibleBlock } from '../core/text.ts';
import { term, withTerm } from '../core/terms.ts';
import type { RowItem } from '../core/rows.ts';
import type { Room } from '../state/room.ts';

/** One row whole: its fields, each one click from the filter, and its JSON. */
export function Detail({ room, close }: { room: Room; close: () => void }) {
  const raw = useSignal(false);
  const item = room.stream.item(room.stream.selected.value);
  if (item?.kind !== 'row') return null;
  const json = writeJson({ id: item.id, env: room.me.env, ...item.row }, 2);
  return (
    <section class="detail" aria-label="Selected row">
      <div class="bar">
        <div class="switch" role="group" aria-label="Show as">
          <button aria-pressed={!raw.value} onClick={() => (raw.value = false)}>
            Fields
          </button>
          <button aria-pressed={raw.value} onClick={() => (raw.value = true)}>
            JSON
          </button>
        </div>
        <span class="grow" />
        <Copy label="Copy text" text={() => asText(item)} />
        <Copy label="Copy JSON" text={() => json} />
        <button class="quiet" onClick={close} aria-label="Close the row">
          ×
        </button>
      </div>
      <div class="body" tabIndex={0} aria-label="Row as data">
        {raw.value ? <pre>{visibleBlock(json)}</pre> : <Fields room={room} item={item} />}
      </div>
    </section>
  );
}

function Fields({ room, item }: { room: Room; item: RowItem }) {
  const { attrs = {}, message, ...rest } = item.row;
  const fields = [...Object.entries(rest), ...Object.entries(attrs)].filter(([, value]) => value !== undefined && value !== '');
  return (
    <>
      {message && <pre class="message">{visibleBlock(message)}</pre>}
      <dl class="fields">
        {fields.map(([name, value]) => (
          <div key={name}>
            <dt>{visible(name)}</dt>
            <dd>
              <span class="value">{visible(plain(value))}</span>
              {name !== 'ts' && typeof value !== 'object' && (
                <span class="acts">
                  <Narrow room={room} name={name} value={plain(value)} exclude={false} />
                  <Narrow room={room} name={name} value={plain(value)} exclude />
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Narrow({ room, name, value, exclude }: { room: Room; name: string; value: string; exclude: boolean }) {
  const what = `${exclude ? 'Exclude' : 'Only'} ${visible(name)} ${visible(value).slice(0, 60)}`;
  return (
    <button
      class="quiet"
      title={what}
      aria-label={what}
      onClick={() => void room.look(withTerm(room.query.peek(), term(name, value, exclude)))}
    >
      {exclude ? '−' : '+'}
    </button>
  );
}

function Copy({ label, text }: { label: string; text: () => string }) {
  const word = useSignal(label);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      word.value = 'Copied';
    } catch {
      word.value = 'Not allowed here';
    }
    setTimeout(() => (word.value = label), 2000);
  };
  return (
    <button class="quiet" onClick={copy}>
      {word.value}
    </button>
  );
}

function asText({ row }: RowItem): string {
  const attrs = Object.entries(row.attrs ?? {}).map(([key, value]) => `${key}=${plain(value)}`);
  return [row.ts, row.level?.toUpperCase(), row.service, row.message, ...attrs].filter(Boolean).join(' ');
}
