// `make bench` in its short form: not the figures, but that all are there.
// alone: it measures
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, must, scratch, top } from '../lib/process.mjs';

test('the benchmark measures everything in one run and writes it down', async () => {
  const file = join(scratch('bench-test'), 'RESULTS.md');
  await must(join(top, 'tests/bench/run'), [build, '--short', '--results', file], { timeout: 240000 });
  const text = readFileSync(file, 'utf8');
  const cell = (row, n) => Number(text.split('\n').find((l) => l.startsWith(`| ${row} |`))?.split('|')[n + 1].replace(/[,a-zA-Z ]|\(.*/g, ''));
  for (const server of ['latchkey-radius', 'UDP echo (the floor)', ...existsSync('/usr/sbin/freeradius') ? ['FreeRADIUS'] : []])
    for (const n of [1, 2, 3, 4])
      assert.ok(cell(server, n) > 0, `${server}, column ${n}:\n${text}`);
  assert.ok(cell('latchkey', 1) > 1000, 'open loop');
  for (const how of ['from the store', 'from its snapshot'])
    assert.ok(cell(`latchkey-radius, ${how}`, 2) > 0, how);
  assert.ok(cell('1,000', 2) > 0 && cell('1,000', 4) > 0, 'search by size');
  assert.ok(cell('portable', 1) > 0, 'variants');
  for (const page of ['/admin/keys', '/admin/devices', '/admin/visits', '/desk'])
    for (const n of [1, 3, 4, 6]) assert.ok(cell(`\`${page}\``, n) > 0, `${page}, column ${n}`);
});
