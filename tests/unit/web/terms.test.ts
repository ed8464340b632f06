import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bars, shape } from '../../../web/src/core/bars.ts';
import { extend } from '../../../web/src/core/histogram.ts';
import { hasTerm, onlyTerm, patternTerm, split, term, withoutTerm, withTerm } from '../../../web/src/core/terms.ts';

test('a term goes into the filter, before the stages, and stands for all of an OR', () => {
  assert.equal(withTerm('', 'a:1'), 'a:1');
  assert.equal(withTerm('*', 'a:1'), 'a:1');
  assert.equal(withTerm('level>=error | stats count by service', 'a:1'), 'level>=error a:1 | stats count by service');
  assert.equal(withTerm('b OR c', 'a:1'), '(b OR c) a:1');
  assert.equal(withTerm('b || c | top 5 x', 'a:1'), '(b || c) a:1 | top 5 x');
  assert.equal(withTerm('"this OR that | x"', 'a:1'), '"this OR that | x" a:1');
  assert.equal(withTerm('a:1 b', 'a:1'), 'a:1 b');
});

test('a pipe in quotes or doubled begins no stage', () => {
  assert.deepEqual(split('"a | b" || c | where x:1 | limit 5'), ['"a | b" || c', '| where x:1 | limit 5']);
  assert.deepEqual(split('message~"say \\"hi|ho\\""'), ['message~"say \\"hi|ho\\""', '']);
  assert.deepEqual(split('"open | end'), ['"open | end', '']);
});

test('a term is found and taken out only where it stands by itself', () => {
  assert.equal(hasTerm('a:1 b', 'a:1'), true);
  assert.equal(hasTerm('-a:1 xa:12', 'a:1'), false);
  assert.equal(withoutTerm('x a:1 | limit 5', 'a:1'), 'x | limit 5');
  assert.equal(withoutTerm('a:1', 'a:1'), '');
  assert.equal(onlyTerm('x y | limit 5', 'a:1'), 'a:1 | limit 5');
});

test('names with signs in them are quoted', () => {
  assert.equal(term('app.kubernetes.io/name', 'api', false), '"app.kubernetes.io/name":api');
  assert.equal(term('http.method', 'GET', true), '-http.method:GET');
});

test('a pattern becomes an expression that finds its rows', () => {
  assert.equal(patternTerm('breaker open for <*>'), 'message~"^breaker +open +for +.*"');
  assert.equal(patternTerm('pool size=<num> (max) "x"'), 'message~"^pool +size=.* +\\\\(max\\\\) +\\"x\\""');
  const long = patternTerm(`start ${'word'.repeat(50)} ${'more'.repeat(200)}`);
  assert.equal(long, `message~"^start +${'word'.repeat(50)}"`);
});

const HISTOGRAM = { t: 'histogram', ch: 'c', start: 100, seconds: 4, exact_from: 102, by: { info: [1, 2, 3, 4] } } as const;

test('seconds that follow push out the oldest; one that is known is not counted twice', () => {
  const histogram = { ...HISTOGRAM, by: { info: [1, 2, 3, 4] } };
  const rate = { t: 'rate', ch: 'c', all: 9, match: 9 } as const;

  assert.equal(extend(histogram, { ...rate, s: 103, by: { info: 9 } }), histogram);
  const next = extend(histogram, { ...rate, s: 105, by: { error: 7 } })!;
  assert.deepEqual([next.start, next.by], [102, { info: [3, 4, 0, 0], error: [0, 0, 0, 7] }]);
  assert.equal(extend(null, { ...rate, s: 105 }), null);
});

test('bars stand on whole stretches of the clock, and say where not all was counted', () => {
  const [first, second] = bars({ ...HISTOGRAM, start: 101, by: { info: [1, 2, 3, 4], fatal: [0, 0, 5, 0] } }, 3);

  assert.deepEqual(first, { from: 99, by: [0, 0, 1, 0], all: 1, partial: true });
  assert.deepEqual(second, { from: 102, by: [5, 0, 9, 0], all: 14, partial: false });
});

test('one error among thousands of rows can be seen', () => {
  const all = [{ from: 0, by: [1, 0, 9_999, 0], all: 10_000, partial: false }];

  assert.equal(shape(all, 0, 40), 'M0.08 39.00h.84v1.00h-.84z');
});
