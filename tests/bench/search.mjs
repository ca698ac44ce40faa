// How long the search for a newcomer's key takes, from the packet to the
// answer, by the number of keys of the network. The worst case: no key fits.
import { randomBytes } from 'node:crypto';
import { site } from '../lib/site.mjs';
import { sleep, until } from '../lib/process.mjs';
import { middle } from './measure.mjs';

const metric = async (it, name) =>
  Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name}_total ([\\d.]+)`, 'm'))[1]);

const settled = (it) => until('a quiet start', async () => /radius\.loaded|radius\.snapshot /.test(it.radius.output), 60000);

async function worst(it, samples) {
  const took = [];
  const searches = await metric(it, 'searches'), spent = await metric(it, 'search_seconds');
  for (let i = 0; i < samples; i++) {
    const station = `02${randomBytes(5).toString('hex')}`;
    const at = performance.now();
    const { what } = await it.ask({ station, passphrase: randomBytes(32).toString('hex'), timeout: 5000 });
    if (what !== 'reject') throw new Error(`a wrong key was answered with ${what}`);
    took.push(performance.now() - at);
    await sleep(60); // searches may use a share of the processor only
  }
  const n = await metric(it, 'searches') - searches;
  return { took: middle(took), cpu: (await metric(it, 'search_seconds') - spent) * 1000 / n };
}

// A key issued a moment ago, by a device nobody has seen.
async function newcomer(it, samples) {
  const took = [];
  for (let i = 0; i < samples; i++) {
    const { passphrase } = await it.key(randomBytes(32).toString('hex'));
    const station = `02${randomBytes(5).toString('hex')}`;
    await until('the key to arrive', async () => (await it.ask({ station, passphrase, timeout: 5000 })).what === 'accept');
    const other = `02${randomBytes(5).toString('hex')}`;
    const at = performance.now();
    await it.ask({ station: other, passphrase, timeout: 5000 });
    took.push(performance.now() - at);
    await sleep(60);
  }
  return middle(took);
}

export async function searches(sizes, samples) {
  const it = await site('bench-search');
  const rows = [];
  let have = 0;
  for (const keys of sizes) {
    await it.tell(`keys ${keys - have}`);
    have = keys;
    await it.responder();
    await settled(it);
    rows.push({ keys, ...await worst(it, samples), newcomer: await newcomer(it, 5) });
    have += 5;
    await it.radius.stop();
  }
  await it.end();
  return rows;
}
