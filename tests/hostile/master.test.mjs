// S-04: a master key that is missing, another's, damaged, or open to all: every
// program says so and refuses, none makes a new one, and nothing is changed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { must, program, run, start } from '../lib/process.mjs';
import { house } from '../lib/house.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, file, key, other;
const put = (text, mode = 0o600) => { rmSync(file, { force: true }); writeFileSync(file, text, { mode }); chmodSync(file, mode); };
const store = () => createHash('sha256').update(readFileSync(join(p.dir, 'latchkey.db'))).digest('hex');
const programs = [['latchkey-portal', []], ['latchkey-radius', []], ['latchkey', ['key', 'list']], ['latchkey', ['network', 'add', '--ssid', 'X', '--name', 'X']],
  ['latchkey', ['backup', 'DIR/copy']], ['latchkey', ['audit', 'verify']]];

before(async () => {
  p = await startPortal({ issuer: 'http://127.0.0.1:9', responder: true });
  await must(program('latchkey'), ['-c', p.conf, 'person', 'add', '--name', 'Ada']);
  await p.radius.stop();
  await p.portal.stop();
  await must('python3', ['-c', 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("PRAGMA wal_checkpoint(TRUNCATE)")', join(p.dir, 'latchkey.db')]);
  file = join(p.dir, 'master.key');
  key = readFileSync(file, 'utf8');
  const h = await house();
  await h.latchkey('init');
  other = readFileSync(join(h.dir, 'master.key'), 'utf8');
});
after(() => p?.stop());

for (const [what, make, says] of [
  ['missing', () => rmSync(file), /master key .*missing; restore it from your copy/],
  ['another', () => put(other), /the master key is not the one this store was made with|opens neither the store nor the snapshot/],
  ['readable by all', () => put(key, 0o644), /others may read or change this secret: run `chmod/],
  ['writable by the group', () => put(key, 0o660), /others may read or change this secret: run `chmod/],
  ['cut', () => put(key.slice(0, key.length - 9)), /master key .*line \d: not understood|master key .*expected/],
  ['empty', () => put(''), /master key .*(empty|expected|not understood)/],
  ['a directory', () => { rmSync(file, { force: true }); renameSync(join(p.dir, 'radius.snapshot'), join(p.dir, 'kept')); return must('mkdir', [file]); }, /master key|a plain file was expected/],
])
  test(`a master key that is ${what}: every program refuses with the reason`, async () => {
    await make();
    const before_ = store();
    for (const [name, args] of programs) {
      const r = await run(program(name), ['-c', p.conf, ...args.map((a) => a.replace('DIR', p.dir))], { timeout: 15000 });
      assert.notEqual(r.code, 0, `${name} ${args}`);
      assert.ok(!r.killed && r.code < 128, `${name} ${args}: ${r.code}`);
      if (name !== 'latchkey') assert.equal(r.code, 78, `${name}: ${r.stderr}`);
      assert.match(r.stderr, says, `${name} ${args}`);
      for (const secret of key.split('\n').concat(other.split('\n')).map((l) => l.split(' ')[3]).filter(Boolean)) assert.ok(!r.stderr.includes(secret), 'the key itself is not said');
    }
    if (what === 'missing') assert.ok(!existsSync(file), 'none is made');
    assert.ok(!existsSync(join(p.dir, 'copy')), 'and no backup that could not be read');
    assert.equal(store(), before_);
    rmSync(file, { recursive: true, force: true });
    put(key);
    if (existsSync(join(p.dir, 'kept'))) renameSync(join(p.dir, 'kept'), join(p.dir, 'radius.snapshot'));
  });

test('the control: with the right one all go on', async () => {
  put(key);
  for (const [name, ready] of [['latchkey-portal', /portal\.ready/], ['latchkey-radius', /radius\.ready/]]) {
    const it = start(program(name), ['-c', p.conf]);
    await it.says(ready, 30000);
    assert.deepEqual(await it.stop(), { code: 0, signal: null });
  }
  assert.match(await must(program('latchkey'), ['-c', p.conf, 'person', 'list']), /Ada/);
});

test('`latchkey init` beside a store makes no new key (S-04)', async () => {
  rmSync(file);
  const r = await run(program('latchkey'), ['-c', p.conf, 'init']);
  assert.equal(r.code, 1, r.stdout);
  assert.match(r.stderr, /its master key .* is not: restore that from your copy/);
  assert.ok(!existsSync(file));
  put(key);
});
