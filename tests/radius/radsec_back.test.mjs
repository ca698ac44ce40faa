// An access point that comes by TLS is asked to let a device go by its own
// connection, in RADIUS/1.0 and 1.1.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { scratch, until } from '../lib/process.mjs';
import { authority } from '../lib/tls.mjs';
import { accessRequest, attr, mac, message2 } from '../lib/wpa.mjs';
import { accessRequest11, dial, packet11, radsecSite, readReply11 } from '../lib/radsec.mjs';

const secret = 'radsec';
let it, port, hall, open = [];
before(async () => {
  const dir = scratch('radsec-back');
  const ca = await authority(dir);
  const server = await ca.issue('server');
  const made = await ca.issue('hall', { hosts: ['hall.example'] });
  hall = { cert: readFileSync(made.cert), key: readFileSync(made.key), ca: readFileSync(ca.ca) };
  ({ it, port } = await radsecSite('radsec-back', server, ca.ca));
  await it.tell('tls hall.example');
  await it.responder();
});
after(async () => { for (const c of open) c.end(); await it.end(); });

const md5 = (...parts) => { const h = createHash('md5'); for (const p of parts) h.update(p); return h.digest(); };
const answers = (what, n) => until(`answer ${what}`, () => (it.radius.output.match(new RegExp(`radius\\.disconnect .*${what}`, 'g')) ?? []).length >= n, 30000);

// A connection of the access point, of VERSION, and what REQUEST gets there.
async function asked(version, request) {
  return until('an accept', async () => {
    const one = dial(port, { ...hall, ...(version === '1.1' && { ALPNProtocols: ['radius/1.1'] }) });
    one.send(request());
    if ((await one.next().catch(() => null))?.[0] === 2) { open.push(one); return one; }
    one.end();
    return null;
  }, 20000);
}
// A device let in with a new key, and the newest connection, of VERSION.
async function joined(n, version) {
  const station = `02-aa-00-00-00-0${n}`, ap = mac('020000000010');
  const key = await it.key();
  const c = await asked('1.0', () => {
    const anonce = randomBytes(32);
    const frame = message2({ passphrase: key.passphrase, ssid: it.ssid, ap, station: mac(station), anonce });
    return accessRequest({ secret, ssid: it.ssid, ap, station: mac(station), handshake: { anonce, frame } });
  });
  await until('it to be written down', async () => (await it.tell(`device ${key.id}`)) !== 'none');
  return { key, station, c: version === '1.0' ? c : await asked(version, () => accessRequest11({ ssid: it.ssid, station })) };
}
// A Disconnect-Request's attributes, right by the rules of 1.0.
function read(p) {
  const zero = Buffer.from(p), got = {};
  zero.fill(0, 4, 20);
  for (let at = 20; at < p.length; at += p[at + 1]) {
    got[p[at]] = p.subarray(at + 2, at + p[at + 1]);
    if (p[at] === 80) zero.fill(0, at + 2, at + 18);
  }
  assert.ok(createHmac('md5', secret).update(zero).digest().equals(got[80]), 'Message-Authenticator');
  got[80].copy(zero, zero.indexOf(Buffer.from([80, 18])) + 2);
  assert.ok(md5(zero, secret).equals(p.subarray(4, 20)), 'Request Authenticator');
  return got;
}
const reply = (p, code, key = secret) => {
  const r = Buffer.concat([Buffer.from([code, p[1], 0, 20]), p.subarray(4, 20)]);
  md5(r, key).copy(r, 4);
  return r;
};

test('RADIUS/1.0: asked by its newest connection, the answer is kept', async () => {
  const older = await joined(1, '1.0');
  const { c, key, station } = await joined(1, '1.0');
  await it.tell(`revoke ${key.id}`);
  const p = await c.next(20000);
  assert.equal(p[0], 40);
  const got = read(p);
  assert.equal(got[31].toString(), station.toUpperCase());
  c.send(reply(p, 41));
  await answers('answer=ack.*stored=1', 1);
  assert.equal(older.c.got.length, 0);
  const twice = accessRequest({ secret, ssid: it.ssid, ap: mac('020000000010'), station: mac(station) });
  c.send(reply(p, 41), twice); // an answer once more is none, and ends nothing
  assert.equal((await c.next())[0], 3, 'refused, by the same connection');
});

test('RADIUS/1.1: with a token, nothing signed, and a refusal counts', async () => {
  const { c, key, station } = await joined(2, '1.1');
  await it.tell(`revoke ${key.id}`);
  const p = await c.next(20000), got = readReply11(p);
  assert.equal(got.code, 40);
  assert.ok(got.reserved.every((x) => x === 0));
  assert.equal(got.get(80), undefined, 'no Message-Authenticator');
  assert.equal(got.get(31).toString(), station.toUpperCase());
  const wrong = Buffer.from(got.token);
  wrong[0] ^= 1;
  c.send(packet11(41, [], wrong));
  c.send(packet11(42, [attr(101, Buffer.from([0, 0, 1, 0xf7]))], got.token));
  await answers('answer=nak cause=503 stored=1', 1);
});

test('an answer that is not authentic is none; nobody there, and it is asked again later', async () => {
  const { c, key } = await joined(3, '1.0');
  await it.tell(`revoke ${key.id}`);
  const p = await c.next(20000);
  c.send(reply(p, 41, 'not the secret'));
  await answers('answer=timeout.*stored=1', 1);
  const { key: other } = await joined(4, '1.0');
  for (const one of open) one.end();
  open = [];
  await it.tell(`revoke ${other.id}`);
  await answers('answer=timeout.*stored=1', 2);
});
