// Accounting is answered when it is stored, and counts once.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { site, secret } from '../lib/site.mjs';
import { send } from '../lib/radius.mjs';
import { until } from '../lib/process.mjs';
import { accountingRequest, attr, readReply } from '../lib/wpa.mjs';

let it, key;
const station = '02-aa-00-00-00-01';
before(async () => {
  it = await site('accounting');
  await it.responder();
  key = await it.key();
  await until('the device to join', async () =>
    (await it.ask({ station, passphrase: key.passphrase })).what === 'accept');
});
after(() => it.end());

const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
const report = ({ event, session, octets = [0, 0], giga = [0, 0], more = [] }) => accountingRequest({ secret, attributes: [
  attr(40, int(event)), attr(44, session), attr(1, '02aa00000001'), attr(32, 'ap-1'),
  attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, station.toUpperCase()),
  attr(42, int(octets[0])), attr(43, int(octets[1])), attr(52, int(giga[0])), attr(53, int(giga[1])), ...more] });
const tell = (o, opts) => send(report(o), it.acctPort, { timeout: 3000, ...opts });
const visits = async () => (await it.tell(`visits ${key.id}`)).split(';').map((v) => v.trim()).filter((v) => v && v !== 'none')
  .map((v) => { const [start, stop, ins, outs] = v.split(' ').map(Number); return { start, stop, ins, outs }; });

test('a visit is in the store when its answer comes (R-10)', async () => {
  const p = report({ event: 1, session: 'A1' });
  const a = await send(p, it.acctPort, { timeout: 3000 });
  assert.equal(readReply(p, a, secret).what, 'accounting');
  const [v] = await visits();
  assert.equal(v.stop, 0);
});

test('interim and stop, repeated and out of order, count once, in 64 bits (R-10)', async () => {
  assert.ok(await tell({ event: 3, session: 'A1', octets: [500, 900], giga: [1, 0] }));
  assert.ok(await tell({ event: 3, session: 'A1', octets: [100, 100] }), 'an older one that comes late');
  assert.ok(await tell({ event: 2, session: 'A1', octets: [600, 1000], giga: [1, 0] }));
  assert.ok(await tell({ event: 3, session: 'A1', octets: [500, 900], giga: [1, 0] }));
  assert.ok(await tell({ event: 2, session: 'A1', octets: [600, 1000], giga: [1, 0] }));
  const all = await visits();
  assert.equal(all.length, 1);
  assert.equal(all[0].ins, 2 ** 32 + 600);
  assert.equal(all[0].outs, 1000);
  assert.ok(all[0].stop > 0);
});

test('the key is taken from Class where it comes back', async () => {
  const other = await it.key();
  await until('the key to be known', async () => JSON.parse(await it.control('status')).keys >= 2);
  assert.ok(await tell({ event: 1, session: 'B1', more: [attr(25, other.id)] }));
  assert.match(await it.tell(`visits ${other.id}`), /^\d+ 0 /);
});

test('an access point that starts again ends its visits', async () => {
  assert.ok(await tell({ event: 1, session: 'C1' }));
  assert.ok((await visits()).some((v) => v.stop === 0));
  assert.ok(await tell({ event: 7, session: 'on' }));
  assert.ok((await visits()).every((v) => v.stop > 0));
});

test('a wrong authenticator is dropped; one that is of no use is answered', async () => {
  const forged = report({ event: 1, session: 'D1' });
  forged[5] ^= 1;
  assert.equal(await send(forged, it.acctPort, { timeout: 300 }), null);
  const p = accountingRequest({ secret, attributes: [attr(40, int(9))] });
  assert.ok(readReply(p, await send(p, it.acctPort, { timeout: 3000 }), secret));
});

test('while nothing can be stored there is no answer, and afterwards there is', async () => {
  const db = join(it.dir, 'latchkey.db');
  for (const s of ['', '-wal', '-shm']) try { renameSync(db + s, `${db}.away${s}`); } catch { /* not there */ }
  const p = report({ event: 1, session: 'E1' });
  assert.equal(await send(p, it.acctPort, { timeout: 800 }), null);
  assert.equal((await it.ask({ station, passphrase: key.passphrase })).what, 'accept', 'joining goes on');
  for (const s of ['', '-wal', '-shm']) try { renameSync(`${db}.away${s}`, db + s); } catch { /* not there */ }
  const a = await send(p, it.acctPort, { timeout: 1500, tries: 8 });
  assert.ok(a, 'answered');
  assert.ok((await visits()).some((v) => v.stop === 0));
});
