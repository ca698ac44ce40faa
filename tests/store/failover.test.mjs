// Two portals and two responders over a primary and its synchronous replica:
// the primary dies under load, and the replica takes its place.
// LATCHKEY_FAILOVERS: how often (2).
// alone: it measures time
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, must, program, run, sleep, start, until } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const rounds = Number(process.env.LATCHKEY_FAILOVERS ?? 2);
let p, primary, ssid, plan, token;
const ports = [], portals = [], responders = [], running = [];
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

// One request to portal N: what it acknowledged, or null.
async function api(n, path, body) {
  const r = await run('curl', ['-sS', '-m', '40', '-w', '\n%{http_code}', '--cacert', p.ca, '-X', 'POST', portals[n] + path,
    '-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify(body ?? {})]);
  const at = r.stdout.lastIndexOf('\n');
  return r.code === 0 && /^2/.test(r.stdout.slice(at + 1)) ? JSON.parse(r.stdout.slice(0, at)) : null;
}
const question = (n, more) => ask({ port: responders[n], secret: p.secret, ssid, timeout: 1000, tries: 3, ...more });

const takesWrites = async (server) => (await server.sql('SELECT pg_is_in_recovery()').catch(() => 't')) === 'f';

// A portal and a responder on another machine, but for the machine.
async function twin() {
  const dir = join(p.dir, 'twin');
  mkdirSync(dir);
  if (process.getuid() === 0) await must('chown', ['nobody', dir]);
  const port = await freePort(), auth = await freePort(), acct = await freePort();
  const conf = join(dir, 'latchkey.conf');
  writeFileSync(conf, readFileSync(p.conf, 'utf8').replaceAll(`${p.port}`, `${port}`)
    .replace(/auth_port = \d+/, `auth_port = ${auth}`).replace(/acct_port = \d+/, `acct_port = ${acct}`)
    .replace(/snapshot = ".*"/, `snapshot = "${dir}/radius.snapshot"`));
  running.push(start(program('latchkey-portal'), ['-c', conf]), start(program('latchkey-radius'), ['-c', conf]));
  await running[0].says(/portal\.ready/, 20000);
  await running[1].says(/radius\.ready/, 20000);
  portals.push(`https://localhost:${port}`);
  responders.push(auth);
}

before(async () => {
  for (let i = 0; i <= rounds; i++) ports.push(await freePort());
  primary = await pgsql('one', { port: ports[0] });
  const url = `postgresql://postgres@${ports.map((x) => `127.0.0.1:${x}`).join(',')}/latchkey`;
  p = await startPortal({ responder: true, store: `engine = "pgsql" url = "${url}"` });
  await p.radius.says(/radius\.ready/, 20000);
  portals.push(p.url);
  responders.push(p.auth);
  await twin();
  ssid = (await latchkey('network', 'list'))[0].ssid;
  plan = (await latchkey('plan', 'list'))[0];
  token = (await latchkey('token', 'add', '--name', 'test', '--scopes', 'read,people,keys,reveal')).token;
});
after(async () => {
  for (const r of running) await r.stop();
  await p?.stop();
  await primary?.stop();
});

for (let round = 0; round < rounds; round++) {
  const stalled = round % 2 === 1;
  test(`the primary is killed under load${stalled ? ', its replica stalled since half a second' : ''}: nothing that was acknowledged is lost (F-09, N-06)`, async (t) => {
    const replica = await primary.replica(`replica${round}`, { sync: true, port: ports[round + 1] });
    const person = await api(0, '/api/v1/people', { name: 'Ada' });
    const key = await api(1, '/api/v1/keys', { person: person.id, plan: plan.id, network: plan.network, kind: 'personal' });
    const { passphrase } = await api(0, `/api/v1/keys/${key.id}/reveal`);
    const station = (n) => `02-aa-00-00-4${round}-0${n}`;
    for (const n of [0, 1]) await until('an accept', async () => (await question(n, { station: station(n), passphrase })).what === 'accept');

    // Desks that write as fast as they can, and access points that ask.
    let stop = false, answers = 0, slowest = 0;
    const acked = [], silent = [], times = [];
    const desk = async (n, me) => {
      for (let i = 0; !stop; i++) {
        const made = await api(n, '/api/v1/people', { name: `Guest ${round} ${me} ${i}` });
        if (made) { acked.push(made.id); times.push(Date.now()); } else await sleep(50);
      }
    };
    const point = async (n) => {
      while (!stop) {
        const from = Date.now();
        const { what } = await question(n, { station: station(n), passphrase });
        slowest = Math.max(slowest, Date.now() - from);
        answers++;
        if (what !== 'accept') silent.push(what);
        await sleep(20);
      }
    };
    const busy = [desk(0, 'a'), desk(0, 'b'), desk(1, 'c'), desk(1, 'd'), point(0), point(1)];
    await sleep(2500);
    assert.ok(acked.length > 20, `${acked.length} writes`);
    if (stalled) { replica.pause(); await sleep(500); }
    primary.kill();
    const killed = Date.now();
    await sleep(500); // whoever watches over the primary finds out
    if (stalled) replica.resume();
    const promoted = Date.now();
    const accepts = until('the replica to take writes', () => takesWrites(replica), 60000).then(() => Date.now() - promoted);
    await replica.promote();
    const server = await accepts; // PostgreSQL's part, which goes by its disk
    await until('a write', () => times.at(-1) > promoted, 20000);
    const back = times.find((x) => x > promoted) - promoted;
    await sleep(1500);
    stop = true;
    await Promise.all(busy);

    const there = new Set((await replica.sql('SELECT id FROM person')).split('\n'));
    const lost = acked.filter((id) => !there.has(id));
    const before = times.filter((x) => x < killed).length;
    t.diagnostic(`${before} writes before, ${acked.length - before} after; 0 of them lost: ${lost.length === 0}; `
      + `writes back ${back} ms after promotion (the server took them after ${server} ms); ${answers} answers, slowest ${slowest} ms, ${silent.length} not accepted`);
    assert.deepEqual(lost, []);
    assert.ok(back <= 5000, `writes back ${back} ms after promotion, which took ${server} ms`);
    assert.deepEqual(silent, []);
    assert.ok(slowest < 1000, `an answer took ${slowest} ms`);
    assert.equal(times.some((x) => x > killed + 300 && x < promoted), false, 'nothing is acknowledged without a primary');

    // ... and what is revoked now is refused by both.
    assert.ok(await api(1, `/api/v1/keys/${key.id}/revoke`, { reason: 'left' }));
    for (const n of [0, 1]) await until('a refusal', async () => (await question(n, { station: station(n), passphrase })).what === 'reject', 5000);
    assert.equal((await run(program('latchkey'), ['-c', p.conf, 'audit', 'verify'])).code, 0);
    primary = replica;
  });
}
