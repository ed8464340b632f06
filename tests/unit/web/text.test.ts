import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause } from '../../../web/src/core/backoff.ts';
import { rowTime, short } from '../../../web/src/core/format.ts';
import { measure } from '../../../web/src/core/measure.ts';
import { Board, line } from '../../../web/src/core/series.ts';
import { term, withTerm } from '../../../web/src/core/terms.ts';
import { pairs, visible, visibleBlock } from '../../../web/src/core/text.ts';
import { read } from '../../../web/src/core/verbs.ts';

test('what cannot be seen or reorders its neighbours is shown by its code', () => {
  assert.equal(visible('\x1b[31mred\x07\x7f\x9b'), '\\x1b[31mred\\x07\\x7f\\x9b');
  assert.equal(visible('a\u202eb\u200bc\u2028d\u{e0041}'), 'a\\u{202e}b\\u{200b}c\\u{2028}d\\u{e0041}');
  assert.equal(visible('one\ntwo\tthree\ud800'), 'one⏎two⇥three\\u{d800}');
  assert.equal(visible('naïve 日本 🔥 <b>'), 'naïve 日本 🔥 <b>');
});

test('a block keeps its lines', () => {
  assert.equal(visibleBlock('one\n\ttwo\r'), 'one\n\ttwo\\x0d');
});

test('attributes are pairs on one line', () => {
  assert.equal(pairs({ path: '/v1', n: 5, deep: { a: [1] }, evil: '\x1b' }), 'path=/v1  n=5  deep={"a":[1]}  evil=\\x1b');
});

test('numbers read as people say them', () => {
  assert.deepEqual([0, 7, 12.4, 999, 1214, 34_000, 5_600_000].map(short), ['0', '7', '12', '999', '1.2k', '34k', '5.6M']);
  assert.deepEqual(
    [measure(0.314, '1'), measure(0.021, '1'), measure(1_400_000, 'By/s'), measure(1.44, ''), measure(0.2, 's')],
    ['31 %', '2.1 %', '1.4 MB/s', '1.44', '200 ms'],
  );
});

test('a row of another day says which', () => {
  const ts = (day: string) => rowTime(`${day}T18:42:01.113456Z`, '2026-11-23');

  assert.deepEqual([ts('2026-11-23'), ts('2015-05-17')], ['18:42:01.113', '2015-05-17 18:42:01']);
});

test('waits double up to ten seconds and are spread from zero', () => {
  assert.deepEqual([1, 2, 3, 7, 50].map((n) => pause(n, () => 1)), [250, 500, 1000, 10_000, 10_000]);
  assert.equal(pause(5, () => 0), 0);
});

test('the verbs are those of the terminal', () => {
  assert.deepEqual(read(':filter level>=error service:pay'), { do: 'request', p: { name: 'filter', query: 'level>=error service:pay' } });
  assert.deepEqual(read('filter'), { do: 'request', p: { name: 'filter', query: '' } });
  assert.deepEqual(read(':say  all on  pay-3?'), { do: 'request', p: { name: 'chat', text: 'all on  pay-3?' } });
  assert.deepEqual(read(':drive'), { do: 'request', p: { name: 'drive', take: true } });
  assert.deepEqual(read(':drive off'), { do: 'request', p: { name: 'drive', take: false } });
  assert.equal(read(':say').do, 'wrong');
  assert.equal(read(':constructor').do, 'wrong');
  assert.equal(read(':').do, 'wrong');
});

test('a clicked value becomes a term that means this value', () => {
  assert.equal(term('service', 'pay', false), 'service:pay');
  assert.equal(term('path', '/v1/pay', true), '-path:/v1/pay');
  assert.equal(term('user', 'bo "x" \\', false), 'user:"bo \\"x\\" \\\\"');
  assert.equal(term('glob', 'a*', false), 'glob:"a*"');
  assert.equal(withTerm('level>=error', 'service:pay'), 'level>=error service:pay');
  assert.equal(withTerm('service:pay level>=error', 'service:pay'), 'service:pay level>=error');
});

test('parts of one metric and host are added up, second by second', () => {
  const board = new Board();
  const point = (ts: string, value: number, direction: string) => ({ ts, metric: 'system.disk.io', value, unit: 'By/s', host: 'a', attrs: { direction } });
  board.add([point('2026-11-23T18:42:01.1Z', 1000, 'read'), point('2026-11-23T18:42:01.2Z', 500, 'write')]);
  board.add([point('2026-11-23T18:42:02.1Z', 3000, 'read'), point('2026-11-23T18:42:02.1Z', 500, 'write')]);
  const [tile] = board.tiles();

  assert.deepEqual([tile!.label, tile!.values, tile!.now], ['Disk I/O', [1500, 3500], '3.5 kB/s']);
});

test('of several disks the fullest counts', () => {
  const board = new Board();
  const disk = (mountpoint: string, value: number) => ({ ts: '2026-11-23T18:42:01Z', metric: 'system.filesystem.utilization', value, unit: '1', host: 'a', attrs: { mountpoint } });
  board.add([disk('/', 0.43), disk('/data', 0.91), disk('/boot', 0.2)]);

  assert.deepEqual(board.tiles().map(({ label, now }) => [label, now]), [['Disk', '91 %']]);
});

test('units read as people say them, and nothing is too long for its tile', () => {
  assert.deepEqual(
    [measure(4600, 'ms'), measure(38, 'ms'), measure(240, 's'), measure(12, '1/s'), measure(0.25, '{request}/s'), measure(3, '{request}'), measure(-4200, '')],
    ['4.6 s', '38 ms', '4 min', '12/s', '0.25/s', '3', '-4.2k'],
  );
  for (const unit of ['', '1', '%', 'ms', 's', 'By', 'By/s', '1/s', 'furlongs per fortnight'])
    for (const value of [1e300, -1e300, Infinity, 1e-300]) {
      const board = new Board();
      board.add([{ ts: '2026-11-23T18:42:01Z', metric: 'm', value, unit }]);
      assert.ok(board.tiles()[0]!.now.length <= 16, board.tiles()[0]!.now);
    }
});

test('tiles are told apart by the end of the name and by the service; the title has the whole', () => {
  const board = new Board();
  const point = (second: number, metric: string, value: number, service: string, unit = '') =>
    ({ ts: `2026-11-23T18:42:0${second}Z`, metric, value, unit, service, host: 'a' });
  for (const second of [1, 2])
    board.add([
      point(second, 'pool.waiting', second, 'pay'),
      point(second, 'http.server.duration.p95', 40, 'pay', 'ms'),
      point(second, 'http.server.duration.p95', 50 * second, 'web', 'ms'),
      point(second, 'system.cpu.utilization', 0.5, '', '1'),
    ]);

  assert.deepEqual(
    board.tiles().map(({ label, from, now }) => [label, from, now]),
    [
      ['CPU', 'a', '50 %'],
      ['duration.p95', 'web on a', '100 ms'],
      ['pool.waiting', 'pay on a', '2'],
      ['duration.p95', 'pay on a', '40 ms'],
    ],
  );
  assert.equal(board.tiles()[1]!.title, 'http.server.duration.p95 of web on a, 50 ms to 100 ms');
});

test('series that differ only in their attributes have a tile each', () => {
  const board = new Board();
  const route = (route: string, value: number) => ({ ts: '2026-11-23T18:42:01Z', metric: 'http.p95', value, unit: 'ms', service: 'pay', attrs: { route } });
  board.add([route('/a', 100), route('/b', 300)]);

  assert.deepEqual(
    board.tiles().map(({ from, now }) => [from, now]),
    [['pay · route=/a', '100 ms'], ['pay · route=/b', '300 ms']],
  );
});

test('a share is drawn against the whole', () => {
  assert.equal(line([0.5, 1], 100, 22, 1, 2), 'M0.0 11.0L100.0 1.0');
});
