// What each running process may do, and what of it can be seen by others.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, program, run, start, top, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

const root = process.getuid() === 0;
let p;
before(async () => {
  const [radsec, metrics] = [await freePort(), await freePort()];
  p = await startPortal({ responder: true, radius: `metrics_listen = "127.0.0.1:${metrics}"`,
    providers: `radsec { listen = {"127.0.0.1"} port = ${radsec} }` });
  await until('the responder', () => /radius\.ready/.test(p.radius.output));
});
after(async () => {
  await p?.radius.stop(); // another one than it was begun with
  await p?.stop();
});

const status = (pid, what) => new RegExp(`^${what}:\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
const parent = (pid) => Number(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) . /s, '').split(' ')[0]);
const comm = (pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
const alive = (pid) => existsSync(`/proc/${pid}`) && status(pid, 'State') !== 'Z';

// {name: pid} of everything that runs
function processes() {
  const found = { portal: p.portal.child.pid, radius: p.radius.child.pid };
  for (const pid of readdirSync('/proc').filter((d) => /^\d+$/.test(d)).map(Number)) {
    try {
      const mine = parent(pid) === found.portal;
      if (mine || /latchkey-keeper/.test(comm(pid)) && parent(parent(pid)) === found.portal)
        found[comm(pid).startsWith('latchkey-') && !comm(pid).startsWith('latchkey-port') ? comm(pid).slice(9) : /\[(\w+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))?.[1] ?? pid] = pid;
    } catch { /* it ended meanwhile */ }
  }
  return found;
}

// As the user UID, without any privilege: what the shell command answers.
const as = (uid, command) => run('setpriv',
  ['--reuid', String(uid), '--regid', '65534', '--clear-groups', 'sh', '-c', command]);

const attach = (pid) => `python3 -c 'import ctypes,sys
sys.exit(0 if ctypes.CDLL(None, use_errno=True).ptrace(16, ${pid}, 0, 0) == 0 else 1)'`;

test('S-09 no process leaves a core, shows its memory, or is traced by its own user', { skip: !root && 'needs root' }, async () => {
  const all = processes();
  assert.ok(Object.keys(all).length >= 4, JSON.stringify(all));
  for (const [name, pid] of Object.entries(all)) {
    assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /Max core file size +0 +0 /, name);
    const uid = status(pid, 'Uid');
    if (uid === '0') continue; // root may all, and is asked for nothing by anybody
    for (const secret of ['mem', 'environ', 'maps'])
      assert.notEqual((await as(uid, `head -c1 /proc/${pid}/${secret} >/dev/null`)).code, 0, `${name}: /proc/${pid}/${secret}`);
    assert.notEqual((await as(uid, attach(pid))).code, 0, `${name} can be traced`);
  }
  // the same trial on a process that does not mind: it is the programs that refuse
  assert.equal((await as(65534, `sleep 5 & head -c1 /proc/$!/environ >/dev/null; r=$?; kill $!; exit $r`)).code, 0);
});

test('B-4 everything that reads what strangers send is of another user than root, without capabilities', { skip: !root && 'needs root' }, () => {
  const all = processes();
  const users = new Set();
  for (const [name, pid] of Object.entries(all)) {
    // the parent has sockets and children, the guard one child: neither reads anything
    if (name === 'portal' || name === 'guard') continue;
    assert.notEqual(status(pid, 'Uid'), '0', name);
    assert.match(status(pid, 'CapEff'), /^0+$/, name);
    assert.match(status(pid, 'CapPrm'), /^0+$/, name);
    assert.equal(status(pid, 'NoNewPrivs'), '1', name);
    users.add(`${status(pid, 'Uid')}`);
  }
  assert.ok(users.size >= 2, 'the private key has a user of its own');
});

test('S-10 the worker cannot open the private key, nor anybody the master key; the key manager not the store', { skip: !root && 'needs root' }, async () => {
  const all = processes();
  const worker = Object.entries(all).find(([n]) => n.startsWith('worker') || n === 'wrk')[1];
  const keymgr = Object.entries(all).find(([n]) => n.startsWith('keymgr'))[1];
  const uid = { worker: status(worker, 'Uid'), keymgr: status(keymgr, 'Uid'), radius: status(all.radius, 'Uid') };
  const opens = async (who, file) => (await as(uid[who], `head -c1 '${join(p.dir, file)}' >/dev/null`)).code === 0;
  assert.equal(await opens('keymgr', 'portal.key'), true, 'the key manager reads its key');
  assert.equal(await opens('worker', 'portal.key'), false, 'the worker reads the private key');
  assert.equal(await opens('worker', 'latchkey.db'), true, 'the worker reads the store');
  assert.equal(await opens('keymgr', 'latchkey.db'), false, 'the key manager reads the store');
  for (const who of Object.keys(uid)) assert.equal(await opens(who, 'master.key'), false, `${who} reads the master key`);
  // and none of them has them open
  for (const [name, pid] of Object.entries(all))
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      let to = '';
      try { to = readlinkSync(`/proc/${pid}/fd/${fd}`); } catch { /* closed meanwhile */ }
      assert.ok(!/master\.key|portal\.key/.test(to), `${name} holds ${to}`);
    }
});

test('a worker that faults is replaced, leaves no file behind, and pages go on', async () => {
  const before = readdirSync(p.dir).length;
  const worker = Object.entries(processes()).find(([n]) => n.startsWith('worker') || n === 'wrk')[1];
  for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGSYS']) {
    const now = Object.entries(processes()).find(([n]) => n.startsWith('worker') || n === 'wrk')[1];
    process.kill(now, signal);
    await until('its end', () => !alive(now));
    await until('another', () => Object.entries(processes()).some(([n, pid]) => (n.startsWith('worker') || n === 'wrk') && pid !== now));
    await until('an answer', async () => (await run('curl', ['-sS', '-o', '/dev/null', '--max-time', '5', '--cacert', p.ca, `${p.url}/readyz`])).code === 0, 20000);
  }
  assert.equal(alive(worker), false);
  assert.equal(readdirSync(p.dir).filter((f) => f.startsWith('core')).length, 0);
  assert.ok(readdirSync(p.dir).length <= before + 1);
});

// Linux on x86-64
const calls = { getpid: 39, fork: 57, execve: 59, kill: 62, ptrace: 101, chmod: 90, setuid: 105, mount: 165, openat: 257, socket: 41, listen: 50, bpf: 321, seccomp: 317,
  poll: 7, read: 0, close: 3, unlink: 87, rename: 82, connect: 42, accept4: 288, pwrite64: 18, fsync: 74, io_uring_setup: 425 };
const makes = async (pid, call, ...args) => (await run('python3', [join(top, 'tests/lib/syscall.py'), String(pid), String(calls[call]), ...args.map(String)])).stdout.trim();
const fresh = (name, old) => until(`another ${name}`, async () => {
  const pid = Object.entries(processes()).find(([n]) => n.startsWith(name))?.[1];
  return pid !== old && (await run('curl', ['-sS', '-o', '/dev/null', '--max-time', '5', '--cacert', p.ca, `${p.url}/readyz`])).code === 0 && pid;
}, 30000);

// Nobody supervises the responder here.
async function respawn() {
  await p.radius.stop();
  p.radius = start(program('latchkey-radius'), ['-c', p.conf], {});
  await until('the responder', () => /radius\.ready/.test(p.radius.output));
  return p.radius.child.pid;
}

for (const [name, never] of Object.entries({
  wrk: ['fork', 'execve', 'kill', 'ptrace', 'chmod', 'setuid', 'mount', 'bpf', 'io_uring_setup'],
  keeper: ['fork', 'execve', 'openat', 'socket', 'kill', 'setuid'],
  radius: ['fork', 'execve', 'listen', 'ptrace', 'kill', 'chmod', 'setuid', 'mount', 'bpf', 'io_uring_setup'] }))
  // the first three in the short form: each needs another process afterwards
  test(`B-7, S-10 code of a stranger in the ${{ wrk: 'worker', radius: 'responder' }[name] ?? name}: each forbidden call ends the whole process`,
    { skip: !root ? 'needs root' : process.arch !== 'x64' && 'x86-64 only' }, async () => {
      const another = (old) => name === 'radius' ? respawn() : fresh(name, old);
      let pid = await another();
      assert.match(await makes(pid, 'getpid'), new RegExp(`^returned ${pid}$`), 'a call it may make is made');
      assert.ok(alive(pid));
      for (const call of process.env.LATCHKEY_LONG ? never : never.slice(0, 3)) {
        assert.equal(await makes(pid, call), 'killed 31', call);
        await until('its end', () => !alive(pid), 5000);
        pid = await another(pid);
      }
    });

// What threads of the responder there are: [[name, number]].
const threads = () => readdirSync(`/proc/${p.radius.child.pid}/task`)
  .map((tid) => [readFileSync(`/proc/${p.radius.child.pid}/task/${tid}/comm`, 'utf8').trim(), Number(tid)]);
const named = (name) => threads().find(([n]) => n === name)?.[1];
const filters = (tid) => Number(status(`${p.radius.child.pid}/task/${tid}`, 'Seccomp_filters') ?? 2);

test('the filter of the responder holds for every thread, and each has one of its own', async () => {
  assert.deepEqual([...new Set(threads().map(([name]) => name))].sort(),
    ['control', 'disconnects', 'feed', 'hours', 'latchkey-radius', 'metrics', 'packets', 'radsec', 'scribe', 'search']);
  await until('each thread to have its own', () => threads().every(([, tid]) => filters(tid) === 2));
  for (const [name, tid] of threads()) assert.equal(status(`${p.radius.child.pid}/task/${tid}`, 'Seccomp'), '2', name);
});

const firmly = { seccomp: [1, 0, 0], openat: [-1, 0, 2] }; // openat() to write
const fault = -14, noFile = -9; // no such address, no such descriptor
for (const [name, may, never] of [
  ['search', {}, ['openat', 'read', 'socket', 'poll', 'seccomp']],
  ['packets', { poll: 0 }, ['openat', 'socket', 'unlink', 'close', 'connect', 'accept4', 'seccomp']],
  ['radsec', { openat: fault }, ['openat', 'socket', 'unlink', 'connect', 'rename', 'pwrite64', 'fsync', 'seccomp']],
  ['control', { poll: 0 }, ['openat', 'socket', 'unlink', 'connect', 'seccomp']],
  ['feed', { openat: fault, fsync: noFile }, ['seccomp', 'fork']],
  ['latchkey-radius', { openat: fault }, ['seccomp']]])
  test(`N-12, B-7 code of a stranger in the thread "${name}" makes the calls of that thread only`,
    { skip: !root ? 'needs root' : process.arch !== 'x64' && 'x86-64 only' }, async () => {
      const own = async () => { await until(`${name} to be confined`, () => filters(named(name)) === 2); return named(name); };
      for (const [call, answer] of Object.entries(may))
        assert.equal(await makes(await own(), call, ...(call === 'poll' ? [0, 0, 0] : [-1, 0])), `returned ${answer}`, call);
      for (const call of process.env.LATCHKEY_LONG ? never : never.slice(0, 1)) {
        const pid = p.radius.child.pid;
        await makes(await own(), call, ...(firmly[call] ?? []));
        await until(`the end of it all: ${call}`, () => !alive(pid), 5000);
        assert.equal((await p.radius.exit).signal, 'SIGSYS', call);
        await respawn();
      }
    });

// A call that waits is another one when it goes on (restart_syscall(2)).
test('F-16 processes that are stopped for a while go on; none takes it for a forbidden call', async () => {
  const all = Object.values(processes());
  for (let i = 0; i < 3; i++) {
    for (const pid of all) process.kill(pid, 'SIGSTOP');
    await until('them to stand', () => all.every((pid) => status(pid, 'State') === 'T'));
    for (const pid of all) process.kill(pid, 'SIGCONT');
    await until('them to go on', () => all.every((pid) => status(pid, 'State') !== 'T'));
  }
  assert.equal((await run('curl', ['-sS', '-o', '/dev/null', '--max-time', '5', '--cacert', p.ca, `${p.url}/readyz`])).code, 0);
  assert.deepEqual(Object.values(processes()).sort(), all.sort());
});
