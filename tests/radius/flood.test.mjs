// Those who know nothing must not hold up those who are known.
// alone: it floods
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { site, secret } from '../lib/site.mjs';
import { sleep, until } from '../lib/process.mjs';
import { accessRequest, mac, message2 } from '../lib/wpa.mjs';

const KEYS = 3000;
const station = '02-aa-00-00-00-01';
let it, key;
before(async () => {
  it = await site('flood', { address: '127.0.0.1' });
  await it.tell(`keys ${KEYS}`);
  await it.responder();
  key = await it.key();
  await until('the device to join', async () => (await it.ask({ station, passphrase: key.passphrase })).what === 'accept');
});
after(() => it.end());

const metric = async (name) => Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name} ([\\d.]+)`, 'm'))[1]);

// Bogus handshakes, made in advance; each is new to the responder.
function bogus(n, of) {
  const ap = mac('020000000010'), anonce = randomBytes(32);
  return Array.from({ length: n }, (_, i) => {
    const sta = of ? mac(of) : mac((0x020b00000000 + i % 1000).toString(16).padStart(12, '0'));
    const frame = message2({ passphrase: 'a'.repeat(64), ssid: it.ssid, ap, station: sta, anonce, snonce: randomBytes(32) });
    return accessRequest({ secret, ssid: it.ssid, ap, station: sta, handshake: { anonce, frame } });
  });
}

async function during(packets, work) {
  const s = createSocket('udp4');
  s.on('message', () => {});
  await new Promise((done) => s.bind(0, '127.0.0.1', done));
  let on = true;
  const sending = (async () => {
    for (let i = 0; on; i = (i + 20) % packets.length) {
      for (const p of packets.slice(i, i + 20)) s.send(p, it.authPort, '127.0.0.1');
      await sleep(10); // about 2000 a second
    }
  })();
  const got = await work();
  on = false;
  await sending;
  s.close();
  return got;
}

test('known devices are answered during a flood of handshakes, within its budget (R-18)', async (t) => {
  const packets = bogus(4000);
  const spent = await metric('search_seconds_total');
  const from = Date.now();
  const took = await during(packets, async () => {
    const all = [];
    for (let i = 0; i < 100; i++) {
      const at = performance.now();
      assert.equal((await it.ask({ station, passphrase: key.passphrase, timeout: 2000, tries: 2 })).what, 'accept');
      all.push(performance.now() - at);
      await sleep(20);
    }
    return all.sort((a, b) => a - b);
  });
  const share = (await metric('search_seconds_total') - spent) / ((Date.now() - from) / 1000);
  t.diagnostic(`known during the flood: median ${took[50].toFixed(1)} ms, p99 ${took[98].toFixed(1)} ms; searches used ${(share * 100).toFixed(1)} % of a core`);
  assert.ok(share <= 0.8, 'the burst and half of one core');
  const dropped = await metric('budget_device_total') + await metric('budget_ap_total') + await metric('budget_total_total');
  assert.ok(dropped > 0, 'what was too much is counted');
});

test('a newcomer whose address is flooded still joins (R-19)', async () => {
  const victim = '02-aa-00-00-00-02';
  const fresh = await it.key();
  const packets = bogus(2000, victim);
  await during(packets, () => until('the victim to join', async () =>
    (await it.ask({ station: victim, passphrase: fresh.passphrase, timeout: 500 })).what === 'accept', 5000));
});

test('10^4 packets from an unknown source get not one octet back (R-04)', async () => {
  const packets = bogus(50);
  const s = createSocket('udp4');
  let heard = 0;
  s.on('message', () => heard++);
  await new Promise((done) => s.bind(0, '127.0.0.2', done));
  const lines = it.radius.output.length;
  for (let i = 0; i < 10000; i++) {
    s.send(packets[i % 50], it.authPort, '127.0.0.1');
    if (i % 200 === 0) await sleep(5);
  }
  await until('them to be counted', async () => await metric('unknown_source_total') > 1000);
  s.close();
  assert.equal(heard, 0);
  assert.ok(it.radius.output.length - lines < 2000, 'and hardly a line in the log');
});
