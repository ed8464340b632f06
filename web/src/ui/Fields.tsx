/** The most frequent values of the matching rows, each one click from the filter. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { count, span } from '../core/format.ts';
import { hasTerm, onlyTerm, term, withoutTerm, withTerm } from '../core/terms.ts';
import { visible } from '../core/text.ts';
import type { Facet, FacetValue } from '../protocol/frames.ts';
import type { Room } from '../state/room.ts';

/** So long after a choice the focus is looked for. */
const LOST_MS = 5000;

export function Fields({ room }: { room: Room }) {
  const facets = room.asides.facets.value;
  const box = useRef<HTMLDivElement>(null);
  const acted = useRef(-LOST_MS);
  // The value that somebody chose may be gone: the focus stays in the panel all the same.
  useLayoutEffect(() => {
    if (document.activeElement === document.body && performance.now() - acted.current < LOST_MS) box.current!.focus();
  }, [facets]);
  const act = () => (acted.current = performance.now());
  return (
    <section class="fields-panel" aria-label="Fields">
      <h2>
        Fields {facets && <span class="dim">of the last {span(Math.max(1, Date.now() / 1000 - facets.since))}</span>}
      </h2>
      <div class="scroll" ref={box} tabIndex={0} onClickCapture={act} onKeyDownCapture={act} aria-label="Fields and their values">
        {!facets && <p class="dim none">Counting …</p>}
        {facets?.fields.map((facet) => <Values key={facet.field} room={room} facet={facet} />)}
      </div>
    </section>
  );
}

function Values({ room, facet: { field, values, other, missing } }: { room: Room; facet: Facet }) {
  const most = Math.max(1, ...values.map(({ n }) => n));
  const rest = [other && `${count(other)} other`, missing && `${count(missing)} without`].filter(Boolean).join(', ');
  return (
    <section class="facet" aria-label={visible(field)}>
      <h3>{visible(field)}</h3>
      <ul>
        {values.map((each) => <Value key={String(each.value)} room={room} field={field} most={most} {...each} />)}
      </ul>
      {rest && <p class="dim">{rest}</p>}
    </section>
  );
}

function Value({ room, field, value, n, most }: { room: Room; field: string; most: number } & FacetValue) {
  const text = String(value);
  const shown = visible(text) || '(empty)';
  const what = `${visible(field)} ${shown.slice(0, 60)}`;
  const query = room.query.value;
  const [one, none] = [term(field, text, false), term(field, text, true)];
  const has = hasTerm(query, one);
  const acts: Record<string, () => unknown> = {
    '+': () => room.look(withTerm(query, one)),
    '-': () => room.look(withTerm(has ? withoutTerm(query, one) : query, none)),
    '=': () => room.look(onlyTerm(query, one)),
  };
  const key = (event: KeyboardEvent) => {
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    void act();
  };
  return (
    <li onKeyDown={key}>
      <button class="value" aria-pressed={has} title={has ? `Take ${what} out of the filter` : `Only rows with ${what} (+)`} onClick={() => void room.look(has ? withoutTerm(query, one) : withTerm(query, one))}>
        <span class="text">{shown}</span>
        <span class="n">{count(n)}</span>
        <svg class="part" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect width={(n / most) * 100} height="1" />
        </svg>
      </button>
      <button class="quiet act" aria-label={`Exclude ${what}`} title="Exclude (-)" onClick={() => void acts['-']!()}>
        −
      </button>
      <button class="quiet act" aria-label={`Filter by nothing but ${what}`} title="Nothing but this (=)" onClick={() => void acts['=']!()}>
        =
      </button>
    </li>
  );
}
