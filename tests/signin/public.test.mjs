// The names of the public relying-party list (O-44, N-15): each has its test, which
// is there, or a reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { top } from '../lib/process.mjs';

const read = (name) => readFileSync(join(top, 'tests/signin', name), 'utf8');
const rows = read('public.txt').split('\n').filter((l) => l && !l.startsWith('#')).map((l) => {
  const [name, plans, file, ...words] = l.split(' | ');
  return { name, plans, file, words };
});
const of = (plan) => rows.filter((r) => r.plans.includes(plan));

test('all names are there, once', () => {
  assert.equal(new Set(rows.map((r) => r.name)).size, rows.length);
  assert.equal(rows.length, 57);
  for (const r of rows) assert.match(r.name, /^oidcc-client-test[a-z0-9-]*$/);
  // as many as each plan has
  assert.deepEqual(Object.fromEntries([...'bcdhilor'].map((p) => [p, of(p).length])),
    { b: 16, c: 6, d: 12, h: 20, i: 17, l: 8, o: 3, r: 3 });
});

test('each name of our plans has a test, but for the way that is not taken', () => {
  const without = [...'bclo'].flatMap(of).filter((r) => r.file === '-').map((r) => r.name);
  assert.deepEqual(without, ['oidcc-client-test-userinfo-bearer-body']);
});

test('the tests are there, and what has none has a reason', () => {
  for (const { name, file, words } of rows) {
    assert.ok(words.length > 0 && words.every((w) => w.length > 4), name);
    if (file === '-') continue;
    const text = read(file);
    for (const w of words) assert.ok(text.includes(w), `${name}: "${w}" is not in ${file}`);
  }
});
