// Restarts, and a store that is away.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { site } from '../lib/site.mjs';
import { must, run, program, sleep, until } from '../lib/process.mjs';

let it;
before(async () => { it = await site('away'); await it.responder(); });
after(() => it.end());

const joins = (question, ms) => until('an accept', async () => (await it.ask({ timeout: 300, ...question })).what === 'accept', ms);
const move = (from, to) => {
  for (const s of ['', '-wal', '-shm'])
    try { renameSync(join(it.dir, from) + s, join(it.dir, to) + s); } catch { /* not there */ }
};

test('it starts and serves from its snapshot while the store is away, and catches up (B-5, F-10)', async () => {
  const key = await it.key(), revoked = await it.key();
  const station = '02-aa-00-00-00-01', gone = '02-aa-00-00-00-02';
  await joins({ station, passphrase: key.passphrase });
  await joins({ station: gone, passphrase: revoked.passphrase });
  await until('both devices to be written down', async () =>
    (await it.tell(`device ${revoked.id}`)) !== 'none' && (await it.tell(`device ${key.id}`)) !== 'none');
  await sleep(200);
  await it.radius.stop();
  const file = join(it.dir, 'radius.snapshot');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const text = readFileSync(file).toString('latin1');
  assert.ok(!text.includes(key.passphrase) && !text.includes(it.ssid), 'nothing in clear');
  await it.tell(`revoke ${revoked.id}`);
  move('latchkey.db', 'away.db');
  await it.responder();
  assert.equal((await it.ask({ station })).what, 'accept');
  assert.equal((await it.ask({ station: '02-aa-00-00-00-03', passphrase: key.passphrase })).what, 'accept', 'by handshake, too');
  assert.equal((await it.ask({ station: gone })).what, 'accept', 'what it cannot know');
  move('away.db', 'latchkey.db');
  await until('the revocation to arrive', async () => (await it.ask({ station: gone })).what === 'reject');
  await until('what it learnt meanwhile to be written down',
    async () => (await it.tell(`device ${key.id}`)).includes('02-aa-00-00-00-03'));
});

test('of the store its snapshot is from it reads what came since, of another one everything', async () => {
  const key = await it.key(), revoked = await it.key();
  const station = '02-aa-00-00-00-05', gone = '02-aa-00-00-00-06';
  await joins({ station, passphrase: key.passphrase });
  await joins({ station: gone, passphrase: revoked.passphrase });
  await until('both to be written down', async () =>
    (await it.tell(`device ${revoked.id}`)) !== 'none' && (await it.tell(`device ${key.id}`)) !== 'none');
  await it.radius.stop();
  await it.tell(`revoke ${revoked.id}`);
  const later = await it.key();
  await it.responder();
  await until('the revocation', async () => (await it.ask({ station: gone })).what === 'reject');
  assert.equal((await it.ask({ station: '02-aa-00-00-00-07', passphrase: later.passphrase })).what, 'accept');
  assert.equal((await it.ask({ station })).what, 'accept');
  assert.doesNotMatch(it.radius.output, /radius\.loaded/, 'nothing was read twice');

  // the same store at an earlier time, with another history since
  await it.radius.stop();
  const db = join(it.dir, 'latchkey.db');
  await must('python3', ['-c', `import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
n = c.execute('SELECT max(seq) FROM audit').fetchone()[0]
c.execute("UPDATE audit SET hash = randomblob(32) WHERE seq = ?", (n,))
c.commit()`, db]);
  await it.responder();
  await it.radius.says(/radius\.loaded/, 10000);
  assert.equal((await it.ask({ station })).what, 'accept');
  assert.equal((await it.ask({ station: gone })).what, 'reject');
});

test('a damaged snapshot is not used, and not needed', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-04';
  await joins({ station, passphrase: key.passphrase });
  await it.radius.stop();
  const file = join(it.dir, 'radius.snapshot');
  const octets = readFileSync(file);
  octets[octets.length >> 1] ^= 1;
  writeFileSync(file, octets);
  await it.responder();
  assert.match(it.radius.output, /radius\.snapshot_not_used/);
  await joins({ station, passphrase: key.passphrase });
});

test('killed at any moment it comes back with all it knew (F-01, F-11)', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-05';
  await joins({ station, passphrase: key.passphrase });
  await until('the device to be written down', async () => (await it.tell(`device ${key.id}`)) !== 'none');
  for (let i = 0; i < 10; i++) {
    const fresh = await it.key();
    await sleep(Math.random() * 60);
    await it.radius.stop('SIGKILL');
    await it.responder();
    await joins({ station });
    await joins({ station: `02-aa-00-00-12-0${i}`, passphrase: fresh.passphrase });
  }
});

test('a configuration that cannot be used ends it with 78 and a line', async () => {
  const bad = join(it.dir, 'bad.conf');
  writeFileSync(bad, 'radius { auth_port = "many" }\n', { mode: 0o600 });
  const r = await run(program('latchkey-radius'), ['-c', bad]);
  assert.equal(r.code, 78);
  assert.match(r.stderr, /bad\.conf:1/);
});
