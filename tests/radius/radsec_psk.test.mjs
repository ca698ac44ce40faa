// Access points that are known by a key (RFC 9813), and RADIUS/1.1 (RFC 9765).
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { scratch, until } from '../lib/process.mjs';
import { authority } from '../lib/tls.mjs';
import { accessRequest, accountingRequest, attr, mac, pmk, readReply, tunnelPassword } from '../lib/wpa.mjs';
import { accessRequest11, dial, packet11, radsecSite, readReply11 } from '../lib/radsec.mjs';

const station = '02-aa-00-00-00-01', radsec = 'radsec';
let it, key, port, psk, hall, ca;
const one1 = { ALPNProtocols: ['radius/1.1'] };

before(async () => {
  const dir = scratch('radsec-psk');
  ca = await authority(dir);
  const server = await ca.issue('server');
  const made = await ca.issue('hall', { hosts: ['hall.example'] });
  hall = { cert: readFileSync(made.cert), key: readFileSync(made.key), ca: readFileSync(ca.ca) };
  ({ it, port } = await radsecSite('radsec-psk', server, ca.ca));
  await it.tell('tls psk');
  await it.tell('ap cellar hall.example');
  const [name, secret] = (await it.tell('psk')).split(' ');
  psk = { name, key: secret };
  await it.responder();
  key = await it.key();
  await it.tell(`bind ${key.id} ${station}`);
});
after(() => it.end());

const metric = async (name) => Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name} (\\d+)`, 'm'))[1]);
const request = () => accessRequest({ secret: radsec, ssid: it.ssid, ap: mac('020000000010'), station: mac(station) });

// The right key in the answer to P, whichever version it is of.
const right = (p, answer, version) => {
  const r = version === '1.1' ? readReply11(answer) : readReply(p, answer, radsec);
  assert.equal(r.code ?? (r.what === 'accept' && 2), 2);
  const said = version === '1.1' ? r.get(69).subarray(1).toString()
    : tunnelPassword(r.get(69), radsec, p.subarray(4, 20));
  assert.deepEqual(pmk(said, it.ssid), pmk(key.passphrase, it.ssid));
  return r;
};
// The feed has brought the device to the responder.
const known = () => until('the device', async () => {
  const c = dial(port, { psk });
  const p = request();
  c.send(p);
  const a = await c.next().catch(() => null); // refused until the feed is there
  c.end();
  return a?.[0] === 2;
});

for (const version of ['TLSv1.3', 'TLSv1.2'])
  test(`a key lets an access point in, by ${version} (RFC 9813)`, async () => {
    await known();
    const c = dial(port, { psk, minVersion: version, maxVersion: version });
    const p = request();
    c.send(p);
    right(p, await c.next(), '1.0');
    assert.equal(c.socket.getProtocol(), version);
    c.end();
  });

test('a wrong key and a name of nobody are refused', async () => {
  const bad = [{ ...psk, key: randomBytes(32).toString('hex') },
    { ...psk, name: psk.name.replace(/..$/, (x) => (x === '00' ? '11' : '00')) },
    { ...psk, name: psk.name.slice(0, 26) }, { ...psk, name: 'x'.repeat(128) }, { ...psk, name: '' }];
  for (const version of ['TLSv1.3', 'TLSv1.2'])
    for (const one of bad) {
      const c = dial(port, { psk: one, minVersion: version, maxVersion: version });
      c.send(request());
      await c.ended();
      assert.equal(c.got.length, 0);
    }
});

test('a key is of no use to an access point that has a certificate', async () => {
  const c = dial(port, { psk });
  c.send(request());
  await c.next();
  await it.tell('tls office.example');
  await c.ended();
  const again = dial(port, { psk });
  again.send(request());
  await again.ended();
  assert.equal(again.got.length, 0);
  await it.tell('tls psk');
  await known();
});

for (const [how, options] of [['a certificate', () => hall], ['a key', () => ({ psk })]])
  test(`RADIUS/1.1 with ${how}: the token comes back, nothing is hidden (RFC 9765)`, async () => {
    await known();
    const c = dial(port, { ...options(), ...one1 });
    const p = accessRequest11({ ssid: it.ssid, station, extra: [attr(33, 'state')] });
    c.send(p);
    const r = right(p, await c.next(), '1.1');
    assert.equal(c.socket.alpnProtocol, 'radius/1.1');
    assert.deepEqual(r.token, p.subarray(4, 8));
    assert.ok(r.reserved.every((x) => x === 0));
    assert.equal(r.get(80), undefined, 'no Message-Authenticator');
    assert.equal(r.get(33).toString(), 'state');
    c.end();
  });

test('many requests of RADIUS/1.1 at once, and a token that comes again', async () => {
  const c = dial(port, { psk, ...one1 });
  const ask = (station_, token) => accessRequest11({ ssid: it.ssid, station: station_, token });
  const all = Array.from({ length: 50 }, () => ask(station));
  c.send(...all);
  const back = new Set();
  for (const _ of all) back.add(readReply11(await c.next()).token.toString('hex'));
  assert.equal(back.size, 50);
  const token = randomBytes(4);
  c.send(ask(station, token));
  assert.equal(readReply11(await c.next()).code, 2);
  c.send(ask('02-aa-00-00-00-99', token));
  assert.equal(readReply11(await c.next()).code, 3, 'it is another question');
  c.send(packet11(12, [])); // Status-Server
  assert.equal(readReply11(await c.next()).code, 2);
  c.send(packet11(1, [attr(80, randomBytes(16)), attr(1, 'x'), attr(31, '02-aa-00-00-00-99')]));
  assert.equal(readReply11(await c.next()).code, 3, 'a Message-Authenticator says nothing');
  c.end();
});

test('accounting goes by the same connection, in both versions', async () => {
  const about = (id) => [attr(40, Buffer.from([0, 0, 0, 1])), attr(44, id), attr(1, '02aa00000001'),
    attr(31, station), attr(30, `02-00-00-00-00-10:${it.ssid}`)];
  const old = dial(port, { psk }), new_ = dial(port, { psk, ...one1 });
  old.send(accountingRequest({ secret: radsec, attributes: about('s0') }));
  assert.equal((await old.next())[0], 5);
  new_.send(packet11(4, about('s1')));
  assert.equal((await new_.next())[0], 5);
  await until('two visits', async () => (await it.tell(`visits ${key.id}`)).split(';').length === 3);
  old.end(); new_.end();
});

test('what is agreed on is kept to (R-28)', async () => {
  const both = dial(port, { psk, ALPNProtocols: ['radius/1.0', 'radius/1.1'] });
  await until('the handshake', () => both.open);
  assert.equal(both.socket.alpnProtocol, 'radius/1.1', 'the best of both');
  both.send(request()); // of 1.0: hidden by a secret that 1.1 has not
  assert.equal(readReply11(await both.next()).code, 2, 'its octets 4-7 are the token, no more');
  both.end();
  const neither = dial(port, { psk, ALPNProtocols: ['h2'] });
  await neither.ended();
  assert.match(String(neither.trouble), /no application protocol|ALERT_NO_APPLICATION|alert number 120/i);
  const old = dial(port, { psk, ...one1, maxVersion: 'TLSv1.2' });
  await old.ended();
  assert.equal(old.open, false, '1.1 is for TLS 1.3');
  await it.tell('tls psk 1.1');
  await until('1.0 to be refused', async () => {
    const c = dial(port, { psk });
    c.send(request());
    await until('an answer or the end', () => c.closed || c.got.length > 0);
    c.end();
    return c.got.length === 0;
  });
  const c = dial(port, { psk, ...one1 });
  c.send(accessRequest11({ ssid: it.ssid, station }));
  assert.equal(readReply11(await c.next()).code, 2);
  c.end();
  await it.tell('tls psk');
  await known();
});

test('a forged Message-Authenticator ends the connection, and only that one', async () => {
  const good = dial(port, { psk }), bad = dial(port, { psk });
  const p = request();
  p[25] ^= 1;
  bad.send(p);
  await bad.ended();
  const status = Buffer.concat([Buffer.from([12, 0, 0, 38]), randomBytes(16), attr(80, Buffer.alloc(16))]);
  createHmac('md5', radsec).update(status).digest().copy(status, 22);
  good.send(status);
  assert.equal((await good.next())[0], 2);
  good.end();
  assert.ok(await metric('tls_broken_total') >= 1);
});
