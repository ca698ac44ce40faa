// How little is allowed: system calls (N-12) and the systemd unit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run, top } from '../lib/process.mjs';

test('N-12 a worker may make at most 60 system calls, none of which starts anything', (t) => {
  const source = readFileSync(join(top, 'portal/kore/filter.c'), 'utf8').replace(/\/\*[^]*?\*\//g, '').replace(/^#define.*$/gm, '');
  // one side of each #if, as both stand for the same calls
  const one = source.replace(/#else[^]*?#endif/g, '');
  const calls = [...one.matchAll(/ALLOW(?:_WITH_FLAG)?\((\w+)/g)].map((m) => m[1]);
  t.diagnostic(`${calls.length} calls`);
  assert.ok(calls.length > 40 && calls.length <= 60, `${calls.length}`);
  assert.equal(new Set(calls).size, calls.length);
  for (const never of ['execve', 'execveat', 'fork', 'vfork', 'ptrace', 'mount', 'chmod', 'chown', 'setuid', 'listen', 'kill', 'process_vm_readv', 'open_by_handle_at', 'bpf', 'keyctl', 'io_uring_setup'])
    assert.ok(!calls.includes(never), never);
});

for (const unit of ['portal', 'keeper', 'radius']) test(`systemd-analyze gives the ${unit}'s unit 1.5 or less (S-16, N-13)`, async (t) => {
  const r = await run('systemd-analyze', ['security', '--offline=yes', '--no-pager', join(top, `conf/systemd/latchkey-${unit}.service`)]);
  const level = /Overall exposure level[^:]*: ([\d.]+)/.exec(r.stdout + r.stderr)?.[1];
  if (level === undefined) return t.skip('no systemd-analyze here');
  assert.ok(Number(level) <= 1.5, level);
});

test('N-12 the keeper may make at most 20 system calls, and opens no file', (t) => {
  const source = readFileSync(join(top, 'portal/keeper/confine.c'), 'utf8');
  const calls = [...source.matchAll(/CONFINE_(?:ALLOW|UNLESS)\((\w+)/g)].map((m) => m[1]);
  t.diagnostic(`${calls.length} calls`);
  assert.ok(calls.length > 10 && calls.length <= 20, `${calls.length}`);
  for (const never of ['open', 'openat', 'socket', 'connect', 'execve', 'fork', 'clone', 'clone3', 'ptrace', 'mprotect', 'sendmsg', 'recvmsg'])
    assert.ok(!calls.includes(never), never);
});

test('N-12 the responder may make at most 55 system calls; it starts, listens and becomes nothing', (t) => {
  const source = readFileSync(join(top, 'radius/serve/confine.c'), 'utf8').replace(/#else[^]*?#endif/g, '');
  const calls = [...source.matchAll(/CONFINE_(?:ALLOW|UNLESS)\((\w+)/g)].map((m) => m[1]);
  t.diagnostic(`${calls.length} calls`);
  assert.ok(calls.length > 40 && calls.length <= 55, `${calls.length}`);
  assert.equal(new Set(calls).size, calls.length);
  for (const never of ['execve', 'execveat', 'fork', 'vfork', 'clone', 'clone3', 'ptrace', 'mount', 'chmod', 'chown', 'setuid', 'bind', 'listen', 'kill', 'prctl', 'sendmsg', 'process_vm_readv', 'bpf', 'keyctl', 'io_uring_setup'])
    assert.ok(!calls.includes(never), never);
});

test('every sealed value of the store is either opened for a portal, or known not to be', () => {
  const sealed = readFileSync(join(top, 'core/service/sealed.h'), 'utf8').replace(/\\\n/g, ' ');
  const rules = readFileSync(join(top, 'portal/keeper/rules.c'), 'utf8');
  const never = ['access_point secret'];
  const places = [...sealed.matchAll(/SEALED_\(\s*"(\w+)",\s*\w+,\s*"(\w+)"/g)].map((m) => `${m[1]} ${m[2]}`);
  assert.ok(places.length >= 5, places.join());
  for (const at of places)
    assert.equal(rules.includes(`{"${at.replace(' ', '", "')}",`), !never.includes(at), at);
});
