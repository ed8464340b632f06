/** The keys of the room, one table: it handles them and it is shown as help. They are dead inside text fields. */
import type { Signal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { Item } from '../core/rows.ts';
import { loadable } from './Line.tsx';
import type { Room } from '../state/room.ts';
import type { Tab } from './RoomView.tsx';

export interface Desk {
  help: Signal<boolean>;
  detail: Signal<boolean>;
  commanding: Signal<boolean>;
  early: Signal<string>;
  tab: Signal<Tab>;
}

interface Binding {
  keys: string[];
  does: string;
  act(room: Room, desk: Desk): void;
}

const focus = (id: string) => document.getElementById(id)?.focus();
const any = () => true;
const failed = (item: Item) => item.kind === 'row' && (item.row.level === 'error' || item.row.level === 'fatal');

/** Select the next item that `fits`, from the selected one, or from the end. */
function step(room: Room, by: 1 | -1, fits: (item: Item) => boolean): void {
  const { stream } = room;
  const { items } = stream.list;
  const at = stream.selected.value === null ? -1 : stream.list.indexOf(stream.selected.value);
  let i = at < 0 ? items.length - 1 : at + by;
  while (i >= 0 && i < items.length && !fits(items[i]!)) i += by;
  const item = items[i];
  if (!item) {
    if (fits === failed) room.say('plain', by > 0 ? 'no error below; E looks above' : 'no error above');
    return;
  }
  stream.selected.value = item.key;
  if (stream.tail.value && i < items.length - 1) stream.hold(stream.anchor ?? item.key);
}

export const KEYS: Binding[] = [
  { keys: ['/'], does: 'Edit the filter', act: () => focus('filter') },
  { keys: [':'], does: 'Command bar', act: (_, desk) => (desk.commanding.value = true) },
  { keys: ['c'], does: 'Say something', act: (_, desk) => ((desk.tab.value = 'people'), focus('say'), setTimeout(focus, 0, 'say')) },
  {
    keys: [' '],
    does: 'Pause or go on',
    act: ({ stream }) => (stream.tail.value ? stream.hold(stream.list.last?.key ?? null) : stream.live()),
  },
  { keys: ['End', 'G', 'F'], does: 'Go to the newest row', act: ({ stream }) => ((stream.selected.value = null), stream.live()) },
  {
    keys: ['Home', 'g'],
    does: 'Go to the oldest row',
    act: ({ stream }) => {
      const first = stream.list.items[0];
      if (!first) return;
      stream.hold(first.key);
      stream.selected.value = first.key;
    },
  },
  { keys: ['j', 'ArrowDown'], does: 'Next row', act: (room) => step(room, 1, any) },
  { keys: ['k', 'ArrowUp'], does: 'Previous row', act: (room) => step(room, -1, any) },
  { keys: ['e'], does: 'Next error', act: (room) => step(room, 1, failed) },
  { keys: ['E'], does: 'Previous error', act: (room) => step(room, -1, failed) },
  {
    keys: ['Enter'],
    does: 'Open or close the row; on a gap: load its rows',
    act: (room, desk) => {
      const { stream } = room;
      const item = stream.item(stream.selected.value);
      if (loadable(item)) void room.load(item);
      else desk.detail.value = !desk.detail.value && item?.kind === 'row';
    },
  },
  { keys: ['i'], does: 'Walk through the histogram; Enter goes to a time', act: () => focus('histogram') },
  ...(['stream', 'patterns', 'fields', 'people'] as const).map((tab, i) => ({
    keys: [['1', '2', '3', '6'][i]!],
    does: `Show ${tab}`,
    act: (_: Room, desk: Desk) => (desk.tab.value = tab),
  })),
  { keys: ['Escape'], does: 'Close what is open', act: (_, desk) => (desk.detail.value = false) },
  { keys: ['?'], does: 'This help', act: (_, desk) => (desk.help.value = true) },
];

const STORED = 'debugterm.letters';

/** Whether single keys work; somebody who dictates turns them off (WCAG 2.1.4). */
export function lettersOn(): boolean {
  return localStorage.getItem(STORED) !== 'off';
}

export function setLetters(on: boolean): void {
  localStorage.setItem(STORED, on ? 'on' : 'off');
}

function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function useKeys(room: Room, desk: Desk): (element: HTMLElement | null) => void {
  const press = useCallback((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (event.target instanceof HTMLButtonElement && /^(Enter| )$/.test(event.key)) return;
    if (document.querySelector('dialog[open]')) return;
    if (desk.commanding.value && !document.querySelector('.prompt') && event.key.length === 1) {
      desk.early.value += event.key;
      return event.preventDefault();
    }
    if (event.key.length === 1 && !lettersOn()) return;
    const binding = KEYS.find(({ keys }) => keys.includes(event.key));
    if (!binding) return;
    event.preventDefault();
    binding.act(room, desk);
  }, []);
  // On the document, so that keys work wherever the focus is.
  return useCallback((element) => {
    if (element) document.addEventListener('keydown', press);
    else document.removeEventListener('keydown', press);
  }, []);
}
