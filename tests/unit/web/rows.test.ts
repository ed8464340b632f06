import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowList, type Item } from '../../../web/src/core/rows.ts';
import type { Gap, Rows } from '../../../web/src/protocol/frames.ts';

function rows(entry: string, indexes: number[]): Rows {
  return { t: 'rows', ch: 'log:prod:a', ep: 'E1', b: [{ e: entry, i: indexes, rows: indexes.map((i) => ({ ts: '', level: 'info', message: `${entry}/${i}` })) }] };
}
const gap = (from: string, to: string, n: number | null): Gap => ({ t: 'gap', ch: '', from, to, n, by: {}, why: 'slow' });
const names = (list: RowList) => list.items.map((item: Item) => (item.kind === 'row' ? item.id : item.kind));

test('rows stand in the order of their offsets, compared as numbers', () => {
  const list = new RowList(100);
  list.addRows([rows('9-0', [0]), rows('10-0', [2, 10]), rows('10-0', [9])]);

  assert.deepEqual(names(list), ['9-0-0', '10-0-2', '10-0-9', '10-0-10']);
});

test('a row that comes again after a reconnect is there once', () => {
  const list = new RowList(100);
  list.addRows([rows('1-0', [0, 1, 2])]);

  const added = list.addRows([rows('1-0', [1, 2]), rows('2-0', [0])]);

  assert.equal(added, 1);
  assert.deepEqual(names(list), ['1-0-0', '1-0-1', '1-0-2', '2-0-0']);
});

test('an older backlog goes before what is here', () => {
  const list = new RowList(100);
  list.addRows([rows('5-0', [0])]);
  list.addRows([rows('4-0', [0, 1])]);

  assert.deepEqual(names(list), ['4-0-0', '4-0-1', '5-0-0']);
});

test('a gap stands in the place of its rows and is told once', () => {
  const list = new RowList(100);
  list.addRows([rows('1-0', [0]), rows('3-0', [0])]);
  list.addGap(gap('2-0-0', '2-0-9', 10));
  list.addGap(gap('2-0-0', '2-0-9', 10));

  assert.deepEqual(names(list), ['1-0-0', 'gap', '3-0-0']);
});

test('the place to resume is the newest row, or the end of a gap after it', () => {
  const list = new RowList(100);
  assert.equal(list.place, null);
  list.addRows([rows('1-0', [0, 7])]);
  assert.equal(list.place, '1-0-7');
  list.addGap(gap('2-0-0', '2-0-9', 10));

  assert.equal(list.place, '2-0-9');
});

test('the place to resume is behind rows that were shed together with the last ones that were sent', () => {
  const list = new RowList(100);
  list.addRows([rows('2-0', [3, 7])]);
  list.addGap(gap('2-0-0', '2-0-9', 8));

  assert.equal(list.place, '2-0-9');
});

test('a quiet watch resumes where the hub said that it stands, and not in another epoch', () => {
  const list = new RowList(100);
  list.pass('7-0-999999');
  assert.equal(list.place, '7-0-999999');
  list.addRows([rows('8-0', [0])]);
  assert.equal(list.place, '8-0-0');
  list.reset('the stream was replaced');

  assert.equal(list.place, null);
});

test('after a reset offsets of the old epoch are not compared with new ones', () => {
  const list = new RowList(100);
  list.addRows([rows('900-0', [0])]);
  list.reset('the stream was replaced');
  assert.equal(list.place, null);
  list.addRows([rows('1-0', [0])]);
  list.addRows([rows('900-0', [0])]);

  assert.deepEqual(names(list), ['900-0-0', 'mark', '1-0-0', '900-0-0']);
  assert.equal(new Set(list.items.map((item) => item.key)).size, 4);
});

test('a full list lets the oldest go', () => {
  const list = new RowList(3);
  list.addRows([rows('1-0', [0, 1, 2, 3, 4])]);

  assert.deepEqual(names(list), ['1-0-2', '1-0-3', '1-0-4']);
  assert.equal(list.dropped, 2);
});

test('while the view is held a full list keeps what is read, and what came becomes a gap', () => {
  const list = new RowList(3);
  list.addRows([rows('1-0', [0, 1, 2])]);
  const before = names(list);

  const counted = list.addRows([rows('2-0', [0, 1])], list.items[0]!.key);
  list.addRows([rows('3-0', [0])], list.items[0]!.key);

  assert.equal(counted, 2);
  assert.deepEqual(names(list), before);
  assert.equal(list.place, '3-0-0');
  list.release();
  const last = list.last!;
  assert.equal(last.kind === 'gap' && last.n, 3);
});
