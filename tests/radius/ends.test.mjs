// Thousands of keys that end in one and the same second: before it their
// devices are let in, from it on not one is, and those of others notice
// nothing (F-20).
// waits: passwords to end
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { site, secret } from '../lib/site.mjs';
import { sleep, until } from '../lib/process.mjs';
import { accessRequest, mac } from '../lib/wpa.mjs';

const KEYS = Number(process.env.LATCHKEY_ENDS ?? 5000), SECONDS = 5;
const own = '02-aa-00-00-00-01';
let it;
before(async () => { it = await site('ends', { address: '127.0.0.1' }); });
after(() => it?.end());

const leaving = (i) => mac(`024b${i.toString(16).padStart(8, '0')}`);
const request = (station, id) => accessRequest({ secret, ssid: it.ssid, ap: mac('020000000010'), station, id });

// Asks for stations FROM to TO, a window at a time, each until it is answered:
// the codes of the answers, and when each was asked last.
async function asked(from, to) {
  const got = new Array(to - from).fill(null);
  for (let at = from; at < to; at += 200) {
    // a socket of its own, so that a late answer to the ids before is nobody's
    const s = createSocket('udp4'), codes = new Map(), n = Math.min(200, to - at);
    s.on('message', (m) => codes.set(m[1], m[0]));
    await new Promise((done) => s.bind(0, '127.0.0.1', done));
    const packets = Array.from({ length: n }, (_, i) => request(leaving(at + i), i));
    for (let tries = 0; tries < 5 && codes.size < n; tries++) {
      for (let i = 0; i < n; i++) if (!codes.has(i)) s.send(packets[i], it.authPort, '127.0.0.1');
      for (let ms = 0; ms < 2000 && codes.size < n; ms += 5) await sleep(5);
    }
    for (let i = 0; i < n; i++) got[at - from + i] = codes.get(i) ?? 0;
    s.close();
  }
  return got;
}
const count = (codes, code) => codes.filter((c) => c === code).length;

test(`${KEYS} keys end in one second: each is refused from then on, and others are answered meanwhile (F-20)`, { timeout: 120000 }, async (t) => {
  const key = await it.key();
  await it.tell(`bind ${key.id} ${own}`);
  await it.tell(`crowd ${KEYS}`);
  await it.responder();
  assert.equal((await it.ask({ station: own })).what, 'accept');
  assert.equal(count(await asked(0, 400), 2), 400, 'let in before');
  const end = 1000 * Number((await it.tell(`leave ${SECONDS}`)).split(' ')[1]);
  t.diagnostic(`${KEYS} keys end ${end - Date.now()} ms after the last was told so`);

  const took = [];
  let going = true;
  const others = (async () => {
    while (going) {
      const at = performance.now();
      assert.equal((await it.ask({ station: own, timeout: 5000 })).what, 'accept', 'a key that lasts');
      took.push(performance.now() - at);
      await sleep(10);
    }
  })();
  await sleep(Math.max(0, end - Date.now()));
  const first = await asked(0, KEYS); // while the store is told of their end
  assert.equal(count(first, 2), 0, 'not one is let in at its end, or after it');
  assert.equal(count(first, 3), KEYS, 'all are answered');
  await until('them to be written down as over', () => /radius\.life .*ended=[1-9]/.test(it.radius.output), 60000);
  const last = await asked(0, KEYS);
  going = false;
  await others;
  took.sort((a, b) => a - b);
  t.diagnostic(`a device of a key that lasts: ${took.length} times, median ${took[took.length >> 1].toFixed(1)} ms, longest ${took.at(-1).toFixed(1)} ms`);
  assert.equal(count(last, 2), 0);
  assert.ok(count(last, 3) >= KEYS / 2, 'those that are forgotten meanwhile are strangers, and strangers have a share');
  assert.ok(took.length > 20);
});
