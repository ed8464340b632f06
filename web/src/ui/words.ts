/** The state of the tab in the words of the terminal, for the badge and for the bar under the header. */
import { count, span } from '../core/format.ts';
import type { Room } from '../state/room.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'calm';
export interface State {
  word: string;
  tone: Tone;
  /** A sentence for the bar under the header, when the state needs one. */
  more: string | null;
  /** What a button in that bar does. */
  act: 'hurry' | 'login' | 'live' | null;
}

const state = (word: string, tone: Tone, more: string | null = null, act: State['act'] = null): State => ({ word, tone, more, act });

export function stateOf(room: Room, now = Date.now()): State {
  const link = room.link.value;
  switch (link.at) {
    case 'connecting':
      return link.attempt > 1
        ? state(`RECONNECTING try ${link.attempt}`, 'bad', 'The connection broke. Rows stay readable; missed rows come by themselves.', null)
        : state('CONNECTING', 'calm');
    case 'waiting': {
      const wait = Math.max(0, Math.ceil((link.until - now) / 1000));
      return state(
        `RECONNECTING try ${link.attempt}`,
        'bad',
        `No connection: ${link.why}. Trying again${wait > 0 ? ` in ${wait} s` : ' now'}; rows stay readable, missed rows come by themselves.`,
        'hurry',
      );
    }
    case 'stopped':
      return state('OFFLINE', 'bad', `Stopped: ${link.why}.`, link.code === 4501 || link.code === 4002 ? 'login' : 'hurry');
    case 'silent':
      return state('LIVE?', 'warn', 'Nothing heard from the hub for 25 s; the line may be dead.', 'hurry');
  }
  const stream = room.stream;
  if (!stream.tail.value) {
    const n = stream.unseen.value;
    return state(n ? `PAUSED +${count(n)}` : 'PAUSED', 'warn', null, 'live');
  }
  if (room.session.shut.value) return state('NOT IN', 'bad');
  if (stream.replaying.value) return state('REPLAY', 'calm');
  void stream.rate.value;
  const quiet = stream.lastRow ? (now - stream.lastRow) / 1000 : 0;
  return quiet > 15 ? state(`LIVE last row ${span(quiet)} ago`, 'good') : state('LIVE', 'good');
}
