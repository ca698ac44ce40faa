// The responder is restarted under load, by the supervisor that keeps its
// sockets, and nobody notices but by waiting a moment.
//	LATCHKEY_RESTARTS=100	the long form
// alone: it sends 1,500 requests a second
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { site, secret } from '../lib/site.mjs';
import { send } from '../lib/radius.mjs';
import { build, freePort, must, program, scratch, sleep, start, until } from '../lib/process.mjs';
import { accountingRequest, attr } from '../lib/wpa.mjs';

const RESTARTS = Number(process.env.LATCHKEY_RESTARTS ?? 10), RATE = 1500;
let it, supervisor;
before(async () => {
  const port = await freePort();
  it = await site('restart', { address: '127.0.0.1', also: `portal {
    listen = {"127.0.0.1"}
    port = ${port}
    public_url = "https://localhost:${port}"
  }` });
  await it.tell('stations 200');
  const dir = scratch('restart-programs');
  copyFileSync(program('latchkey'), join(dir, 'latchkey'));
  symlinkSync(program('latchkey-radius'), join(dir, 'latchkey-radius'));
  writeFileSync(join(dir, 'latchkey-portal'), '#!/bin/sh\nexec sleep 7200\n');
  chmodSync(join(dir, 'latchkey-portal'), 0o755);
  supervisor = start(join(dir, 'latchkey'), ['-c', it.conf, 'run']);
  await supervisor.says(/radius\.ready/, 30000);
});
after(async () => { await supervisor?.stop(); await it?.end(); });

const ready = () => supervisor.output.match(/radius\.ready/g)?.length ?? 0;
const child = () => Number(execFileSync('pgrep', ['-P', String(supervisor.child.pid), '-x', 'latchkey-radius'], { encoding: 'utf8' }));

async function restart(signal) {
  const n = ready(), from = Date.now();
  process.kill(child(), signal);
  await until('the next responder', () => ready() > n, 30000);
  return Date.now() - from;
}

const open = (seconds) => must(join(build, 'tests/bench/radius_load'), ['--port', it.authPort, '--secret', secret,
  '--users', 200, '--ssid', it.ssid, '--rate', RATE, '--seconds', seconds, '--patience', 9].map(String))
  .then((line) => Object.fromEntries(line.trim().split(' ').map((w) => w.split('=')).map(([k, v]) => [k, Number(v)])));

// Newcomers that prove their key, and visits: what is searched for and stored.
async function others(going) {
  const key = await it.key();
  const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
  const all = [];
  for (let n = 0; going(); n++) {
    const station = `02-aa-${randomBytes(4).toString('hex').match(/../g).join('-')}`;
    if (n % 2)
      all.push(it.ask({ station, passphrase: key.passphrase, timeout: 9000 }).then((a) => a.what));
    else
      all.push(send(accountingRequest({ secret, attributes: [attr(40, int(1)), attr(44, `S${n}`), attr(1, station),
        attr(32, 'ap-1'), attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, station)] }), it.acctPort, { timeout: 9000 })
        .then((a) => a === null ? 'silence' : 'stored'));
    await sleep(100);
  }
  const got = await Promise.all(all), count = (what) => got.filter((x) => x === what).length;
  return { asked: got.length, accepted: count('accept'), stored: count('stored'), silence: count('silence'), refused: count('reject') };
}

// What one access point sees of its device: how long each question took, which
// it asks once more after a second when it hears nothing.
async function waits(going) {
  const took = [];
  let again = 0;
  while (going()) {
    const from = performance.now();
    assert.equal((await it.ask({ station: '02-4b-00-00-00-01', timeout: 1000, tries: 2 })).what, 'accept');
    took.push(performance.now() - from);
    again += took.at(-1) >= 1000;
    await sleep(2);
  }
  took.sort((a, b) => a - b);
  return { asked: took.length, again, usual: took[took.length >> 1], most: took.at(-1) };
}

// Added by a restart (N-07): 400 ms are hoped for on a machine that does nothing
// else; what is asked here leaves room for one that is busy.
const ADDED_MS = 2000;

test(`${RESTARTS} restarts at ${RATE} requests a second, and not one is unanswered (F-11, B-6, N-07)`, async (t) => {
  const seconds = Math.ceil(RESTARTS * 1.6) + 3, took = [];
  let going = true;
  const load = open(seconds), rest = others(() => going), one = waits(() => going);
  await sleep(500);
  for (let i = 0; i < RESTARTS; i++) {
    took.push(await restart('SIGTERM'));
    await sleep(600);
  }
  going = false;
  const [l, o, w] = await Promise.all([load, rest, one]);
  took.sort((a, b) => a - b);
  t.diagnostic(`from SIGTERM to the next one ready: median ${took[RESTARTS >> 1]} ms, most ${took.at(-1)} ms`);
  t.diagnostic(`asked ${l.sent}, accepted ${l.accepts}, refused ${l.rejects}, unanswered ${l.lost}; p50 ${l.p50_ms} ms, longest ${l.max_ms} ms`);
  t.diagnostic(JSON.stringify(o));
  t.diagnostic(`a restart adds at most ${(w.most - w.usual).toFixed(0)} ms to one device's question (${w.asked} asked, ${w.again} of them twice; usually ${w.usual.toFixed(1)} ms), ${(l.max_ms - l.p50_ms).toFixed(0)} ms to any`);
  assert.equal(l.lost, 0);
  assert.equal(l.rejects, 0);
  assert.equal(l.accepts, l.sent);
  assert.ok(l.sent > RATE * seconds * 0.8, 'the load was one');
  assert.equal(o.silence, 0, 'searches and commits under way are answered');
  assert.equal(o.refused, 0);
  assert.ok(w.asked >= 10 * RESTARTS, 'it was asked all the time');
  assert.ok(w.most - w.usual <= ADDED_MS, 'a restart is a moment');
  assert.ok(l.max_ms - l.p50_ms <= 2 * ADDED_MS, 'for everybody');
});

test('killed under load, it loses no more than it had in its hands, and a retransmission is answered (F-11)', async (t) => {
  const load = open(6);
  let asked = 0;
  await sleep(500);
  const retry = (async () => {
    for (; asked < 40; asked++)
      assert.equal((await it.ask({ station: '02-4b-00-00-00-01', timeout: 2500, tries: 3 })).what, 'accept');
  })();
  for (let i = 0; i < 3; i++) { await restart('SIGKILL'); await sleep(400); }
  await retry;
  const l = await load;
  t.diagnostic(`asked ${l.sent}, unanswered ${l.lost}`);
  assert.ok(l.lost <= 3 * 64, 'two batches each time at most');
});

test('what a device proved in the last moment is in the store (F-11)', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-77';
  await until('the key to be known', async () => (await it.ask({ station, passphrase: key.passphrase, timeout: 500 })).what === 'accept');
  await restart('SIGTERM');
  assert.match(await it.tell(`device ${key.id}`), new RegExp(station));
  assert.equal((await it.ask({ station })).what, 'accept', 'known by its address');
});

test('a commit that waits for the store when the end comes is waited for (F-11)', async () => {
  const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
  const lock = start('python3', ['-c', `import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute('BEGIN IMMEDIATE')
print('locked', flush=True)
time.sleep(1)
c.execute('ROLLBACK')`, join(it.dir, 'latchkey.db')]);
  await lock.says(/locked/);
  const answer = send(accountingRequest({ secret, attributes: [attr(40, int(1)), attr(44, 'late'), attr(1, '02aa00000077'),
    attr(32, 'ap-1'), attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, '02-aa-00-00-00-77')] }), it.acctPort, { timeout: 9000 });
  await sleep(100);
  await restart('SIGTERM');
  assert.notEqual(await answer, null);
});

test('systemd keeps the same sockets', () => {
  const unit = (name) => readFileSync(new URL(`../../conf/systemd/${name}`, import.meta.url), 'utf8');
  for (const name of ['latchkey-radius.socket', 'latchkey-radius-acct.socket'])
    assert.match(unit(name), /^Service=latchkey-radius\.service$/m);
  assert.match(unit('latchkey-radius.service'), /^Requires=latchkey-radius\.socket latchkey-radius-acct\.socket$/m);
});
