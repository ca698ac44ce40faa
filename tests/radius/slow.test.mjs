// What the responder writes down is behind its answers: a disk, a lock, a log
// that takes long holds nobody up (F-17, F-19).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { must, program, run, sleep, start, top, until } from '../lib/process.mjs';
import { site } from '../lib/site.mjs';

const long = Boolean(process.env.LATCHKEY_LONG);
const MANY = long ? 40 : 20;
let it, key, next = 1;
before(async () => {
  it = await site('slow', { address: '127.0.0.1' });
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', join(it.dir, 'slow.so'), join(top, 'tests/lib/slow_disk.c')]);
  await it.tell('devices 500');
  key = await it.key();
});
after(() => it.end());

const devices = () => Number(execFileSync('sqlite3', ['-cmd', '.timeout 20000', join(it.dir, 'latchkey.db'), 'SELECT count(*) FROM device'], { encoding: 'utf8' }));

// MANY devices join that nobody has seen: each is something to write. How long
// each of them waited, sorted.
async function joins() {
  const took = [];
  for (let i = 0; i < MANY; i++) {
    const station = `02-ee-00-00-00-${(next++).toString(16).padStart(2, '0')}`;
    const at = performance.now();
    const r = await it.ask({ station, passphrase: key.passphrase });
    took.push(performance.now() - at);
    assert.equal(r.what, 'accept', station);
  }
  return took.sort((a, b) => a - b);
}
const at = (took, share) => took[Math.floor(took.length * share)].toFixed(1);

test('the disk takes 200 ms, then 2 s, to be sure: answers do not (F-17)', async (t) => {
  for (const ms of long ? [0, 200, 2000] : [2000]) {
    const before = devices();
    await it.responder({ env: { ...process.env, LD_PRELOAD: join(it.dir, 'slow.so'), SLOW_DISK_MS: String(ms) } });
    const took = await joins();
    t.diagnostic(`fsync ${ms} ms later: half within ${at(took, 0.5)} ms, the slowest ${at(took, 0.99)} ms`);
    assert.ok(took.at(-1) < 1500, `${took.at(-1)} ms`); // one wait for that disk would be 2 s
    await until('all to be written down', () => devices() === before + MANY, 60000);
    await it.radius.stop('SIGTERM', 30000);
  }
});

// A connection of somebody else, in the middle of STATEMENTS, until T ends.
async function holding(t, statements) {
  const db = start('sh', ['-c', `(echo "${statements}"; sleep 600) | sqlite3 '${join(it.dir, 'latchkey.db')}'`], { detached: true });
  const release = async () => {
    if (!db.ended) process.kill(-db.child.pid, 'SIGKILL');
    await db.exit;
  };
  t.after(release);
  await db.says(/held/, 20000);
  return release;
}
test('somebody holds the writer\'s lock for long: answers go on, and all is written afterwards (F-17)', async (t) => {
  await it.responder();
  const before = devices();
  const release = await holding(t, "BEGIN IMMEDIATE; SELECT 'held';");
  const took = await joins();
  t.diagnostic(`under the lock: half within ${at(took, 0.5)} ms, the slowest ${at(took, 0.99)} ms`);
  assert.ok(took.at(-1) < 1500, `${took.at(-1)} ms`);
  await sleep(long ? 60000 : 1000);
  assert.equal((await it.ask({ station: '02-ee-00-00-00-01', passphrase: key.passphrase })).what, 'accept');
  assert.equal(devices(), before, 'nothing could be written');
  await release();
  await until('all to be written down', () => devices() === before + MANY, 90000);
});

test('a reader that does not end pins the log of the store; once it has ended, that is small again (F-17)', async (t) => {
  const wal = () => statSync(join(it.dir, 'latchkey.db-wal')).size;
  const release = await holding(t, "BEGIN; SELECT 'held', count(*) FROM device;");
  await joins();
  const pinned = wal();
  await release();
  await until('a checkpoint to be whole', async () =>
    (await must('sqlite3', ['-cmd', '.timeout 5000', join(it.dir, 'latchkey.db'), 'PRAGMA wal_checkpoint(TRUNCATE)'])).startsWith('0|'), 20000);
  t.diagnostic(`${pinned} octets while it read, ${wal()} after`);
  assert.ok(wal() < pinned);
  await it.radius.stop();
});

test('a log that grows under a reader is told of once, by doctor too; it is emptied when the reader has ended (F-17)', { timeout: 120000 }, async (t) => {
  const db = join(it.dir, 'latchkey.db'), wal = () => statSync(`${db}-wal`).size;
  const metric = async () => Number((await it.control('metrics')).match(/^latchkey_radius_store_log_bytes (\d+)$/m)[1]);
  await it.responder();
  const release = await holding(t, "BEGIN; SELECT 'held', count(*) FROM device;");
  await must('sqlite3', ['-cmd', '.timeout 5000', db, 'PRAGMA synchronous=OFF; CREATE TABLE bulk(b); '
    + 'INSERT INTO bulk SELECT zeroblob(1000000) FROM generate_series(1, 72)']);
  assert.ok(wal() > 64 << 20);
  await it.radius.says(/warn radius.store_log_long octets=\d{8}/, 20000);
  await until('the figure', async () => await metric() > 64 << 20);
  const doctor = await run(program('latchkey'), ['-c', it.conf, 'doctor']);
  assert.match(doctor.stdout, /WRONG log of the store: \d\d MB in .*latchkey\.db-wal cannot be written back/);
  await joins(); // answers go on
  assert.equal(it.radius.output.match(/store_log_long/g).length, 1);
  await release();
  await it.radius.says(/radius.store_log_short/, 20000);
  t.diagnostic(`${wal()} octets afterwards`);
  assert.ok(wal() <= 64 << 20);
  await until('the figure', async () => await metric() <= 64 << 20);
  await must('sqlite3', ['-cmd', '.timeout 5000', db, 'DROP TABLE bulk']);
  assert.doesNotMatch((await run(program('latchkey'), ['-c', it.conf, 'doctor'])).stdout, /log of the store/);
  await it.radius.stop();
});

test('nobody reads the log: answers go on, what was dropped is counted (F-19)', async () => {
  const fifo = join(it.dir, 'log');
  execFileSync('mkfifo', [fifo]);
  const reads = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const writes = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  const ends = openSync(fifo, constants.O_RDWR); // one that waits, for the responder
  const chunk = Buffer.alloc(4096, 'x');
  // until it is full, or empty
  const all = (act) => { try { while (act() > 0) { /* once more */ } } catch (e) { assert.equal(e.code, 'EAGAIN'); } };
  all(() => writeSync(writes, chunk));
  const radius = start(program('latchkey-radius'), ['-c', it.conf], { stdio: ['ignore', 'pipe', ends] });
  await until('an answer', async () => (await it.ask({ station: '02-ee-00-00-00-01', passphrase: key.passphrase })).what === 'accept', 20000);
  await joins();
  all(() => readSync(reads, chunk)); // somebody reads again
  await radius.stop();
  let text = '';
  all(() => { const n = readSync(reads, chunk); text += chunk.subarray(0, n); return n; });
  for (const fd of [reads, writes, ends]) closeSync(fd);
  assert.match(text, /log\.dropped lines=[1-9]/);
  assert.match(text, /radius\.end/);
});
