// Processes: who holds what, how they stop, come back and change certificates.
// waits: workers to be started again
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { answers, dial, get, raw, site } from '../lib/portal.mjs';
import { must, program, run, sleep, start, top, until } from '../lib/process.mjs';

// The processes of PORTAL: {parent, worker, keymgr}.
async function family(portal) {
  const list = await must('ps', ['-eo', 'pid=,ppid=,user=,args=', '--no-headers']);
  const rows = list.split('\n').map((l) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(l)).filter(Boolean)
    .map(([, pid, ppid, user, args]) => ({ pid: Number(pid), ppid: Number(ppid), user, args }));
  const ours = rows.filter((r) => r.ppid === portal.child.pid);
  return { worker: ours.find((r) => /wrk/.test(r.args)), keymgr: ours.find((r) => /keymgr/.test(r.args)) };
}

const status = (pid) => Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n')
  .map((l) => l.split(/:\s+/)));

describe('processes', { timeout: 120000 }, () => {
  let s, portal;
  before(async () => { s = await site(); portal = await s.start(); });
  after(() => portal?.stop());

  test('the sandbox is on, for the worker and the key manager, and nobody gains rights', async () => {
    const f = await family(portal);
    for (const p of [f.worker, f.keymgr]) {
      const st = status(p.pid);
      assert.equal(st.Seccomp, '2');
      assert.equal(st.NoNewPrivs, '1');
      if (process.getuid() === 0) {
        assert.notEqual(p.user, 'root');
        assert.match(st.CapEff, /^0+$/);
      }
    }
    for (const tid of await must('ls', [`/proc/${f.worker.pid}/task`]).then((t) => t.trim().split('\n')))
      assert.match(readFileSync(`/proc/${f.worker.pid}/task/${tid}/status`, 'utf8'), /Seccomp:\s+2/);
  });

  test('S-08 no process leaves a core or lets others read its memory', async () => {
    const f = await family(portal);
    for (const pid of [portal.child.pid, f.worker.pid, f.keymgr.pid]) {
      assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /Max core file size\s+0\s+0/);
      // what cannot be dumped belongs to root below /proc
      const owner = (await must('stat', ['-c', '%u', `/proc/${pid}/environ`])).trim();
      assert.equal(owner, '0');
    }
  });

  test('S-08 only the key manager holds the private key', { skip: process.getuid() !== 0 }, async () => {
    const f = await family(portal);
    const text = (await must('openssl', ['pkey', '-in', s.key, '-noout', '-text']));
    const hex = /priv:\s*([0-9a-f:\s]+?)\n\s*pub:/.exec(text)[1].replace(/[^0-9a-f]/g, '').slice(-64);
    const big = Buffer.from(hex, 'hex');
    const little = Buffer.from(big).reverse();
    const pem = readFileSync(s.key, 'utf8').split('\n')[1];
    const holds = async (pid) => {
      const { openSync, readSync, closeSync } = await import('node:fs');
      const fd = openSync(`/proc/${pid}/mem`, 'r');
      let found = false;
      for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
        const m = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
        if (!m) continue;
        const from = parseInt(m[1], 16), len = Math.min(parseInt(m[2], 16) - from, 64 << 20);
        const b = Buffer.alloc(len);
        try { readSync(fd, b, 0, len, from); } catch { continue; }
        found ||= b.includes(big) || b.includes(little) || b.includes(pem);
      }
      closeSync(fd);
      return found;
    };
    await raw(s, [get('/healthz')]).then((it) => it.socket.destroy());
    assert.equal(await holds(f.keymgr.pid), true, 'the search finds what is there');
    assert.equal(await holds(f.worker.pid), false);
    assert.equal(await holds(portal.child.pid), false);
  });

  test('W-35 a killed worker is back within a second, again and again', async () => {
    for (const signal of ['SIGKILL', 'SIGSEGV']) {
      const before = (await family(portal)).worker.pid;
      process.kill(before, signal);
      const killed = Date.now();
      await until('another worker that answers', async () => {
        const now = (await family(portal)).worker;
        if (!now || now.pid === before) return false;
        const it = await raw(s, [get('/healthz')], { ms: 3000 }).catch(() => null);
        it?.socket.destroy();
        return it?.list[0]?.status === 200;
      });
      assert.ok(Date.now() - killed < 3000, `${Date.now() - killed} ms`);
      await sleep(5200); // it lived
    }
    // handshakes do not get the answers of the dead one's
    for (let i = 0; i < 30; i++) {
      const it = await raw(s, [get('/healthz')]);
      assert.equal(it.list[0].status, 200);
      it.socket.destroy();
    }
    assert.equal(portal.ended, null);
  });

  test('certificate and key change without a failed handshake; a mismatched pair is refused (F-13)', async () => {
    const next = await s.issue('next', { hosts: ['localhost', 'next.example'], rsa: true });
    const serial = async () => {
      const it = dial(s);
      await it.open;
      const { serialNumber } = it.socket.getPeerCertificate();
      it.socket.destroy();
      return serialNumber;
    };
    const first = await serial();
    let failed = 0, done = 0, on = true;
    const load = Promise.all([1, 2, 3].map(async () => {
      while (on) {
        await serial().catch(() => { failed++; });
        done++;
      }
    }));
    // only the certificate: not a pair
    const pem = readFileSync(s.cert), key = readFileSync(s.key);
    copyFileSync(next.cert, s.cert);
    portal.child.kill('SIGUSR1');
    await portal.says(/is not the key of the certificate/);
    assert.equal(await serial(), first);
    // both
    writeFileSync(s.key, readFileSync(next.key));
    portal.child.kill('SIGHUP');
    await until('the new certificate', async () => (await serial()) !== first);
    for (let i = 0; i < 10; i++) { // and back and forth
      writeFileSync(s.cert, i % 2 ? readFileSync(next.cert) : pem);
      writeFileSync(s.key, i % 2 ? readFileSync(next.key) : key);
      portal.child.kill('SIGUSR1');
      await sleep(150);
    }
    on = false;
    await load;
    assert.equal(failed, 0, `${failed} of ${done}`);
    assert.ok(done > 20);
  });
});

describe('stopping', { timeout: 60000 }, () => {
  test('SIGTERM: what is under way is answered, new connections are refused', async () => {
    const s = await site();
    const portal = await s.start();
    const idle = await raw(s, [get('/healthz')]);
    const slow = dial(s);
    await slow.open;
    slow.socket.write('GET /healthz HTTP/1.1\r\nHost: local');
    const body = dial(s);
    await body.open;
    body.socket.write('POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na');
    await sleep(300);
    portal.child.kill('SIGTERM');
    await until('the idle connection to end', () => idle.ended);
    const late = dial(s);
    await late.closed;
    assert.equal(late.error?.code, 'ECONNREFUSED');
    assert.equal(portal.ended, null);
    slow.socket.write('host\r\n\r\n');
    body.socket.write('=b');
    await until('the answers', () => slow.ended && body.ended);
    assert.equal(answers(slow.text())[0].status, 200);
    assert.equal(answers(slow.text())[0].headers.connection, 'close');
    assert.equal(answers(body.text()).length, 1);
    assert.deepEqual(await portal.exit, { code: 0, signal: null });
  });

  test('SIGTERM: who never finishes is not waited for longer than 10 s', async () => {
    const s = await site();
    const portal = await s.start();
    const slow = dial(s);
    await slow.open;
    slow.socket.write('GET / HTTP/1.1\r\n');
    await sleep(200);
    const from = Date.now();
    assert.deepEqual(await portal.stop('SIGTERM', 20000), { code: 0, signal: null });
    assert.ok(Date.now() - from < 12000);
  });

  test('the parent killed outright takes the others with it', async () => {
    const s = await site();
    const portal = await s.start();
    const f = await family(portal);
    portal.child.kill('SIGKILL');
    await portal.exit;
    await until('all to be gone', async () => (await run('ps', ['-p', `${f.worker.pid},${f.keymgr.pid}`, '-o', 'pid='])).stdout.trim() === '', 15000);
  });
});

describe('starting', { timeout: 60000 }, () => {
  test('a configuration that cannot be used is exit 78 and a line that says why (F-12)', async () => {
    const r = await run(program('latchkey-portal'), ['-c', '/nowhere/latchkey.conf']);
    assert.equal(r.code, 78);
    assert.match(r.stderr, /\/nowhere\/latchkey\.conf/);
  });

  test('a key that is not that of the certificate is exit 78', async () => {
    const s = await site();
    const other = await s.issue('other');
    writeFileSync(s.key, readFileSync(other.key));
    const r = await run(program('latchkey-portal'), ['-c', s.conf], { timeout: 30000 });
    assert.equal(r.code, 78);
    assert.match(r.stderr, /is not the key of the certificate/);
  });

  test('a keeper of another version is exit 78: to start again does not mend it', async () => {
    const s = await site();
    const socket = join(s.dir, 'keeper.sock');
    const keeper = start('python3', [join(top, 'tests/lib/other_keeper.py'), socket]);
    await until('the keeper', () => keeper.output.includes('ready'));
    const r = await run(program('latchkey-portal'), ['-c', s.conf, '-k', socket], { timeout: 30000 });
    await keeper.stop();
    assert.match(r.stderr, /portal\.no-keeper .*another version/);
    assert.equal(r.code, 78);
  });

  test('an address in use is said', async () => {
    const s = await site();
    const squatter = createServer();
    await new Promise((done) => squatter.listen(s.port, '127.0.0.1', done));
    const r = await run(program('latchkey-portal'), ['-c', s.conf], { timeout: 30000 });
    squatter.close();
    assert.equal(r.code, 1);
    assert.match(r.stderr, /cannot listen on 127\.0\.0\.1/);
  });

  test('a socket inherited by name is used', async () => {
    const s = await site();
    const parent = start('systemd-socket-activate', ['--listen', `127.0.0.1:${s.port}`, '--fdname', 'https',
      program('latchkey-portal'), '-c', s.conf]);
    try {
      await parent.says(/Listening/, 10000);
      const it = await raw(s, [get('/healthz')], { ms: 30000 });
      assert.equal(it.list[0].status, 200);
      it.socket.destroy();
    } finally { await parent.stop(); }
  });
});
