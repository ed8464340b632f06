/** The help below the filter box while somebody types: what is wrong and where, how much matches, what could come next. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Asker } from '../core/asking.ts';
import { count, many } from '../core/format.ts';
import { characters, complete, wrongAt } from '../core/marking.ts';
import { visible } from '../core/text.ts';
import type { Probed, Suggestion } from '../protocol/frames.ts';
import type { Typing } from './FilterBar.tsx';

export function Assist({ typing }: { typing: Typing }) {
  const { room, text, box, open, picked, wrong } = typing;
  const answer = useSignal<{ query: string; probed: Probed } | null>(null);
  /** Completions are wanted: somebody types, or asked for them. */
  const wish = useRef(false);
  const asker = useMemo(
    () =>
      new Asker<Probed>(
        ({ query, at }) => room.probe(query, at),
        ({ query }, probed) => {
          answer.value = { query, probed };
          wrong.value = Boolean(probed.why);
          picked.value = -1;
          open.value = wish.current && probed.suggestions.length > 0;
        },
      ),
    [],
  );
  const ask = () => asker.want({ query: text.peek(), at: characters(text.peek(), box.current?.selectionStart ?? text.peek().length) });
  const list = answer.value?.probed.suggestions ?? [];

  const accept = (index: number) => {
    // Typed on since: the list is of another text.
    if (answer.peek()?.query !== text.peek()) return;
    const done = complete(text.peek(), list[index]!);
    text.value = done.text;
    const input = box.current!;
    input.value = done.text;
    input.focus();
    input.setSelectionRange(done.caret, done.caret);
  };
  typing.key = (event) => {
    const { key } = event;
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (event.isComposing) return false;
    if ((key === ' ' && event.ctrlKey) || (step && !open.value)) {
      wish.current = true;
      ask();
      return true;
    }
    if (!open.value) return false;
    if (step) picked.value = (step > 0 ? picked.value + 1 : Math.max(picked.value, 0) - 1 + list.length) % list.length;
    else if (key === 'Escape') wish.current = open.value = false;
    else if (key === 'Tab' && !event.shiftKey) accept(Math.max(0, picked.value));
    else if (key === 'Enter' && picked.value >= 0) accept(picked.value);
    else return false;
    return true;
  };

  // Every change asks. The first text may be the one that stood there, or typed before this code had come.
  const first = useRef(true);
  const now = text.value;
  useEffect(() => {
    const typed = (!first.current || now.trim() !== room.query.peek()) && document.activeElement === box.current;
    first.current = false;
    if (!typed && !now) return;
    wish.current = typed;
    ask();
  }, [now]);
  useEffect(
    () => () => {
      asker.stop();
      typing.key = () => false;
      wrong.value = open.value = false;
    },
    [],
  );

  const problem = room.watching.problem.value;
  const told = problem ? { why: problem.why, column: problem.column, hint: problem.fix } : answer.value?.probed;
  const bad = Boolean(told?.why);
  return (
    <>
      {bad && told?.column && (problem || answer.value?.query === now) ? <Under typing={typing} column={told.column} /> : null}
      <div class="assist">
        {bad && told && (
          <p id="filter-problem" class="trouble" role={problem ? 'alert' : undefined}>
            {visible(told.why!)}
            {told.column && !/column/.test(told.why!) ? ` (column ${told.column})` : ''}
            {told.hint ? `; ${visible(told.hint)}` : ''}
          </p>
        )}
        {!bad && answer.value && <Found probed={answer.value.probed} />}
        {open.value && list.length > 0 && <List list={list} picked={picked.value} accept={accept} />}
      </div>
    </>
  );
}

/** The wrong word underlined, in a copy of the text behind the box. */
function Under({ typing: { text, box }, column }: { typing: Typing; column: number }) {
  const copy = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const follow = () => (copy.current!.scrollLeft = box.current!.scrollLeft);
    follow();
    const input = box.current!;
    input.addEventListener('scroll', follow);
    return () => input.removeEventListener('scroll', follow);
  });
  const { before, word } = wrongAt(text.value, column);
  return (
    <div class="under" ref={copy} aria-hidden="true">
      <span>{before}</span>
      <u>{word}</u>
    </div>
  );
}

/** "12 of 1,204 rows of the last 60 s match" */
function Found({ probed: { match = 0, all = 0, seconds = 0, near = [] } }: { probed: Probed }) {
  if (!seconds) return null;
  return (
    <p class="found dim">
      <b>{count(match)}</b> of {many(all, 'row')} of the last {seconds} s match
      {near.length > 0 && ` · no row has this field; near: ${near.map(visible).join(', ')}`}
    </p>
  );
}

function List({ list, picked, accept }: { list: Suggestion[]; picked: number; accept: (index: number) => void }) {
  const box = useRef<HTMLUListElement>(null);
  useEffect(() => box.current!.children[picked]?.scrollIntoView({ block: 'nearest' }), [picked]);
  return (
    <ul id="filter-list" role="listbox" aria-label="Completions" ref={box}>
      {list.map(({ text, kind, help, n }, index) => (
        <li
          key={`${kind} ${text}`}
          id={`filter-${index}`}
          role="option"
          aria-selected={index === picked}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => accept(index)}
        >
          <code>{visible(text)}</code>
          <span class="dim">{help ? visible(help) : kind}</span>
          {n !== undefined && n !== null && <span class="n">{count(n)}</span>}
        </li>
      ))}
    </ul>
  );
}
