// A revoked device is let go by its access point, with proof (R-24, N-05).
// waits: access points that do not answer
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createHash, createHmac } from 'node:crypto';
import { site, secret } from '../lib/site.mjs';
import { send } from '../lib/radius.mjs';
import { sleep, until } from '../lib/process.mjs';
import { accountingRequest, attr } from '../lib/wpa.mjs';

const md5 = (...parts) => { const h = createHash('md5'); for (const p of parts) h.update(p); return h.digest(); };
let it, point, port;
const heard = [];
let answer = () => null;

// An access point's end of RFC 5176.
function read(p) {
  const zero = Buffer.from(p);
  zero.fill(0, 4, 20);
  const attributes = {};
  for (let at = 20; at < p.length; at += p[at + 1]) {
    attributes[p[at]] = p.subarray(at + 2, at + p[at + 1]);
    if (p[at] === 80) zero.fill(0, at + 2, at + 18);
  }
  const signed = createHmac('md5', secret).update(zero).digest().equals(attributes[80]);
  attributes[80].copy(zero, zero.indexOf(Buffer.from([80, 18])) + 2);
  return { attributes, signed, authentic: md5(zero, secret).equals(p.subarray(4, 20)) };
}
const reply = (p, code, key = secret, attributes = []) => {
  const body = Buffer.concat(attributes);
  const r = Buffer.concat([Buffer.from([code, p[1], 0, 20 + body.length]), p.subarray(4, 20), body]);
  md5(r, key).copy(r, 4);
  return r;
};

before(async () => {
  point = createSocket('udp4');
  await new Promise((done) => point.bind(0, '127.0.0.1', done));
  port = point.address().port;
  point.on('message', (m, from) => {
    heard.push({ m, from, at: Date.now() });
    for (const r of answer(m) ?? []) point.send(r, from.port, from.address);
  });
  it = await site('disconnect', { dialect: 'meraki', coa: `127.0.0.1:${port}` });
  await it.responder();
});
after(async () => { await it.end(); point.close(); });

async function visiting(n) {
  const key = await it.key();
  const mac = `02-aa-00-00-00-0${n}`;
  await until('the device to join', async () => (await it.ask({ station: mac, passphrase: key.passphrase })).what === 'accept');
  await until('it to be written down', async () => (await it.tell(`device ${key.id}`)) !== 'none');
  const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
  const p = accountingRequest({ secret, attributes: [attr(40, int(1)), attr(44, `S${n}`), attr(32, 'ap-1'),
    attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, mac.toUpperCase())] });
  assert.ok(await send(p, it.acctPort, { timeout: 3000 }));
  heard.length = 0;
  return { key, mac };
}

test('a revocation asks the access point, signed, and its answer is kept', async (t) => {
  const { key, mac } = await visiting(1);
  answer = (m) => [reply(m, 41)];
  const [, at] = (await it.tell(`revoke ${key.id}`)).split(' ').map(Number);
  const { m, at: then } = await until('a Disconnect-Request', async () => heard[0]);
  t.diagnostic(`revoked to Disconnect-Request: ${then - at} ms`);
  assert.ok(then - at <= 1000);
  const { attributes, signed, authentic } = read(m);
  assert.equal(m[0], 40);
  assert.ok(signed, 'Message-Authenticator');
  assert.ok(authentic, 'Request Authenticator');
  assert.equal(attributes[31].toString(), mac.toUpperCase());
  assert.ok(Math.abs(attributes[55].readUInt32BE(0) - Date.now() / 1000) < 30);
  await it.radius.says(/radius\.disconnect .*answer=ack.*stored=1/);
});

test('forged answers are not heard, and the request is repeated unchanged', async () => {
  const { key } = await visiting(2);
  answer = (m) => [reply(m, 41, 'not the secret of this one'), reply(Buffer.concat([Buffer.from([40, m[1] ^ 1]), m.subarray(2)]), 41)];
  await it.tell(`revoke ${key.id}`);
  await until('three transmissions', async () => heard.length >= 3, 20000);
  assert.ok(heard[0].m.equals(heard[1].m) && heard[1].m.equals(heard[2].m));
  const other = createSocket('udp4');
  other.send(reply(heard[0].m, 41), heard[0].from.port, '127.0.0.1');
  await sleep(300);
  other.close();
  const acks = () => it.radius.output.match(/answer=/g).length;
  assert.equal(acks(), 1, 'one from another port counts for nothing');
  answer = (m) => [reply(m, 42, secret, [attr(101, Buffer.from([0, 0, 1, 0xf7]))])];
  await it.radius.says(/answer=nak cause=503 stored=1/, 20000);
});


test('a key whose time is over is refused and its device disconnected, with nobody else running (G-09)', async () => {
  const { key, mac } = await visiting(3);
  answer = (m) => [reply(m, 41)];
  await it.tell(`end ${key.id} 2`);
  const ask = () => it.ask({ station: mac, passphrase: key.passphrase });
  await until('the key to be refused', async () => (await ask()).what === 'reject', 20000);
  const { m } = await until('a Disconnect-Request', async () => heard.find(({ m }) => m[0] === 40), 20000);
  assert.equal(read(m).attributes[31].toString(), mac.toUpperCase());
  assert.ok(read(m).signed);
  await it.radius.says(/radius\.life .*ended=1/, 20000);
});

test('a device of an access point without accounting is asked for where it joined last', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-04';
  answer = (m) => [reply(m, 41)];
  for (const last of [1, 2])
    await until('it to join', async () => (await it.ask({ station, passphrase: key.passphrase,
      nasIp: [192, 0, 2, last], ap: `02-00-00-00-00-2${last}` })).what === 'accept', 20000);
  await it.radius.stop(); // what waits is written, and where it is is kept
  await it.responder();
  heard.length = 0;
  await it.tell(`suspend ${key.id}`);
  const first = await until('a Disconnect-Request', async () => heard[0], 20000);
  assert.deepEqual([...read(first.m).attributes[4]], [192, 0, 2, 2]);
  await it.radius.says(/radius\.disconnect .*answer=ack.*stored=1/);
  await until('it to be refused', async () => (await it.ask({ station })).what === 'reject', 20000);
  await it.tell(`restore ${key.id}`);
  await until('it to join again', async () => (await it.ask({ station, ap: '02-00-00-00-00-22' })).what === 'accept', 20000);
  assert.equal((await it.ask({ station, nasIp: [192, 0, 2, 3], ap: '02-00-00-00-00-23' })).what, 'accept');
  await it.radius.stop();
  await it.responder();
  heard.length = 0;
  await it.tell(`revoke ${key.id}`);
  const { m } = await until('a Disconnect-Request', async () => heard[0], 20000);
  const { attributes, signed, authentic } = read(m);
  assert.ok(signed && authentic);
  assert.equal(attributes[31].toString(), station.toUpperCase());
  assert.deepEqual([...attributes[4]], [192, 0, 2, 3]);
  assert.equal(attributes[44], undefined);
  await it.radius.says(/radius\.disconnect .*answer=ack.*stored=1/);
  assert.equal(heard.length, 1);
});
