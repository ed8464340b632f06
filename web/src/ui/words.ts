/** The state of the tab in the words of the terminal, for the badge and for the bar under the header. */
import { count, span } from '../core/format.ts';
import type { Flow } from '../protocol/frames.ts';
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
  const suspended = room.watching.suspended.value;
  if (suspended) return state('SUSPENDED', 'bad', suspended);
  const [kept, behind] = keepingUp(stream.flow.value);
  if (!stream.tail.value) {
    const n = stream.unseen.value;
    return state(n ? `PAUSED +${count(n)}` : 'PAUSED', 'warn', behind, 'live');
  }
  if (room.session.shut.value) return state('NOT IN', 'bad');
  if (stream.replaying.value) return state('REPLAY', 'calm');
  if (kept) return state(kept, 'warn', behind);
  void stream.rate.value;
  const quiet = stream.lastRow ? (now - stream.lastRow) / 1000 : 0;
  return quiet > 15 ? state(`LIVE last row ${span(quiet)} ago`, 'good') : state('LIVE', 'good');
}

/** The word and the sentence for a tab that does not keep up with the stream; null for one that does. */
function keepingUp(flow: Flow | null): [string | null, string | null] {
  if (!flow) return [null, null];
  if (flow.state === 'summary')
    return ['SUMMARY', 'More than 15 s behind: only errors and counts come until this browser has caught up. A narrower filter helps.'];
  const seconds = Math.max(1, Math.round((flow.behind_ms ?? 0) / 1000));
  const shed = flow.floor ? `rows below ${flow.floor} are left out` : 'some rows are left out';
  return [`LAG ${seconds} s`, `This browser is ${seconds} s behind: ${shed} and stand as gaps, which can be loaded. A narrower filter helps.`];
}
