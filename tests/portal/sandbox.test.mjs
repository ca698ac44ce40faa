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

const named = (text) => [...text.matchAll(/CONFINE_(?:ALLOW|UNLESS)\((\w+)|CONFINE_(SECCOMP)/g)].map((m) => (m[1] ?? m[2]).toLowerCase());
// name -> calls, of the responder's lists
function lists() {
  const source = readFileSync(join(top, 'radius/serve/confine.c'), 'utf8').replace(/#else[^]*?#endif/g, '');
  const any = /#define ANY_THREAD[^]*?\n\n/.exec(source)[0], poll = /#define POLL .*/.exec(source)[0];
  return Object.fromEntries([...source.matchAll(/struct confine_rule (\w+)\[\] = \{([^]*?)\};/g)]
    .map(([, name, text]) => [name, named(text.replace('ANY_THREAD', any).replace('POLL', poll))]));
}

test('N-12 a thread of the responder that hears strangers may make at most 27 system calls, over UDP 22', (t) => {
  const of = lists();
  t.diagnostic(Object.entries(of).map(([name, calls]) => `${name}: ${calls.length}`).join(', '));
  assert.deepEqual(Object.keys(of), ['calls', 'search', 'packets', 'streams', 'questions']);
  for (const [name, most] of Object.entries({ search: 16, packets: 22, streams: 27, questions: 24 })) {
    assert.ok(of[name].length > 15 && of[name].length <= most, `${name}: ${of[name].length}`);
    assert.equal(new Set(of[name]).size, of[name].length, name);
    for (const call of of[name]) assert.ok(of.calls.includes(call), `${name}: ${call} is refused by the list of the process`);
    for (const never of ['socket', 'connect', 'bind', 'unlink', 'rename', 'pwrite64', 'ftruncate', 'fsync', 'fcntl', 'fchmod', 'recvmsg', 'seccomp'])
      assert.ok(!of[name].includes(never), `${name}: ${never}`);
    if (name !== 'streams') assert.ok(!of[name].includes('openat'), `${name}: openat`);
  }
});

test('N-12 the responder may make at most 56 system calls; it starts, listens and becomes nothing', (t) => {
  const { calls } = lists();
  t.diagnostic(`${calls.length} calls`);
  assert.ok(calls.length > 40 && calls.length <= 56, `${calls.length}`);
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
