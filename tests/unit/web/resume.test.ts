import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joining, watching } from '../../../web/src/core/resume.ts';

const SEAT = { session: 'INC-42', id: null, rev: null };
const WANTED = { query: 'level>=error', place: null, replaces: '' };

test('a first connection asks for the backlog', () => {
  assert.deepEqual(joining(SEAT, 'a'), { t: 'join', id: 'a', session: 'INC-42' });
  assert.deepEqual(watching(WANTED, 'b'), { t: 'watch', id: 'b', kind: 'log', query: 'level>=error', from: '-15m', newest: 1000 });
});

test('after a break everything goes on where it stopped', () => {
  const back = { ...SEAT, id: 's_1', rev: { epoch: 'S', offset: '7' } };

  assert.deepEqual(joining(back, 'a'), { t: 'join', id: 'a', session: 's_1', from: { epoch: 'S', offset: '7' } });
  assert.deepEqual(watching({ ...WANTED, place: { epoch: 'E', offset: '5-0-3' } }, 'b').from, { epoch: 'E', offset: '5-0-3' });
});

test('another query takes the place of the one that runs', () => {
  assert.equal(watching({ ...WANTED, replaces: 'log:prod:1' }, 'c').replaces, 'log:prod:1');
});
