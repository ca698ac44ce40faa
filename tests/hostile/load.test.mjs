// Crowds, losses and silence: what must go on while much goes wrong.
// alone: it is the load
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tls from 'node:tls';
import { site as portalSite, raw, get } from '../lib/portal.mjs';
import { must, program, sleep, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { secret, site } from '../lib/site.mjs';
import { accessRequest, accountingRequest, attr, mac, message2, pmk, readReply } from '../lib/wpa.mjs';

const long = !!process.env.LATCHKEY_LONG;
const quantile = (all, q) => [...all].sort((a, b) => a - b)[Math.floor(all.length * q)];

test('F-21 a fifth of all packets is lost each way: with retransmission everybody joins, and no answer differs', { timeout: long ? 900000 : 120000 }, async (t) => {
  const it = await site('loss');
  await it.tell('devices 0');
  await it.responder();
  const key = await it.key();
  await until('the key to work', async () => (await it.ask({ passphrase: key.passphrase })).what === 'accept');
  // between the access point and the responder: drops one of five, both ways
  const front = createSocket('udp4');
  let seen = 0, dropped = 0, n = 7;
  const unlucky = () => { seen++; n = (n * 1103515245 + 12345) % 2147483648; const bad = (n >> 8) % 5 === 0; dropped += bad; return bad; };
  const backs = new Map();
  front.on('message', (m, from) => {
    if (unlucky()) return;
    let back = backs.get(from.port);
    if (!back) {
      back = createSocket('udp4');
      back.on('message', (r) => { if (!unlucky()) front.send(r, from.port, from.address); });
      backs.set(from.port, back);
    }
    back.send(m, it.authPort, '127.0.0.1');
  });
  await new Promise((done) => front.bind(0, '127.0.0.1', done));
  const devices = long ? 10000 : 600;
  let joined = 0;
  for (let i = 0; i < devices; i += 100) {
    const some = await Promise.all(Array.from({ length: 100 }, async (_, j) => {
      const r = await ask({ port: front.address().port, secret, ssid: it.ssid, tries: 12, timeout: 150, passphrase: key.passphrase,
        station: `02-cc-00-00-${Math.floor((i + j) / 256).toString(16).padStart(2, '0')}-${((i + j) % 256).toString(16).padStart(2, '0')}` });
      return r.what === 'accept' && r.passphrase.toString() === pmk(key.passphrase, it.ssid).toString('hex');
    }));
    joined += some.filter(Boolean).length;
    for (const b of backs.values()) b.close();
    backs.clear();
  }
  if (joined < devices) t.diagnostic(it.radius.output.split('\n').slice(-6).join(' | '));
  t.diagnostic(`${joined} of ${devices} joined; ${dropped} of ${seen} packets dropped`);
  assert.ok(dropped / seen > 0.15 && dropped / seen < 0.25);
  assert.ok(joined >= devices * 0.999, `${joined}`);
  front.close();
  await it.end();
});

test('F-20 ten thousand devices come back within ten seconds: all are answered', { timeout: 120000 }, async (t) => {
  const it = await site('herd');
  await it.tell('stations 10000');
  await it.responder();
  const seconds = long ? 10 : 4;
  const line = await must(program('tests/bench/radius_load'), ['--port', it.authPort, '--secret', secret, '--users', '10000',
    '--ssid', it.ssid, '--rate', '1000', '--seconds', seconds, '--pid', it.radius.child.pid].map(String), { timeout: 60000 });
  const value = Object.fromEntries(line.trim().split(/\s+/).map((w) => w.split('=')));
  t.diagnostic(line.trim());
  assert.ok(Number(value.accepts) >= 990 * seconds, line);
  assert.equal(Number(value.lost), 0);
  assert.equal(Number(value.rejects), 0);
  await it.end();
});

// The device STATION joins at access point I, which asks by FROM.
async function joinAt(it, i, station, passphrase, from) {
  const anonce = randomBytes(32), ap = mac('02-00-00-00-00-10'), sta = mac(station);
  await until(`the device to join at ${i}`, async () => {
    const packet = accessRequest({ secret, ssid: it.ssid, ap, station: sta, nas: `yard-${i}`,
      handshake: { anonce, frame: message2({ passphrase, ssid: it.ssid, ap, station: sta, anonce }) } });
    const answer = await from(i, packet, it.authPort);
    return answer && readReply(packet, answer, secret).what === 'accept';
  }, 20000);
}

test('F-22 two hundred access points do not answer a Disconnect: the one that does gets its own within a second', { timeout: 180000 }, async (t) => {
  const it = await site('dead', { address: '192.0.2.1' });
  await it.tell('devices 0');
  await it.responder();
  const key = await it.key();
  const live = createSocket('udp4'), silent = createSocket('udp4');
  let at = 0, unanswered = 0;
  live.on('message', () => { at ||= Date.now(); });
  silent.on('message', () => { unanswered++; });
  for (const s of [live, silent]) await new Promise((done) => s.bind(0, '127.0.0.1', done));
  writeFileSync(join(it.dir, 'ap.secret'), secret, { mode: 0o600 });
  const points = long ? 200 : 60; // each is a command of its own
  const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
  for (let i = 0; i <= points; i++) {
    const port = i === points ? live.address().port : silent.address().port;
    await must(program('latchkey'), ['-c', it.conf, 'ap', 'add', '--name', `yard-${i}`, '--address', `127.0.9.${i + 1}`, '--dialect', 'hostapd',
      '--coa-address', `127.0.0.1:${port}`, '--secret-file', join(it.dir, 'ap.secret')]);
  }
  // asks from the address of access point I
  const from = (i, packet, port) => new Promise((done) => {
    const s = createSocket('udp4');
    const timer = setTimeout(() => { s.close(); done(null); }, 3000);
    s.on('message', (m) => { clearTimeout(timer); s.close(); done(m); });
    s.bind(0, `127.0.9.${i + 1}`, () => s.send(packet, port, '127.0.0.1'));
  });
  for (let i = 0; i <= points; i++) {
    const station = `02-dd-00-00-00-${i.toString(16).padStart(2, '0')}`;
    const p = accountingRequest({ secret, attributes: [attr(40, int(1)), attr(44, `S${i}`), attr(32, `yard-${i}`),
      attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, station.toUpperCase())] });
    // it joins there, then the visit is told
    await joinAt(it, i, station, key.passphrase, from);
    assert.ok(await from(i, p, it.acctPort), `accounting from ${i}`);
  }
  await until('the visits', async () => (await it.tell(`visits ${key.id}`)).split(';').length >= points, 10000).catch(() => {});
  const [, when] = (await it.tell(`revoke ${key.id}`)).split(' ');
  await until('the living one to hear of it', () => at > 0, 10000);
  t.diagnostic(`heard after ${at - Number(when)} ms, beside ${points} that do not answer (${unanswered} packets to them so far)`);
  assert.ok(unanswered > 0, 'the silent ones were asked, too');
  assert.ok(at - Number(when) <= (2000), `${at - Number(when)} ms`);
  live.close();
  silent.close();
  await it.end();
});

// What a client says first.
const clientHello = () => new Promise((done) => {
  const server = createServer((c) => c.once('data', (octets) => { done(octets); c.destroy(); server.close(); }));
  server.listen(0, '127.0.0.1', () => tls.connect({ host: '127.0.0.1', port: server.address().port }).on('error', () => {}));
});

test('F-15, N-10 thousands of slow clients: pages go on, and each costs little', { timeout: 120000 }, async (t) => {
  const s = await portalSite();
  const it = await s.start();
  const pages = async (n) => {
    const took = [];
    for (let i = 0; i < n; i++) {
      const from = process.hrtime.bigint();
      const r = await raw(s, [get('/signin')]);
      assert.equal(r.list[0].status, 200);
      r.socket.destroy();
      took.push(Number(process.hrtime.bigint() - from) / 1e6);
    }
    return took;
  };
  const memory = () => {
    let kib = 0;
    const of = (pid) => {
      kib += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
      for (const c of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')) if (c) of(Number(c));
    };
    of(it.child.pid);
    return kib;
  };
  await pages(20);
  const quiet = await pages(60);
  const slow = [], hello = await clientHello();
  // N clients that send OCTETS and no more; what each of them costs, in KiB
  const crowd = async (n, octets) => {
    const before = memory();
    for (let i = 0; i < n; i++) {
      const c = connect({ host: '127.0.0.1', port: s.port });
      c.on('error', () => {});
      c.on('connect', () => c.write(octets));
      slow.push(c);
      if (i % 100 === 0) await sleep(10);
    }
    await sleep(1500);
    return async () => (memory() - before) / n;
  };
  const begun = await crowd(long ? 10000 : 3000, hello.subarray(0, hello.length - 1));
  const busy = await pages(60), each = await begun();
  for (const c of slow.splice(0)) c.destroy();
  await sleep(2000); // what they leave is told to the portal one by one
  const silent = await (await crowd(2000, hello))();
  t.diagnostic(`p50 ${quantile(quiet, 0.5).toFixed(1)} -> ${quantile(busy, 0.5).toFixed(1)} ms, p95 ${quantile(quiet, 0.95).toFixed(1)} -> ${quantile(busy, 0.95).toFixed(1)} ms; ${each.toFixed(1)} KiB each, ${silent.toFixed(1)} after a whole ClientHello`);
  assert.ok(quantile(busy, 0.5) <= 3 * quantile(quiet, 0.5) + 5, 'pages are not held up');
  assert.ok(each <= 16, `${each} KiB each`);
  assert.ok(silent <= 64, `${silent} KiB each after a whole ClientHello`);
  for (const c of slow) c.destroy();
  await it.stop();
});
