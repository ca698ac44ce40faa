// How long a change takes to count: issued, revoked, expired (N-04, R-29).
// alone: it measures time
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { site } from '../lib/site.mjs';
import { sleep, slower, until } from '../lib/process.mjs';

const SAMPLES = 100, PROMISE = 250;
let it;
before(async () => { it = await site('feed'); await it.responder(); });
after(() => it.end());

let stations = 0;
const station = () => `02-aa-${(++stations).toString(16).padStart(8, '0').match(/../g).join('-')}`;
const joins = (question) => until('an accept', async () => (await it.ask({ timeout: 300, ...question })).what === 'accept');

// Says p50 and p99 of TOOK, and holds them to the promise.
function judge(t, what, took) {
  took.sort((a, b) => a - b);
  const p50 = took[Math.floor(took.length / 2)], p99 = took[Math.ceil(took.length * 0.99) - 1];
  t.diagnostic(`${what}: p50 ${p50} ms, p99 ${p99} ms, most ${took.at(-1)} ms of ${took.length}`);
  assert.ok(took.length >= SAMPLES);
  assert.ok(took[0] >= 0, `${took[0]} ms: before its time`);
  assert.ok(p99 <= PROMISE * slower, `p99 ${p99} ms`);
}

test(`a new key is right within ${PROMISE} ms`, async (t) => {
  const took = [];
  for (let i = 0; i < SAMPLES; i++) {
    const { passphrase } = await it.key();
    const from = Date.now();
    while ((await it.ask({ station: station(), passphrase, timeout: 1000 })).what !== 'accept') await sleep(1);
    took.push(Date.now() - from);
  }
  judge(t, 'issued to accepted', took);
});

test(`a key that is revoked is refused within ${PROMISE} ms, and nobody is let in after that`, async (t) => {
  const took = [];
  for (let i = 0; i < SAMPLES; i++) {
    const key = await it.key(), sta = station();
    await joins({ station: sta, passphrase: key.passphrase });
    const [, at] = (await it.tell(`revoke ${key.id}`)).split(' ').map(Number); // the clock at its commit
    while ((await it.ask({ station: sta, timeout: 1000 })).what === 'accept') await sleep(1);
    took.push(Date.now() - at);
    assert.equal((await it.ask({ station: sta, passphrase: key.passphrase, timeout: 1000 })).what, 'reject');
  }
  judge(t, 'revoked to refused', took);
});

test(`a key that ends is accepted until that second and refused within ${PROMISE} ms of it (G-09)`, async (t) => {
  const took = [], batch = 20;
  for (let n = 0; n < SAMPLES; n += batch) {
    const keys = [], began = Date.now();
    for (let i = 0; i < batch; i++) {
      const key = { ...await it.key(), station: station() };
      await joins(key);
      keys.push(key);
    }
    const room = Math.max(2, Math.ceil((Date.now() - began) / 1000)); // ending them takes no longer than making them did
    await sleep(1010 - (Date.now() % 1000)); // both clocks are in the same second
    const end = (Math.floor(Date.now() / 1000) + room) * 1000;
    for (const k of keys) await it.tell(`end ${k.id} ${end / 1000 - Math.floor(Date.now() / 1000)}`);
    assert.ok(Date.now() < end - 200, 'said in time');
    await sleep(end - 100 - Date.now());
    await Promise.all(keys.map(async (k) => {
      for (;;) {
        const r = await it.ask({ station: k.station, timeout: 1000 });
        if (r.what === 'reject') break;
        await sleep(5);
      }
      took.push(Date.now() - end);
    }));
  }
  judge(t, 'ended to refused', took);
});
