// `latchkey ring rotate` beside running programs, killed and gone on with.
// LATCHKEY_ROTATE_KILLS: at how many points (S-05 asks for 1000).
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, chownSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { must, program, run, sleep, start, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const kills = Number(process.env.LATCHKEY_ROTATE_KILLS ?? 25);
let p, ssid, token, plan;
const keys = [];
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
const question = (more) => ask({ port: p.auth, secret: p.secret, ssid, timeout: 1000, tries: 3, ...more });
const api = async (path, body) => {
  const text = await must('curl', ['-sS', '--cacert', p.ca, '-X', 'POST', p.url + path,
    '-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify(body ?? {})]);
  return JSON.parse(text);
};
async function key(n) {
  const person = await api('/api/v1/people', { name: `Guest ${n}` });
  assert.ok(person.id, JSON.stringify(person));
  const made = await api('/api/v1/keys', { person: person.id, plan: plan.id, network: plan.network, kind: 'personal' });
  assert.ok(made.id, JSON.stringify(made));
  const { passphrase } = await api(`/api/v1/keys/${made.id}/reveal`);
  keys.push({ id: made.id, passphrase });
}
const ring = () => readFileSync(join(p.dir, 'master.key'), 'utf8').trim().split('\n').filter((l) => l.startsWith('latchkey-key'));
// Values that name the key of a line as the one that sealed them.
const naming = async (line) => Number((await must('sh', ['-c',
  `sqlite3 '${p.dir}/latchkey.db' .dump | grep -oi "x'01${line.split(' ')[2]}" | wc -l`])).trim());

before(async () => {
  p = await startPortal({ responder: true });
  await p.radius.says(/radius\.ready/, 20000);
  ssid = (await latchkey('network', 'list'))[0].ssid;
  plan = (await latchkey('plan', 'list'))[0];
  token = (await latchkey('token', 'add', '--name', 'test', '--scopes', 'read,people,keys,reveal')).token;
  for (let i = 0; i < 10; i++) await key(i);
});
after(() => p?.stop());

test('it is refused while the programs could not read the new key', { skip: process.getuid() !== 0 }, async () => {
  const r = await run(program('latchkey'), ['-c', p.conf, 'ring', 'rotate', '--wait', '0']);
  assert.equal(r.code, 1);
  assert.match(r.stderr, /nobody cannot read it.*chmod 0640/);
  assert.equal(ring().length, 1);
  chownSync(join(p.dir, 'master.key'), 0, Number(await must('id', ['-g', 'nobody'])));
  chmodSync(join(p.dir, 'master.key'), 0o640);
});

test('killed anywhere it goes on; nobody is refused meanwhile; the old key opens nothing (S-05)', async (t) => {
  const old = ring()[0];
  let refused = 0, asked = 0, killed = 0, stop = false;
  const joins = async (i) => (await question({ station: `02-aa-00-01-${(16 + i).toString(16)}-01`, passphrase: keys[i].passphrase })).what;
  // one access point and one desk go on all the time; what the desk makes is
  // asked once the responder has heard of it
  const busy = (async () => {
    for (let n = 0; !stop; n++) {
      const i = n % Math.min(keys.length, 200); // each with a device of its own
      asked++;
      if (await joins(i) !== 'accept') refused++;
      if (n % 10 !== 0) continue;
      await key(`busy ${n}`);
      await until('the new key to be known', async () => await joins(keys.length - 1) === 'accept', 5000);
    }
  })();
  for (let i = 0; i < kills; i++) {
    const r = start(program('latchkey'), ['-c', p.conf, 'ring', 'rotate', '--wait', '0']);
    await sleep((i * 7) % 60);
    const { signal } = await r.stop('SIGKILL');
    if (signal) killed++;
  }
  const last = await latchkey('ring', 'rotate', '--wait', '1');
  stop = true;
  await busy;
  t.diagnostic(`${kills} rotations, ${killed} killed on their way; ${asked} answers, ${refused} refused`);
  assert.equal(refused, 0);
  assert.equal(last.broken, 0);
  assert.equal(ring().length, 1);
  assert.notEqual(ring()[0], old);
  assert.equal(await naming(old), 0);
  for (const k of keys) assert.equal((await api(`/api/v1/keys/${k.id}/reveal`)).passphrase, k.passphrase);
  assert.equal((await run(program('latchkey'), ['-c', p.conf, 'audit', 'verify'])).code, 0);
});

test('the old key of a copy opens neither store nor snapshot; the snapshot is of the new one', async () => {
  const k = keys.at(-1);
  const station = '02-aa-00-02-00-01';
  await until('an accept', async () => (await question({ station, passphrase: k.passphrase })).what === 'accept');
  await latchkey('ring', 'rotate', '--wait', '2');
  await key('after'); // sealed by the new key: who knows it has that one
  await until('the new key to be known', async () =>
    (await question({ station: '02-aa-00-02-00-02', passphrase: keys.at(-1).passphrase })).what === 'accept');
  await p.radius.stop(); // which writes its snapshot
  renameSync(join(p.dir, 'latchkey.db'), join(p.dir, 'away.db'));
  const radius = start(program('latchkey-radius'), ['-c', p.conf]);
  await radius.says(/radius\.ready/, 20000);
  assert.equal((await question({ station, passphrase: k.passphrase })).what, 'accept');
  await radius.stop();
  renameSync(join(p.dir, 'away.db'), join(p.dir, 'latchkey.db'));
});
