// Keys that are over do not pile up in the responder's memory (N-04).
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { site } from '../lib/site.mjs';
import { until } from '../lib/process.mjs';

// As radius/serve/known.h has them.
const KEPT = 4096, GONE = 512;
const BRIEF = KEPT + 3 * GONE;
const skip = !process.env.LATCHKEY_LONG && 'LATCHKEY_LONG=1; counts alone are in radius_serve_test';
let it;
before(async () => { if (!skip) { it = await site('over'); await it.responder(); } });
after(() => it?.end());

const known = async () => JSON.parse(await it.control('status'));

test('of five thousand keys that end the last are kept, and one that gets more time is back with its device', { skip }, async (t) => {
  const station = '02-aa-00-00-00-01';
  const key = await it.key(), lasting = await it.key();
  const other = { station: '02-aa-00-00-00-02', passphrase: lasting.passphrase };
  for (const device of [{ station, passphrase: key.passphrase }, other])
    await until('its key to be known', async () => (await it.ask(device)).what === 'accept');
  await until('both to be written down', async () => (await it.tell(`device ${key.id}`)) !== 'none'
    && (await it.tell(`device ${lasting.id}`)) !== 'none');
  await it.tell(`end ${key.id} 1`);
  await until('it to be over', async () => (await it.ask({ station })).what === 'reject', 20000);
  await it.tell(`brief ${BRIEF} 8`);
  await until('all to be known', async () => (await known()).keys === BRIEF + 2, 30000);
  await until('the first to be let go', async () => (await known()).keys === KEPT + 1, 60000);
  const now = await until('the index to shrink', async () => {
    const k = await known();
    return k.slots < KEPT + GONE + KEPT / 16 && k;
  }, 20000);
  t.diagnostic(`${BRIEF + 2} keys, then ${now.keys} in ${now.slots} slots`);
  assert.equal((await it.ask({ station: other.station })).what, 'accept', 'one that lasts');
  assert.equal((await it.ask({ station })).what, 'reject');
  await it.tell(`end ${key.id} 3600`);
  const again = await until('the device to be known again', async () => {
    const a = await it.ask({ station });
    return a.what === 'accept' && a;
  }, 20000);
  assert.equal(again.passphrase.toString(), key.passphrase);
});
