// B-4: a worker that is taken over does not hold the keys of all. Its memory is
// read, its keeper killed, and asked by hand for what no page shows.
// waits: limits of a minute, and restarts
import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { must, program, run, sleep, start, top, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

const root = process.getuid() === 0;
let p, token, key, others;
const latchkey = (...args) => must(program('latchkey'), ['-c', p.conf, ...args]);
const curl = (path, ...args) => must('curl', ['-sS', '--max-time', '10', '--cacert', p.ca, '-H', `Authorization: Bearer ${token}`, ...args, p.url + path]);
const reveal = () => curl(`/api/v1/keys/${key}/reveal`, '-X', 'POST').then((t) => JSON.parse(t));

async function furnish() {
  const person = JSON.parse(await latchkey('person', 'add', '--name', 'Ida', '--json'));
  key = JSON.parse(await latchkey('key', 'issue', '--person', person.id, '--plan', 'Employee', '--json')).id;
  others = [];
  for (let i = 0; i < 6; i++) others.push(JSON.parse(await latchkey('key', 'issue', '--person', person.id, '--plan', 'Employee', '--name', `thing ${i}`, '--json')).id);
  token = JSON.parse(await latchkey('token', 'add', '--name', 't', '--scopes', 'read,people,keys,reveal', '--json')).token;
}

before(async () => {
  p = await startPortal({ responder: true, keys: 'reveal_burst = 4 reveal_per_minute = 60' });
  await furnish();
});
after(() => p?.stop());

const stat = (pid) => readFileSync(`/proc/${pid}/stat`, 'latin1');
const parent = (pid) => Number(stat(pid).replace(/^.*\) . /s, '').split(' ')[0]);
const children = (of) => readdirSync('/proc').filter((d) => /^\d+$/.test(d)).map(Number).filter((pid) => {
  try { return parent(pid) === of && !/\) Z/.test(stat(pid)); } catch { return false; }
});
const name = (pid) => /\((.*)\)/.exec(stat(pid))[1];
const guard = () => children(p.portal.child.pid).find((pid) => name(pid) === 'latchkey-guard');
const keeper = () => guard() && children(guard())[0];
const workers = () => children(p.portal.child.pid).filter((pid) => pid !== guard());

// Whether the memory of PID holds one of OCTETS.
function holds(pid, octets) {
  const fd = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line) ?? [];
      if (!rights?.startsWith('rw')) continue;
      let at = parseInt(from, 16);
      for (const end = parseInt(to, 16); at < end; at += 1 << 20) {
        const b = Buffer.alloc(Math.min((1 << 20) + 64, end - at));
        let n = 0;
        try { n = readSync(fd, b, 0, b.length, at); } catch { continue; }
        if (octets.some((o) => b.subarray(0, n).includes(o))) return true;
      }
    }
    return false;
  } finally { closeSync(fd); }
}

// The key that seals, and what AES makes of it first, as they are in memory.
function ring() {
  const lines = readFileSync(join(p.dir, 'master.key'), 'utf8').trim().split('\n').map((l) => Buffer.from(l.split(' ')[3], 'base64url'));
  const derive = (k, what) => Buffer.from(hkdfSync('sha256', k, Buffer.alloc(0), what, 32));
  return { master: lines, seal: lines.slice(1).map((k) => derive(k, 'latchkey seal 1')), csrf: derive(lines.at(-1), 'latchkey csrf 1') };
}

test('B-4 the master key is in the memory of the keeper, and of no worker', { skip: !root && 'needs root' }, async () => {
  assert.match((await reveal()).passphrase, /^.{8,63}$/);
  const { master, seal, csrf } = ring();
  assert.ok(workers().length >= 2, 'worker and key manager');
  assert.equal(holds(keeper(), seal), true, 'the search finds it where it is');
  let shares = 0;
  for (const pid of workers()) {
    assert.equal(holds(pid, [...master, ...seal]), false, name(pid));
    shares += holds(pid, [csrf]) ? 1 : 0;
  }
  assert.ok(shares >= 1, 'the search finds what a worker does have');
  assert.equal(holds(p.portal.child.pid, [...master, ...seal]), false, 'the parent');
});

test('the keeper logs what it opens, and stops at its limit', async () => {
  const opened = () => (p.portal.output.match(/keeper\.opened/g) ?? []).length;
  const before = opened();
  await reveal();
  await until('the line', () => opened() === before + 1);
  assert.match(p.portal.output, new RegExp(`keeper\\.opened key=${key}`));
  let status = '';
  for (const other of others)
    if (status !== '429') status = await curl(`/api/v1/keys/${other}/reveal`, '-X', 'POST', '-o', '/dev/null', '-w', '%{http_code}');
  assert.equal(status, '429');
  assert.match(p.portal.output, /keeper\.refused kind=THROTTLED table=wifi_key column=passphrase/);
  // all else goes on, and so do passwords after a while
  assert.equal(await curl('/api/v1/keys', '-o', '/dev/null', '-w', '%{http_code}'), '200');
  await sleep(3100);
  assert.match((await reveal()).passphrase, /^.{8,63}$/);
});

test('F-16 the keeper is killed: another one comes, and nobody notices', { skip: !root && 'needs root' }, async () => {
  await sleep(4000); // some openings come back
  for (let i = 0; i < 3; i++) {
    const was = keeper();
    process.kill(was, 'SIGKILL');
    await until('another keeper', () => keeper() !== undefined && keeper() !== was);
    assert.match((await reveal()).passphrase, /^.{8,63}$/);
  }
  assert.equal(p.portal.ended, null);
});

test('S-05 a new master key: the next keeper reads it, and the portal goes on reading and writing', { skip: !root && 'needs root' }, async () => {
  await must('chgrp', ['nogroup', join(p.dir, 'master.key')]); // the responder's
  await must('chmod', ['640', join(p.dir, 'master.key')]);
  const was = keeper(), before = readFileSync(join(p.dir, 'master.key'), 'utf8');
  await latchkey('ring', 'rotate', '--wait', '3');
  const now = readFileSync(join(p.dir, 'master.key'), 'utf8');
  assert.notEqual(now.trim().split('\n').at(-1), before.trim().split('\n').at(-1));
  assert.equal(now.trim().split('\n').length, 2, 'the old key is gone');
  assert.match((await reveal()).passphrase, /^.{8,63}$/);
  const made = JSON.parse(await curl('/api/v1/people', '-H', 'Content-Type: application/json', '-d', '{"name":"after"}'));
  assert.equal(made.name, 'after');
  assert.notEqual(keeper(), was);
  if (root) assert.equal(holds(keeper(), ring().seal), true);
});

test('F-16 the guard is killed: the portal ends, for its supervisor to start again', { skip: !root && 'needs root' }, async () => {
  process.kill(guard(), 'SIGKILL');
  const end = await until('the end', () => p.portal.ended, 20000);
  assert.notEqual(end.code, 0);
  assert.match(p.portal.output, /portal\.no-keeper/);
});

test('a keeper of its own unit, asked by its socket; it may come and go', async () => {
  const at = join(p.dir, 'keeper.sock');
  const begin = async () => {
    const k = start(program('latchkey-keeper'), ['-c', p.conf, '-s', at]);
    await k.says(/keeper\.ready/);
    return k;
  };
  let k = await begin();
  assert.equal(statSync(at).mode & 0o777, 0o660);
  if (root) await must('chown', ['nobody', at]);
  // it is slow to begin, and the portal waits for it
  const slow = [k.child.pid, ...children(k.child.pid)];
  assert.equal(slow.length, 2, 'who has the key, and who answers');
  for (const pid of slow) process.kill(pid, 'SIGSTOP');
  const portal = start(program('latchkey-portal'), ['-c', p.conf, '-k', at]);
  await sleep(5000);
  assert.equal(portal.ended, null);
  assert.doesNotMatch(portal.output, /portal\.(no-keeper|ready)/);
  for (const pid of slow) process.kill(pid, 'SIGCONT');
  await until('an answer', async () => (await run('curl', ['-sS', '--cacert', p.ca, `${p.url}/readyz`])).stdout.includes('ready'), 20000);
  assert.match((await reveal()).passphrase, /^.{8,63}$/);
  await k.stop('SIGKILL');
  k = await begin();
  if (root) await must('chown', ['nobody', at]);
  assert.match((await reveal()).passphrase, /^.{8,63}$/);
  // gone for long: an error that says so, and pages that need no secret go on
  await k.stop('SIGKILL');
  const r = JSON.parse(await curl(`/api/v1/keys/${key}/reveal`, '-X', 'POST'));
  assert.equal(r.status, 503);
  assert.equal(await curl('/api/v1/keys', '-o', '/dev/null', '-w', '%{http_code}'), '200');
  k = await begin();
  if (root) await must('chown', ['nobody', at]);
  assert.match((await reveal()).passphrase, /^.{8,63}$/);
  await k.stop();
  await eachCallFails(at);
  await portal.stop();
});

// F-03: of the calls that a keeper makes on its sockets each fails once: it
// stays, and the portal has its answer all the same.
async function eachCallFails(at) {
  const library = join(p.dir, 'bad.so'), { EINTR, ENOMEM, EAGAIN, EMFILE } = constants.errno;
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(top, 'tests/lib/bad_disk.c')]);
  for (const how of process.env.LATCHKEY_LONG ? [EINTR, ENOMEM, EAGAIN, EMFILE] : [EINTR, ENOMEM])
    for (let n = 2; n <= 7; n++) { // the first one makes its socket
      const what = `call ${n} fails with ${how}`;
      const k = start(program('latchkey-keeper'), ['-c', p.conf, '-s', at],
        { env: { ...process.env, LD_PRELOAD: library, BAD_DISK_NET: '1', BAD_DISK_AT: String(n), BAD_DISK_HOW: String(how) } });
      await k.says(/keeper\.ready/);
      if (root) await must('chown', ['nobody', at]);
      for (let i = 0; i < 2; i++) assert.match((await reveal()).passphrase ?? '', /^.{8,63}$/, what);
      assert.equal(k.ended, null, what);
      await k.stop();
    }
  const k = start(program('latchkey-keeper'), ['-c', p.conf, '-s', at],
    { env: { ...process.env, LD_PRELOAD: library, BAD_DISK_NET: '1', BAD_DISK_AT: '1', BAD_DISK_HOW: String(EMFILE) } });
  assert.notEqual((await k.exit).code, 0);
  assert.match(k.output, /keeper\.cannot-listen.*Too many open files/);
}
