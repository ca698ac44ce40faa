// What the three programs are made of, and what they may not do to themselves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must, program, scratch, top } from '../lib/process.mjs';

const names = ['latchkey', 'latchkey-portal', 'latchkey-radius'];

for (const name of names) {
  test(`S-17 ${name}: position independent, read-only relocations, canaries, no stack or segment to run from`, async () => {
    const file = program(name);
    const head = await must('readelf', ['-hW', file]);
    assert.match(head, /Type: +DYN/, 'PIE');
    const segments = (await must('readelf', ['-lW', file])).split('\n').map((l) => l.trim().split(/ +/));
    assert.ok(segments.some((s) => s[0] === 'GNU_RELRO'), 'RELRO');
    const flags = segments.filter((s) => ['LOAD', 'GNU_STACK'].includes(s[0])).map((s) => s.slice(6, -1).join(''));
    assert.ok(flags.length > 3, flags.join());
    for (const f of flags) assert.ok(!(f.includes('W') && f.includes('E')), `a segment that can be written and run: ${f}`);
    assert.match(await must('readelf', ['-dW', file]), /FLAGS.*(BIND_NOW|NOW)/, 'full RELRO');
    const symbols = await must('readelf', ['--dyn-syms', '-W', file]);
    assert.match(symbols, /__stack_chk_fail/, 'canaries');
    assert.match(symbols, /__(\w+)_chk@/, 'checked calls (FORTIFY)');
  });
}

test('S-18 two builds in two places, zones, languages and of two owners are the same octets', async () => {
  const made = [];
  for (const [place, env] of [['here', { TZ: 'UTC', LC_ALL: 'C' }],
    ['another-place/with/a-longer-name', { TZ: 'Pacific/Auckland', LC_ALL: 'C.UTF-8', USER: 'somebody' }]]) {
    const dir = join(scratch('twice'), place);
    await must('mkdir', ['-p', dir]);
    await must('sh', ['-c', `git ls-files -co --exclude-standard -z | xargs -0 cp -r --parents -t "${dir}"`], { cwd: top });
    const { MAKEFLAGS, ...rest } = process.env;
    // the command line alone in the short form: it holds all of core/ and its archives
    const what = process.env.LATCHKEY_LONG ? ['all'] : ['build/latchkey'];
    await must('make', ['-s', '-j2', ...what], { cwd: dir, env: { ...rest, ...env } });
    made.push((process.env.LATCHKEY_LONG ? names : ['latchkey']).map((n) => readFileSync(join(dir, 'build', n))));
  }
  made[0].forEach((octets, i) => assert.ok(octets.equals(made[1][i]), `${names[i]} differs`));
});
