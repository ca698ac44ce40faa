// Two portals behind HAProxy and two responders over PostgreSQL, restarted one
// by one while desks write and access points ask: nobody loses a request. Then
// the schema goes one step further under them, and newer ones take their place.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, must, program, run, sleep, start, top, until } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';
import { authority } from '../lib/tls.mjs';

const long = !!process.env.LATCHKEY_LONG;
let db, p, proxy, stats, entry, token, ssid, person, passphrase;
const sides = []; // {conf, auth, portal, radius}
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

// A portal and a responder on another machine, but for the machine. To the
// browsers both are the same place.
async function twin() {
  const dir = join(p.dir, 'twin'), conf = join(dir, 'latchkey.conf');
  mkdirSync(dir);
  if (process.getuid() === 0) await must('chown', ['nobody', dir]);
  const port = await freePort(), auth = await freePort();
  writeFileSync(conf, readFileSync(p.conf, 'utf8').replace(/\n  port = \d+/, `\n  port = ${port}`)
    .replace(/auth_port = \d+/, `auth_port = ${auth}`).replace(/acct_port = \d+/, `acct_port = ${await freePort()}`)
    .replace(/snapshot = ".*"/, `snapshot = "${dir}/radius.snapshot"`));
  const it = { conf, port, auth, portal: start(program('latchkey-portal'), ['-c', conf]), radius: start(program('latchkey-radius'), ['-c', conf]) };
  await it.portal.says(/portal\.ready/, 20000);
  await it.radius.says(/radius\.ready/, 20000);
  return it;
}

// conf/proxy/haproxy-two.cfg with the names, ports and paths of this test.
async function balance() {
  const dir = join(p.dir, 'haproxy'), port = await freePort();
  mkdirSync(dir);
  const { issue } = await authority(dir), { cert, key } = await issue('proxy', { hosts: ['localhost'] });
  writeFileSync(join(dir, 'both.pem'), readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'));
  let text = readFileSync(join(top, 'conf/proxy/haproxy-two.cfg'), 'utf8');
  for (const [from, to] of [['wifi.example.org', 'localhost'], ['10.0.0.1:8443', `127.0.0.1:${sides[0].port}`], ['10.0.0.2:8443', `127.0.0.1:${sides[1].port}`],
    [/\b443\b/g, String(port)], ['/etc/haproxy/tls/wifi.pem', join(dir, 'both.pem')], ['/etc/haproxy/tls/latchkey-ca.pem', p.ca]]) {
    assert.ok(text.match(from), `no ${from}`);
    text = text.replaceAll(from, to);
  }
  stats = join(dir, 'stats');
  writeFileSync(join(dir, 'haproxy.cfg'), `global\n\tstats socket ${stats}\n${text}`);
  proxy = start('haproxy', ['-db', '-f', join(dir, 'haproxy.cfg')]);
  entry = { ca: join(dir, 'ca.pem'), port };
  await until('both to be up', async () => (await up()).every(Boolean), 20000).catch((e) => { throw new Error(`${e.message}\n${proxy.output}`); });
}
// Which portals HAProxy gives requests to.
const up = () => new Promise((done) => {
  let text = '';
  const c = connect(stats, () => c.end('show stat\n'));
  c.on('data', (d) => { text += d; });
  c.on('error', () => done([false]));
  c.on('close', () => done(['one', 'two'].map((name) => text.split('\n').some((l) => l.startsWith(`latchkey,${name},`) && l.split(',')[17] === 'UP'))));
});

async function call(method, path, body, once) {
  const r = await run('curl', ['-sS', '-m', '20', '-w', '\n%{http_code}', '--cacert', entry.ca, '-X', method,
    `https://localhost:${entry.port}/api/v1${path}`, '-H', `Host: localhost:${p.port}`, '-H', `Authorization: Bearer ${token}`,
    ...(body ? ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)] : []), ...(once ? ['-H', `Idempotency-Key: ${once}`] : [])]);
  const at = r.stdout.lastIndexOf('\n');
  return { good: r.code === 0 && /^2/.test(r.stdout.slice(at + 1)), said: `${r.stderr}${r.stdout}`.trim(), body: r.stdout.slice(0, Math.max(at, 0)) };
}

before(async () => {
  db = await pgsql('rolling');
  p = await startPortal({ responder: true, store: `engine = "pgsql" url = "${db.url}"`, more: 'trusted_proxies = {"127.0.0.1"}' });
  await p.radius.says(/radius\.ready/, 20000);
  sides.push({ conf: p.conf, port: p.port, auth: p.auth, portal: p.portal, radius: p.radius }, await twin());
  await balance();
  ssid = (await latchkey('network', 'list'))[0].ssid;
  const plan = (await latchkey('plan', 'list'))[0];
  token = (await latchkey('token', 'add', '--name', 'desk', '--scopes', 'read,people')).token;
  person = await latchkey('person', 'add', '--name', 'Ada');
  const key = await latchkey('key', 'issue', '--person', person.id, '--plan', plan.id);
  passphrase = (await latchkey('key', 'reveal', key.id)).passphrase;
});
after(async () => {
  await proxy?.stop();
  for (const s of sides) await Promise.all([s.portal.stop(), s.radius.stop()]);
  await p?.stop();
  await db?.stop();
});

// Desks and access points at work; what it gives ends them and says how it was.
function work() {
  let stop = false;
  const seen = { written: [], lost: [], again: [], read: 0, answers: 0, second: 0, silent: [] };
  const patient = async (what, act) => { // the same request, until it is done
    for (let n = 0; n < 12; n++) {
      const r = await act();
      if (r.good) return r;
      seen.again.push(`${what}: ${r.said}`);
      await sleep(200);
    }
    seen.lost.push(what);
    return null;
  };
  const desk = async (me) => {
    for (let i = 0; !stop; i++) {
      const name = `Guest ${me} ${i}`, once = randomUUID();
      const made = await patient(name, () => call('POST', '/people', { name }, once));
      if (made) seen.written.push(JSON.parse(made.body).name);
    }
  };
  const reader = async () => {
    while (!stop) if (await patient('a read', () => call('GET', `/people/${person.id}`))) seen.read++;
  };
  // an access point asks its first responder, then its second
  const point = async (first) => {
    while (!stop) {
      const q = { secret: p.secret, ssid, passphrase, station: `02-aa-00-00-60-0${first}`, timeout: 400, tries: 2 };
      let { what } = await ask({ ...q, port: sides[first].auth });
      if (what === 'silence') { seen.second++; ({ what } = await ask({ ...q, port: sides[1 - first].auth })); }
      if (what !== 'accept') seen.silent.push(what);
      seen.answers++;
      await sleep(50);
    }
  };
  const all = [desk('a'), desk('b'), desk('c'), reader(), point(0), point(1)];
  return async () => { stop = true; await Promise.all(all); return seen; };
}

// One after the other, as an operator does it; PLACE: of the programs.
async function roll(place) {
  for (const [n, s] of sides.entries()) {
    await s.portal.stop('SIGTERM', 20000);
    s.portal = start(join(program(place), 'latchkey-portal'), ['-c', s.conf]);
    await s.portal.says(/portal\.ready/, 20000);
    await until('it to be given requests', async () => (await up())[n], 10000);
    await s.radius.stop('SIGTERM', 20000);
    s.radius = start(join(program(place), 'latchkey-radius'), ['-c', s.conf]);
    await s.radius.says(/radius\.ready/, 20000);
  }
}

async function nothingLost(t, name, what) {
  const done = work();
  await sleep(500);
  await what().catch(async (e) => { await done(); throw e; });
  await sleep(500);
  const seen = await done();
  t.diagnostic(`${name}: ${seen.written.length} written, ${seen.read} read, ${seen.again.length} sent again by the client; `
    + `${seen.answers} answers, ${seen.second} by the second responder`);
  assert.deepEqual(seen.lost, [], seen.again.join('\n'));
  assert.deepEqual(seen.silent, []);
  assert.ok(seen.written.length > 5 && seen.read > 5);
  const kept = (await db.sql("SELECT name FROM person WHERE name LIKE 'Guest %'")).split('\n').sort();
  assert.deepEqual(kept, seen.written.sort(), 'each once');
  await db.sql("DELETE FROM person WHERE name LIKE 'Guest %'");
}

test('restarted one by one, nobody loses a request', { skip: !long && 'LATCHKEY_LONG; below it is newer ones' },
  (t) => nothingLost(t, 'the same build', () => roll('.')));

test('the schema goes a step further under running programs, and newer ones take their place', async (t) => {
  await nothingLost(t, 'a newer build', async () => {
    await must(join(program('next'), 'latchkey'), ['-c', p.conf, 'migrate']);
    await sleep(long ? 5000 : 1000); // older ones over the newer schema
    await roll('next');
  });
  const old = await run(program('latchkey'), ['-c', p.conf, 'network', 'list']);
  assert.notEqual(old.code, 0);
  assert.match(old.stderr, /made by a newer Latchkey/);
  assert.equal((await run(join(program('next'), 'latchkey'), ['-c', p.conf, 'audit', 'verify'])).code, 0);
});
