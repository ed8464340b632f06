import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asker } from '../../../web/src/core/asking.ts';
import { characters, complete, wrongAt } from '../../../web/src/core/marking.ts';

interface Open {
  query: string;
  answer: (text: string) => void;
}

/** An asker whose questions wait for their answers, and what it told. */
function desk(): { asker: Asker<string>; asked: Open[]; told: string[] } {
  const asked: Open[] = [];
  const told: string[] = [];
  const asker = new Asker<string>(
    ({ query }) => new Promise((done) => asked.push({ query, answer: done })),
    ({ query }, answer) => told.push(`${query}: ${answer}`),
    () => Date.now(),
  );
  return { asker, asked, told };
}
const settled = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

test('a word is asked about when its letters stop coming', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { asker, asked } = desk();
  for (const query of ['e', 'er', 'err']) {
    asker.want({ query, at: 3 });
    t.mock.timers.tick(79);
  }
  assert.deepEqual(asked, []);
  t.mock.timers.tick(1);

  assert.deepEqual(asked.map(({ query }) => query), ['err']);
});

test('an answer that is not the newest any more is not told, and one question is open at a time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { asker, asked, told } = desk();
  asker.want({ query: 'a', at: 1 });
  t.mock.timers.tick(80);
  asker.want({ query: 'ab', at: 2 });
  t.mock.timers.tick(500);
  assert.equal(asked.length, 1);
  asked[0]!.answer('old');
  await settled();
  t.mock.timers.tick(110);
  asked[1]!.answer('new');
  await settled();

  assert.deepEqual(told, ['ab: new']);
});

test('what was stopped is neither asked nor told', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { asker, asked, told } = desk();
  asker.want({ query: 'a', at: 1 });
  t.mock.timers.tick(80);
  asker.stop();
  asked[0]!.answer('late');
  await settled();
  t.mock.timers.tick(500);

  assert.deepEqual([asked.length, told], [1, []]);
});

test('columns and cursors count characters, not halves of them', () => {
  assert.equal(characters('🔥🔥x', 4), 2);
  assert.deepEqual(wrongAt('"🔥" service: pay', 13), { before: '"🔥" service:', word: ' pay' });
  assert.deepEqual(wrongAt('service:', 9), { before: 'service:', word: ' ' });
  assert.deepEqual(wrongAt('a (b', 3), { before: 'a ', word: '(' });
});

test('a completion takes the place of what it completes, and the cursor stands behind it', () => {
  const done = complete('"🔥" serv x', { text: 'service:', start: 4, end: 8, kind: 'field' });

  assert.deepEqual(done, { text: '"🔥" service: x', caret: 13 });
});
