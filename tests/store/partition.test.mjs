// A responder on a machine of its own (a network namespace) that loses the
// way to the database: nothing it sends is answered any more.
// LATCHKEY_PARTITION_S: for how long (10; in the long form the minute F-10 asks
// for). The hour goes by the responder's clock, which is given.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { must, program, run, scratch, sleep, start, top, until } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';
import { ask } from '../lib/radius.mjs';
import { control } from '../lib/site.mjs';
import { authority } from '../lib/tls.mjs';
import { startPortal } from '../lib/whole.mjs';

const seconds = Number(process.env.LATCHKEY_PARTITION_S ?? (process.env.LATCHKEY_LONG ? 60 : 10));
const space = `latchkey-${process.pid}`, net = `10.${64 + process.pid % 128}`;
const far = `${net}.2.2`;
const ip = (...args) => must('ip', args);
const skip = (await run('ip', ['netns', 'add', space])).code === 0 ? false : 'needs network namespaces';
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
const faketime = `/usr/lib/${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch]}-linux-gnu/faketime/libfaketimeMT.so.1`;
let db, p, remote, ssid, plan;

// Two wires to the other machine: N is 1 for the database, 2 for RADIUS.
async function wire(n) {
  const here = `lk${n}a${process.pid}`, there = `lk${n}b${process.pid}`;
  await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', space);
  await ip('addr', 'add', `${net}.${n}.1/30`, 'dev', here);
  await ip('link', 'set', here, 'up');
  await ip('-n', space, 'addr', 'add', `${net}.${n}.2/30`, 'dev', there);
  await ip('-n', space, 'link', 'set', there, 'up');
}
const cut = () => ip('route', 'add', 'blackhole', `${net}.1.2/32`);
const heal = () => ip('route', 'del', 'blackhole', `${net}.1.2/32`);
const question = (where, more) => ask({ ...(where === 'far' ? { port: 1812, host: far } : { port: p.auth }),
  secret: p.secret, ssid, timeout: 1000, ...more });
const age = async () => JSON.parse(await control(join(p.dir, 'far', 'radius.sock'), 'status')).store_seen;

before(async () => {
  if (skip) return;
  await run('ip', ['route', 'del', 'blackhole', `${net}.1.2/32`]); // of one that was killed
  await wire(1);
  await wire(2);
  const dir = scratch('partition');
  chmodSync(dir, 0o755);
  // certificates that were good an hour ago, too
  Object.assign(process.env, { LD_PRELOAD: faketime, FAKETIME: '-1d' });
  const tls = await authority(dir), made = await tls.issue('db', { hosts: [`${net}.1.1`] });
  for (const name of ['LD_PRELOAD', 'FAKETIME']) delete process.env[name];
  db = await pgsql('far', { tls: made, settings: { listen_addresses: `127.0.0.1,${net}.1.1` } });
  writeFileSync(join(db.data, 'pg_hba.conf'), `local all all trust\nhostssl all all 0.0.0.0/0 trust\n`);
  await db.sql('SELECT pg_reload_conf()');
  const url = `postgresql://postgres@${net}.1.1:${db.port}/latchkey?sslmode=verify-full&sslrootcert=${tls.ca}`;
  p = await startPortal({ responder: true, store: `engine = "pgsql" url = "${url}"` });
  await p.radius.says(/radius\.ready/, 20000);
  ssid = (await latchkey('network', 'list'))[0].ssid;
  plan = (await latchkey('plan', 'list'))[0];
  writeFileSync(join(dir, 'ap.secret'), `${p.secret}\n`, { mode: 0o600 });
  await latchkey('ap', 'add', '--name', 'Far', '--address', `${net}.2.1`, '--secret_file', join(dir, 'ap.secret'));
  mkdirSync(join(p.dir, 'far'));
  await must('chown', ['nobody', join(p.dir, 'far')]);
  const conf = join(p.dir, 'far.conf');
  writeFileSync(conf, readFileSync(p.conf, 'utf8').replace(/radius \{[\s\S]*?\n\}/,
    `radius {\n  user = "nobody"\n  listen = {"${far}"}\n  snapshot = "${p.dir}/far/radius.snapshot"\n}`));
  await begin();
});
async function begin(env = []) {
  remote = start('ip', ['netns', 'exec', space, 'env', ...env, program('latchkey-radius'), '-c', join(p.dir, 'far.conf')]);
  await remote.says(/radius\.ready/, 20000);
}
after(async () => {
  await remote?.stop();
  await p?.stop();
  await db?.stop();
  if (!skip) await ip('netns', 'del', space);
});

const key = async () => {
  const person = await latchkey('person', 'add', '--name', 'Zoe');
  const { id } = await latchkey('key', 'issue', '--person', person.id, '--plan', plan.id);
  return { id, passphrase: (await latchkey('key', 'reveal', id)).passphrase };
};

test(`cut off for ${seconds} s it serves, shows its age, and catches up within 5 s (F-10)`, { skip }, async (t) => {
  const [keeps, goes] = [await key(), await key()];
  const known = '02-aa-00-00-50-01', gone = '02-aa-00-00-50-02';
  for (const [station, { passphrase }] of [[known, keeps], [gone, goes]])
    await until('an accept', async () => (await question('far', { station, passphrase })).what === 'accept');
  await until('it to have seen the store', async () => await age() <= 2);

  await cut();
  t.after(() => run('ip', ['route', 'del', 'blackhole', `${net}.1.2/32`])); // also when it fails
  const from = Date.now();
  await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', goes.id]);
  await until('the near one to refuse', async () => (await question('near', { station: gone, passphrase: goes.passphrase })).what === 'reject', 3000);
  const late = await key();
  let answers = 0, slowest = 0, oldest = 0;
  do {
    for (const [station, { passphrase }] of [[known, keeps], [gone, goes]]) {
      const at = Date.now();
      assert.equal((await question('far', { station, passphrase })).what, 'accept', 'what it cannot know');
      slowest = Math.max(slowest, Date.now() - at);
      answers++;
    }
    oldest = Math.max(oldest, await age());
    await sleep(100);
  } while (Date.now() - from < seconds * 1000);
  assert.ok(oldest >= seconds - 3, `shown age ${oldest} s`);
  assert.ok(slowest < 1000, `an answer took ${slowest} ms`);

  await heal();
  const healed = Date.now();
  await until('it to refuse what was revoked', async () => (await question('far', { station: gone, passphrase: goes.passphrase })).what === 'reject', 10000);
  const caught = Date.now() - healed;
  await until('it to know the new key', async () => (await question('far', { station: '02-aa-00-00-50-03', passphrase: late.passphrase })).what === 'accept', 10000);
  await until('its age to be small again', async () => await age() <= 2, 5000);
  t.diagnostic(`${answers} answers meanwhile, slowest ${slowest} ms; shown age ${oldest} s; caught up ${caught} ms after healing`);
  assert.ok(caught <= 5000, `caught up after ${caught} ms`);
});

test('a flapping way costs no answer, and no revocation in the end', { skip }, async () => {
  const k = await key();
  const station = '02-aa-00-00-51-01';
  await until('an accept', async () => (await question('far', { station, passphrase: k.passphrase })).what === 'accept');
  for (let i = 0; i < 6; i++) {
    await cut();
    for (let n = 0; n < 5; n++) { assert.equal((await question('far', { station, passphrase: k.passphrase })).what, 'accept'); await sleep(60); }
    await heal();
    await sleep(200);
  }
  await latchkey('key', 'revoke', k.id).catch(() => {});
  await until('a refusal', async () => (await question('far', { station, passphrase: k.passphrase })).what === 'reject', 5000);
});

// It starts an hour behind, and is right again when the way is back.
test('cut off for an hour by its clock it serves, shows its age, and catches up within 5 s (F-10)', { skip }, async (t) => {
  const clock = join(p.dir, 'clock'), library = join(p.dir, 'late_clock.so');
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(top, 'tests/lib/late_clock.c')]);
  writeFileSync(clock, Buffer.alloc(8));
  const fd = openSync(clock, 'r+'); // it is mapped: never shorter than it was
  t.after(() => closeSync(fd));
  const behind = (s) => writeSync(fd, new Uint8Array(BigInt64Array.of(BigInt(s)).buffer), 0, 8, 0);
  const [keeps, goes] = [await key(), await key()];
  const known = '02-aa-00-00-52-01', gone = '02-aa-00-00-52-02';
  const both = [[known, keeps], [gone, goes]];
  await remote.stop();
  behind(3600);
  await begin([`LD_PRELOAD=${library}`, `LATE_CLOCK=${clock}`]);
  for (const [station, { passphrase }] of both)
    await until('an accept', async () => (await question('far', { station, passphrase })).what === 'accept');
  await until('it to have seen the store', async () => Math.abs(await age() - 1) <= 1);
  await cut();
  await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', goes.id]);
  const late = await key();
  const ages = [];
  let answers = 0;
  for (const left of [1800, 0]) {
    behind(left);
    await until('its clock to go on', async () => {
      for (const [station, { passphrase }] of both) {
        assert.equal((await question('far', { station, passphrase })).what, 'accept', 'what it cannot know');
        answers++;
      }
      return await age() >= 3600 - left;
    });
    ages.push(await age());
  }
  await heal();
  const healed = Date.now();
  await until('it to refuse what was revoked', async () => (await question('far', { station: gone, passphrase: goes.passphrase })).what === 'reject', 10000);
  const caught = Date.now() - healed;
  await until('it to know the new key', async () => (await question('far', { station: '02-aa-00-00-52-03', passphrase: late.passphrase })).what === 'accept', 10000);
  assert.equal((await question('far', { station: known, passphrase: keeps.passphrase })).what, 'accept');
  await until('its age to be small again', async () => await age() <= 2, 5000);
  t.diagnostic(`shown ages ${ages} s; ${answers} answers meanwhile; caught up ${caught} ms after healing`);
  assert.ok(caught <= 5000, `caught up after ${caught} ms`);
});
