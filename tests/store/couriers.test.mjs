// Two portals carry the letters, text messages and webhooks of one PostgreSQL:
// each goes out once; and what a killed portal had in its hands goes out when
// its time is up, under the same number.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { freePort, must, program, scratch, sleep, start, until } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';
import { mailServer } from '../lib/smtp.mjs';
import { startPortal } from '../lib/whole.mjs';
import { authority } from '../lib/tls.mjs';

let db, p, other, smtp, gateway, hook, token, plan;
const letters = [], messages = [], events = [], held = [];
let slow = false; // the receiver of events keeps them waiting
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
const api = async (path, body) => JSON.parse(await must('curl', ['-sS', '--cacert', p.ca, `${p.url}/api/v1${path}`,
  '-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify(body)]));
const waiting = () => db.sql("SELECT count(*) FROM outbox WHERE state = 'waiting' AND kind <> 'disconnect'").then(Number);

function taking(list, each) {
  return (rq, rp) => {
    let body = '';
    rq.on('data', (d) => { body += d; });
    rq.on('end', () => { list.push({ headers: rq.headers, body: JSON.parse(body) }); each(rp); });
  };
}

before(async () => {
  const dir = scratch('couriers');
  chmodSync(dir, 0o755);
  const { ca, issue } = await authority(dir), { cert, key } = await issue('hook', { hosts: ['localhost'] });
  hook = createServer({ cert: readFileSync(cert), key: readFileSync(key) },
    taking(events, (rp) => (slow ? held.push(rp) : rp.writeHead(200).end())));
  gateway = createPlain(taking(messages, (rp) => rp.writeHead(200).end('{}')));
  for (const s of [hook, gateway]) await new Promise((done) => s.listen(0, '127.0.0.1', done));
  smtp = await mailServer(letters);
  db = await pgsql('couriers');
  p = await startPortal({ store: `engine = "pgsql" url = "${db.url}"`, providers: `
webhook { allow_loopback = yes ca_file = "${ca}" }
mail { url = "${smtp.url}" from = "wifi@example.org" }
sms { url = "http://127.0.0.1:${gateway.address().port}/send" text = "body" allow_loopback = yes }
guest { ways = {"phone"} country = "+49" plan = "Tenant" }` });
  const at = join(p.dir, 'twin'), conf = join(at, 'latchkey.conf');
  mkdirSync(at);
  writeFileSync(conf, readFileSync(p.conf, 'utf8').replace(/\n  port = \d+/, `\n  port = ${await freePort()}`));
  other = start(program('latchkey-portal'), ['-c', conf]);
  await other.says(/portal\.ready/, 20000);
  token = (await latchkey('token', 'add', '--name', 'desk', '--scopes', 'people,keys')).token;
  plan = (await latchkey('plan', 'list')).find((x) => x.name === 'Tenant');
  await latchkey('rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant');
  await latchkey('webhook', 'add', '--name', 'billing', '--url', `https://localhost:${hook.address().port}/in`, '--events', 'key.*,person.*');
});
after(async () => {
  for (const rp of held) rp.destroy();
  await other?.stop('SIGKILL');
  await p?.stop();
  smtp?.stop();
  for (const s of [hook, gateway]) { s?.closeAllConnections?.(); s?.close(); }
  await db?.stop();
});

// Somebody with a password: one letter, and an event each.
async function tenant(n) {
  const person = await api('/people', { name: `Tenant ${n}`, mail: `t${n}@example.net` });
  await api('/keys', { person: person.id, plan: plan.id, network: plan.network, kind: 'personal' });
}

test('two portals, and each letter, message and event once', async (t) => {
  await Promise.all(Array.from({ length: 12 }, (_, n) => tenant(n)));
  for (let n = 1; n <= 3; n++)
    await must('curl', ['-sS', '-f', '--cacert', p.ca, `${p.url}/guest/phone`, '-H', `Origin: ${p.url}`, '-d', `name=Guest&phone=0170123456${n}`]);
  await until('all to be carried', async () => await waiting() === 0, 30000);
  await sleep(500);
  assert.deepEqual(letters.map((l) => l.to).sort(), Array.from({ length: 12 }, (_, n) => `t${n}@example.net`).sort());
  assert.deepEqual(messages.map((m) => m.body.to).sort(), [1, 2, 3].map((n) => `+49170123456${n}`));
  const ids = events.map((e) => e.headers['webhook-id']);
  assert.equal(new Set(ids).size, ids.length, 'an event came twice');
  assert.equal(events.filter((e) => e.body.type === 'key.issue').length, 12);
  assert.equal(events.filter((e) => e.body.type === 'person.add').length, 12);
  assert.equal(await db.sql("SELECT count(*) FROM outbox WHERE kind <> 'disconnect' AND tries <> 1"), '0');
  t.diagnostic(`${letters.length} letters, ${messages.length} messages, ${events.length} events`);
});

test('what a killed portal held goes out once its time is up, under the same number', async () => {
  events.length = 0;
  slow = true;
  await Promise.all(Array.from({ length: 8 }, (_, n) => tenant(100 + n)));
  await until('both to hold some', async () => Number(await db.sql("SELECT count(DISTINCT holder) FROM outbox WHERE kind = 'webhook' AND state = 'waiting' AND holder <> ''")) >= 2, 20000);
  const children = (await must('ps', ['-o', 'pid=', '--ppid', String(other.child.pid)])).trim().split(/\s+/).map(Number);
  for (const pid of [other.child.pid, ...children]) process.kill(pid, 'SIGKILL');
  await other.exit;
  slow = false;
  for (const rp of held.splice(0)) if (!rp.destroyed) rp.writeHead(200).end();
  // nobody touches them before: whoever held them might only be slow
  const theirs = () => db.sql("SELECT id FROM outbox WHERE kind = 'webhook' AND state = 'waiting' AND holder <> '' ORDER BY id");
  let left;
  await until('only those of the dead one to be left', async () => {
    const was = left;
    left = await theirs();
    await sleep(400);
    return left && left === was && Number(await waiting()) >= left.split('\n').length;
  }, 30000);
  const once = events.map((e) => e.headers['webhook-id']);
  assert.equal(new Set(once).size, once.length, 'taken from somebody who may be at it');
  await db.sql("UPDATE outbox SET until = until - 45 WHERE state = 'waiting' AND holder <> ''");
  await until('all to be carried', async () => await waiting() === 0, 30000);
  const count = new Map();
  for (const e of events) count.set(e.headers['webhook-id'], (count.get(e.headers['webhook-id']) ?? 0) + 1);
  assert.equal(count.size, 16);
  const twice = [...count].filter(([, n]) => n > 1).map(([id]) => id);
  assert.ok([...count.values()].every((n) => n <= 2));
  assert.ok(twice.length >= 1 && twice.every((id) => left.includes(id.replace(/^msg_/, ''))), `${twice} of ${left}`);
});
