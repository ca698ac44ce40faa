// The judge of the soak: what creeps is seen, what only shakes is not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { lowest, rise } from './slope.mjs';

const points = (n, f) => Array.from({ length: n }, (_, i) => [i * 15, f(i)]);
const shake = (i) => ((i * 7919) % 101) / 101 - 0.5;

test('a leak of 10 kB a second is seen through noise', () => {
  const up = rise(points(180, (i) => 30 + i * 15 * 0.01 + shake(i) * 4));
  assert.ok(Math.abs(up - 26.85) < 2, String(up));
});

test('noise, a bad moment and a step back are no rise', () => {
  assert.ok(Math.abs(rise(points(180, (i) => 30 + shake(i) * 4))) < 0.5);
  assert.ok(Math.abs(rise(points(180, (i) => (i > 80 && i < 90 ? 500 : 30)))) < 0.01);
  assert.ok(rise(points(180, (i) => (i < 100 ? 30 : 20))) <= 0);
});

test('a line is measured exactly, and no points are no rise', () => {
  assert.equal(rise([[0, 1], [10, 2], [20, 3]]), 2);
  assert.equal(rise([]), 0);
  assert.equal(rise([[5, 9]]), 0);
});

test('what is taken and given back is no leak, what is kept is one', () => {
  const saw = (i) => (i % 6) * 3;
  assert.ok(Math.abs(rise(lowest(points(180, (i) => 40 + saw(i)), 8))) < 0.01);
  assert.ok(rise(lowest(points(180, (i) => 40 + saw(i) + i * 0.1), 8)) > 15);
  assert.deepEqual(lowest([[0, 3], [1, 2], [2, 5], [3, 4], [4, 1]], 2), [[1, 2], [3, 4]]);
});
