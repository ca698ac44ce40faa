// What the responder does with packets that are repeated, forged or odd.
// waits: answers that do not come
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { site, secret } from '../lib/site.mjs';
import { freePort, run, sleep, until } from '../lib/process.mjs';
import { accessRequest, attr, mac, message2, readReply } from '../lib/wpa.mjs';

let it, key, metricsPort;
const station = '02-aa-00-00-00-01';
before(async () => {
  metricsPort = await freePort();
  it = await site('packets', { more: `metrics_listen = "127.0.0.1:${metricsPort}"` });
  await it.responder();
  key = await it.key();
  await until('the device to join', async () =>
    (await it.ask({ station, passphrase: key.passphrase })).what === 'accept');
});
after(() => it.end());

// One socket, as an access point has: what comes back, in order, within WAIT ms;
// with WANT no longer than until so many came, and until they came.
async function talk(packets, { port = it.authPort, wait = 400, want, host = '127.0.0.1' } = {}) {
  const s = createSocket('udp4');
  const got = [];
  s.on('message', (m) => got.push(m));
  await new Promise((done) => s.bind(0, host, done));
  for (const p of packets) { s.send(p, port, '127.0.0.1'); await sleep(40); }
  if (want) await until(`${want} answers`, () => got.length >= want);
  else await sleep(wait);
  s.close();
  return got;
}
const request = (more = {}) => accessRequest({ secret, ssid: it.ssid, ap: mac('020000000010'), station: mac(station), ...more });
const metric = async (name) => Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name} (\\d+)`, 'm'))[1]);

test('a repeated request gets the same octets (R-08)', async () => {
  const p = request();
  const before = await metric('requests_total');
  const got = await talk([p, p, p]);
  assert.equal(got.length, 3);
  assert.ok(got[0].equals(got[1]) && got[1].equals(got[2]));
  assert.equal(await metric('requests_total'), before + 1);
  assert.equal(readReply(p, got[0], secret).what, 'accept');
});

test('the same identifier with another authenticator is another request (R-09)', async () => {
  const one = request({ id: 7 }), two = request({ id: 7 });
  const [a, b] = await talk([one, two]);
  assert.equal(readReply(one, a, secret).what, 'accept');
  assert.equal(readReply(two, b, secret).what, 'accept');
  assert.ok(!a.equals(b));
});

test('without Message-Authenticator there is silence, unless the access point may (R-01)', async () => {
  await it.tell('ma require');
  await until('silence', async () => (await talk([request({ withoutMa: true })], { wait: 100 })).length === 0);
  await it.tell('ma allow');
  await until('an answer', async () => (await talk([request({ withoutMa: true })], { wait: 100 })).length === 1);
  const proxied = request({ withoutMa: true, extra: [attr(33, 'p')] });
  assert.equal((await talk([proxied])).length, 0, 'Proxy-State without it: never');
  await it.tell('ma auto');
  await until('silence', async () => {
    await talk([request()], { wait: 50 });
    return (await talk([request({ withoutMa: true })], { wait: 100 })).length === 0;
  });
});

test('a wrong, double, short or long Message-Authenticator is dropped (R-03)', async () => {
  const wrong = request();
  wrong[25] ^= 1;
  const short = request(), long = request();
  const resize = (p, by) => {
    const out = by > 0 ? Buffer.concat([p.subarray(0, 38), Buffer.alloc(by), p.subarray(38)])
      : Buffer.concat([p.subarray(0, 38 + by), p.subarray(38)]);
    out[21] += by;
    out.writeUInt16BE(out.length, 2);
    return out;
  };
  const twice = request({ extra: [attr(80, Buffer.alloc(16))] });
  const got = await talk([wrong, resize(short, -1), resize(long, 1), twice]);
  assert.equal(got.length, 0);
});

test('a broken length, an unknown source, and what is for clients are dropped (R-04, R-05, R-25)', async () => {
  const p = request();
  const less = Buffer.from(p); less.writeUInt16BE(19, 2);
  const more = Buffer.from(p); more.writeUInt16BE(p.length + 1, 2);
  const big = Buffer.from(p); big.writeUInt16BE(5000, 2);
  assert.equal((await talk([Buffer.alloc(0), Buffer.from([1]), less, more, big])).length, 0);
  assert.equal((await talk([Buffer.concat([p, Buffer.from('behind')])])).length, 1, 'octets behind Length are ignored');
  for (const code of [2, 3, 4, 11, 40, 43]) {
    const odd = request();
    odd[0] = code;
    assert.equal((await talk([odd], { wait: 60 })).length, 0, `code ${code}`);
  }
  assert.ok(await metric('malformed_total') >= 5);
});

test('Proxy-State comes back unchanged and in order, or nothing does (R-13)', async () => {
  const states = Array.from({ length: 20 }, (_, i) => attr(33, `state ${i} ${'x'.repeat(i)}`));
  const p = request({ extra: states });
  const [a] = await talk([p]);
  const back = readReply(p, a, secret).attributes.filter((x) => x.type === 33).map((x) => x.value.toString());
  assert.deepEqual(back, states.map((s) => s.subarray(2).toString()));
  const huge = request({ extra: Array.from({ length: 14 }, () => attr(33, randomBytes(253))) });
  assert.equal((await talk([huge])).length, 0);
});

test('Status-Server is answered when it is authentic (R-22)', async () => {
  const make = (key) => {
    const body = attr(80, Buffer.alloc(16));
    const p = Buffer.concat([Buffer.from([12, 9, 0, 38]), randomBytes(16), body]);
    createHmac('md5', key).update(p).digest().copy(p, 22);
    return p;
  };
  const p = make(secret);
  const [a] = await talk([p]);
  assert.equal(readReply(p, a, secret).code, 2);
  const [b] = await talk([p], { port: it.acctPort });
  assert.equal(readReply(p, b, secret).code, 5);
  assert.equal((await talk([make('another secret')])).length, 0);
});

test('every spelling of an address is the same device; what is none is refused (R-14)', async () => {
  const ask = (id) => {
    const body = Buffer.concat([attr(80, Buffer.alloc(16)), attr(1, 'x'),
      attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, id)]);
    const p = Buffer.concat([Buffer.from([1, randomBytes(1)[0], 0, 0]), randomBytes(16), body]);
    p.writeUInt16BE(p.length, 2);
    createHmac('md5', secret).update(p).digest().copy(p, 22);
    return p;
  };
  for (const id of ['02aa00000001', '02AA00000001', '02-aa-00-00-00-01', '02:AA:00:00:00:01', '02aa.0000.0001', '02aa-0000-0001']) {
    const p = ask(id);
    const [a] = await talk([p], { want: 1 });
    assert.equal(readReply(p, a, secret).what, 'accept', id);
  }
  for (const id of ['000000000000', 'ffffffffffff', '01005e000001', 'nobody']) {
    const p = ask(id);
    const [a] = await talk([p], { wait: 100 });
    assert.ok(a === undefined || readReply(p, a, secret).what === 'reject', id);
  }
});

test('a handshake damaged anywhere is refused and harms nothing (R-20)', async () => {
  const anonce = randomBytes(32);
  const frame = message2({ passphrase: key.passphrase, ssid: it.ssid, ap: mac('020000000010'), station: mac(station), anonce });
  const bad = [];
  for (const n of [99, frame.length - 1]) bad.push(frame.subarray(0, n));
  for (const at of [1, 2, 4, 5, 6, 20, 81, 97, 98]) {
    const f = Buffer.from(frame);
    f[at] ^= 0x41;
    bad.push(f);
  }
  for (const f of bad) {
    const p = request({ handshake: { anonce, frame: f } });
    const [a] = await talk([p], { want: 1 });
    assert.equal(readReply(p, a, secret).what, 'reject', f.toString('hex'));
  }
  const good = request({ handshake: { anonce, frame } });
  const [a] = await talk([good]);
  assert.equal(readReply(good, a, secret).what, 'accept');
});

test('counters are served to Prometheus on loopback, and nothing else is', async () => {
  const url = `http://127.0.0.1:${metricsPort}`;
  const r = await fetch(`${url}/metrics`);
  assert.equal(r.status, 200);
  const text = await r.text();
  assert.match(text, /^latchkey_radius_accepts_total \d+$/m);
  assert.match(text, /^latchkey_radius_keys 1$/m);
  assert.equal((await fetch(`${url}/`)).status, 404);
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 404);
});

test('radclient of FreeRADIUS is answered, too', async () => {
  const r = await run('radclient', ['-x', '-r', '1', '-t', '3', `127.0.0.1:${it.authPort}`, 'auth', secret],
    { input: `User-Name = "02aa00000001"\nUser-Password = "02aa00000001"\nCalling-Station-Id = "${station}"\nCalled-Station-Id = "02-00-00-00-00-10:${it.ssid}"\nMessage-Authenticator = 0x00\n` });
  assert.equal(r.code, 0, r.stderr + r.stdout);
  assert.match(r.stdout, /Received Access-Accept/);
  assert.match(r.stdout, /Tunnel-Private-Group-Id:0 = "20"/);
});
