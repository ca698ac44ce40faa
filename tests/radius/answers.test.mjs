// The responder on a real store: who joins, who does not, and why.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { site } from '../lib/site.mjs';
import { until } from '../lib/process.mjs';
import { pmk } from '../lib/wpa.mjs';

let it;
before(async () => { it = await site('answers'); await it.responder(); });
after(() => it.end());

// What goes back is the passphrase, or the 64 digits of its PMK.
const same = (answer, key) => assert.deepEqual(pmk(answer.passphrase, it.ssid), pmk(key.passphrase, it.ssid));

const uses = (key, station) => until('the device to be written down',
  async () => (await it.tell(`device ${key.id}`)).includes(station));

// Keys reach the responder by its feed; a new one is right within a moment.
const joins = (question) => until('an accept',
  async () => { const a = await it.ask(question); return a.what === 'accept' && a; });

test('a handshake with an unknown device finds its key', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-01';
  const a = await joins({ station, passphrase: key.passphrase });
  same(a, key);
  assert.equal(a.vlan, '20');
  assert.equal(a.reply.firstIsMa, true, 'Message-Authenticator comes first (R-02)');
  await uses(key, station);
  const again = await it.ask({ station });
  assert.equal(again.what, 'accept', 'known by its address from now on');
  same(again, key);
});

test('a wrong passphrase is refused, known device or not (R-17)', async () => {
  const key = await it.key();
  const known = '02-aa-00-00-00-02';
  await joins({ station: known, passphrase: key.passphrase });
  const wrong = { passphrase: 'not the passphrase at all' };
  assert.equal((await it.ask({ station: known, ...wrong })).what, 'reject');
  const r = await it.ask({ station: '02-aa-00-00-00-03', ...wrong });
  assert.equal(r.what, 'reject');
  assert.equal(r.reply.firstIsMa, true);
  assert.equal(r.reply.get(69), undefined);
  const why = (await it.control('why 02-aa-00-00-00-02')).trim().split('\n').map((l) => JSON.parse(l));
  assert.equal(why[0].verdict, 'wrong-key');
  assert.equal(why[0].network, it.ssid);
});

test('an unknown device without a handshake is refused and the reason kept', async () => {
  assert.equal((await it.ask({ station: '02-aa-00-00-00-04' })).what, 'reject');
  const [why] = (await it.control('why 02-aa-00-00-00-04')).trim().split('\n').map((l) => JSON.parse(l));
  assert.equal(why.verdict, 'not-bound');
  assert.equal(why.ap, 'hall');
});

test('another network is none of ours (R-15)', async () => {
  const key = await it.key();
  await joins({ station: '02-aa-00-00-00-05', passphrase: key.passphrase });
  assert.equal((await it.ask({ station: '02-aa-00-00-00-05', ssid: 'Elsewhere', passphrase: key.passphrase })).what, 'reject');
});

test('a device that takes another key is bound to that one', async () => {
  const one = await it.key(), two = await it.key();
  const station = '02-aa-00-00-00-06';
  await joins({ station, passphrase: one.passphrase });
  const a = await joins({ station, passphrase: two.passphrase });
  same(a, two);
  await uses(two, station);
  same(await it.ask({ station }), two);
});

test('a key suspended is refused, restored joins again', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-07';
  await joins({ station, passphrase: key.passphrase });
  await it.tell(`suspend ${key.id}`);
  await until('a reject', async () => (await it.ask({ station })).what === 'reject');
  assert.equal((await it.ask({ station, passphrase: key.passphrase })).what, 'reject');
  await it.tell(`restore ${key.id}`);
  await joins({ station });
});

test('a key that ends says so in Session-Timeout, and ends', async () => {
  const key = await it.key();
  const station = '02-aa-00-00-00-08';
  await joins({ station, passphrase: key.passphrase });
  await it.tell(`end ${key.id} 5`);
  const timeout = await until('a Session-Timeout of at most 5', async () => {
    const t = (await it.ask({ station })).reply?.get(27);
    return t && t.readUInt32BE(0) <= 5 && t.readUInt32BE(0);
  });
  assert.ok(timeout >= 1);
  await until('a reject', async () => (await it.ask({ station })).what === 'reject', 15000);
});

test('at the cap of a plan that refuses, one device more is refused', async () => {
  const sign = await it.key(), key = await it.key();
  let n = 10;
  const more = () => ({ station: `02-aa-00-00-02-${n++}`, passphrase: sign.passphrase });
  await joins(more());
  await it.tell('devices 2');
  await until('the cap to reach the responder', async () => (await it.ask(more())).what === 'reject', 2000);
  const said = async (n) => (await it.ask({ station: `02-aa-00-00-01-0${n}`, passphrase: key.passphrase })).what;
  await until('the first to join', async () => await said(1) === 'accept');
  await until('the second to join', async () => await said(2) === 'accept');
  assert.equal(await said(3), 'reject');
  assert.equal(await said(1), 'accept', 'those on stay on');
  await it.tell('devices 0');
});
