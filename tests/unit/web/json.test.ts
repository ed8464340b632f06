import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFrame, writeJson } from '../../../web/src/core/json.ts';
import { term } from '../../../web/src/core/terms.ts';
import { pairs, plain } from '../../../web/src/core/text.ts';
import type { Rows } from '../../../web/src/protocol/frames.ts';

const ATTRS = '{"user":9007199254740993,"debt":-12345678901234567890,"deep":[18446744073709551615],"n":5,"share":0.1234567890123456,"text":"9007199254740993"}';
const frame = readFrame<Rows>(`{"t":"rows","ch":"a","ep":"e","b":[{"e":"1-0","i":[0],"rows":[{"ts":"","level":"info","attrs":${ATTRS}}]}]}`);
const attrs = (frame.b[0]!.rows[0] as { attrs: Record<string, unknown> }).attrs;

test('a whole number keeps every digit on the line, in the filter and as JSON', () => {
  assert.equal(
    pairs(attrs),
    'user=9007199254740993  debt=-12345678901234567890  deep=[18446744073709551615]  n=5  share=0.1234567890123456  text=9007199254740993',
  );
  assert.equal(term('user', plain(attrs['user']), false), 'user:9007199254740993');
  assert.equal(writeJson(attrs), ATTRS);
});

test('small numbers, shares and text stay what they are', () => {
  assert.deepEqual([attrs['n'], attrs['share'], attrs['text']], [5, 0.1234567890123456, '9007199254740993']);
});

test('numbers that are counted with stay numbers', () => {
  const points = readFrame<{ t: string; v: number }>('{"t":"points","v":9007199254740993}');

  assert.equal(typeof points.v, 'number');
});
