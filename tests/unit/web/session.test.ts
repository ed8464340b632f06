import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { applyEvent, initials, people, type Happening } from '../../../web/src/core/session.ts';
import type { Presence, Snapshot } from '../../../web/src/protocol/frames.ts';

interface Case {
  name: string;
  state: Snapshot;
  event: Happening;
  rev: number;
  after: Snapshot;
}

const cases = JSON.parse(readFileSync(0, 'utf8')) as Case[];

for (const { name, state, event, rev, after } of cases)
  test(`the browser decides as the hub when ${name}`, () => {
    const once = applyEvent(state, event, rev);

    assert.deepEqual(once, after);
    assert.deepEqual(applyEvent(once, event, rev), after);
  });

const START = cases[0]!.state;
const presence = (conn: string, human: string, state: Presence['state']): Presence => ({
  conn, human, name: human, role: 'viewer', client: 'browser/0', state,
});

test('a person with two connections is shown once, in the livelier state', () => {
  const [first, ...rest] = people(START, [presence('c1', 'h_1', 'idle'), presence('c2', 'h_1', 'typing')]);

  assert.equal(rest.length, 0);
  assert.deepEqual([first!.name, first!.here, first!.state, first!.drives], ['ana', true, 'typing', true]);
});

test('a member without a connection is away', () => {
  assert.deepEqual(people(START, []).map(({ name, here }) => [name, here]), [['ana', false]]);
});

test('initials are one or two letters', () => {
  assert.deepEqual(['ana', 'bo martin', 'x', 'Ana-Lena Groß'].map(initials), ['An', 'Bm', 'X', 'AG']);
});
