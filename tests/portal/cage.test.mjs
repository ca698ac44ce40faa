// portal.chroot: what a worker sees of the machine when it was started as root.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { below } from '../lib/killing.mjs';
import { get, raw, site } from '../lib/portal.mjs';
import { must, program, run, scratch, start, top, until } from '../lib/process.mjs';
import { cage, startPortal } from '../lib/whole.mjs';

const empty = await cage();
const skip = empty === null && 'only root may mount, and not everywhere';
let p;
after(() => p?.stop());
const worker = () => until('a worker', () => below(p.child.pid).find((x) => /wrk/.test(x.what))?.pid);
const files = (root) => readdirSync(root).flatMap((d) => [`/${d}`, ...readdirSync(join(root, d)).map((f) => `/${d}/${f}`)]);

test('a worker sees its store and a few files of the system, and serves; nothing is left in the directory', { skip }, async () => {
  const s = await site({ portal: { chroot: empty } });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  p = await s.start();
  const root = `/proc/${await worker()}/root`;
  const there = files(root);
  for (const must_ of ['/etc/resolv.conf', '/etc/hosts', '/tmp', '/usr/share']) assert.ok(there.includes(must_), must_);
  for (const never of ['/root', '/home', '/proc', '/dev', '/bin', '/etc/passwd', '/etc/shadow', '/etc/latchkey']) assert.ok(!there.includes(never), never);
  assert.ok(readdirSync(join(root, s.dir)).includes('latchkey.db'));
  const how = readFileSync(`${root.slice(0, -5)}/mountinfo`, 'utf8').trim().split('\n').map((l) => l.split(' '));
  for (const [, , , , at, options] of how) {
    assert.match(options, /nosuid,nodev,noexec/, at);
    assert.equal(/^rw/.test(options), at === '/tmp' || at === s.dir, `${at} ${options}`);
  }
  const answer = await raw(s, [get('/readyz')]);
  assert.equal(answer.list[0].status, 200);
  answer.socket.destroy();
  // another worker is locked in just so
  const first = await worker();
  process.kill(first, 'SIGKILL');
  await until('another one', async () => (await worker()) !== first);
  await p.says(/portal\.ready[^]*portal\.ready/, 20000);
  assert.ok((files(`/proc/${await worker()}/root`)).includes('/etc/hosts'));
  assert.deepEqual(await p.stop(), { code: 0, signal: null });
  assert.deepEqual(readdirSync(empty), []);
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), mounts, 'and no mount in sight of others');
});

test('names are found from there', { skip }, async () => {
  p = await startPortal({ issuer: 'http://localhost:9' });
  const page = await must('curl', ['-sS', '--cacert', p.ca, `${p.url}/signin/campus`]);
  assert.match(page, /does not answer/);
  assert.match(p.portal.output, /signin\.\w+ .*(refused|connect)/i);
  assert.doesNotMatch(p.portal.output, /resolve/i);
  await p.stop();
});

test('a directory that cannot be used is said with a remedy, and exit 78', { skip }, async () => {
  const dir = scratch('cage');
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, 'file'), '');
  mkdirSync(join(dir, 'sub'));
  for (const [chroot, says] of [[join(dir, 'none'), /portal\.chroot: .*No such file.*run `mkdir/], [join(dir, 'file'), /an empty directory was expected/], ['/', /an empty directory was expected/]]) {
    const s = await site({ portal: { chroot } });
    const r = await run(program('latchkey-portal'), ['-c', s.conf], { timeout: 30000 });
    assert.equal(r.code, 78, chroot);
    assert.match(r.stderr, says);
  }
  const s = await site();
  writeFileSync(s.conf, readFileSync(s.conf, 'utf8').replace('portal {', `portal {\n  chroot = "${s.dir}"`));
  const r = await run(program('latchkey-portal'), ['-c', s.conf], { timeout: 30000 });
  assert.equal(r.code, 78);
  assert.match(r.stderr, /is needed and inside of .*name an empty directory/);
});

test('F-03 each step of furnishing it fails once: it is said, nobody serves, and nothing is left', { skip }, async (t) => {
  const s = await site({ portal: { chroot: empty } });
  const library = join(s.dir, 'bad.so'), list = join(s.dir, 'list');
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(top, 'tests/lib/bad_disk.c')]);
  const bad = { ...process.env, LD_PRELOAD: library, BAD_DISK_DIR: empty };
  const begun = start(program('latchkey-portal'), ['-c', s.conf], { env: { ...bad, BAD_DISK_LIST: list } });
  await begun.says(/portal\.ready/, 20000);
  await begun.stop();
  const calls = readFileSync(list, 'utf8').trim().split('\n'), by = new Map();
  calls.forEach((call, i) => by.set(call.split(' ')[0], [...by.get(call.split(' ')[0]) ?? [], i + 1]));
  assert.ok(by.has('mount') && by.has('mkdir') && by.has('open'), [...by.keys()].join());
  const chosen = [...by.values()].flatMap((all) => (process.env.LATCHKEY_LONG ? all : [...new Set([all[0], all.at(-1)])]));
  for (const n of chosen) {
    const r = await run(program('latchkey-portal'), ['-c', s.conf], { timeout: 30000,
      env: { ...bad, BAD_DISK_AT: String(n), BAD_DISK_HOW: String(constants.errno.ENOSPC) } });
    assert.notEqual(r.code, 0, calls[n - 1]);
    assert.match(r.stderr, /portal\.cannot-lock .*cannot be furnished with .*: No space left on device/, calls[n - 1]);
    assert.doesNotMatch(r.stderr, /portal\.ready/, calls[n - 1]);
    assert.deepEqual(readdirSync(empty), [], calls[n - 1]);
  }
  t.diagnostic(`${calls.length} calls, ${chosen.length} of them failed`);
});

test('a store that cannot be used is said in one line', async () => {
  const s = await site();
  writeFileSync(join(s.dir, 'latchkey.db'), 'this is no database, but long enough to be taken for one at first sight.'.repeat(80));
  const r = await run(program('latchkey-portal'), ['-c', s.conf], { timeout: 30000 });
  assert.notEqual(r.code, 0);
  assert.equal(r.stderr.match(/portal\.no-store/g)?.length, 1, r.stderr);
});
