// Data used up: the running responder answers with the other plan from then on.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { site, secret } from '../lib/site.mjs';
import { send } from '../lib/radius.mjs';
import { must, program, until } from '../lib/process.mjs';
import { accountingRequest, attr } from '../lib/wpa.mjs';

let it, key, plan;
const station = '02-aa-00-00-00-01';
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', it.conf, ...args, '--json']));
before(async () => {
  it = await site('quota');
  [plan] = await latchkey('plan', 'list');
  const [network] = await latchkey('network', 'list');
  await latchkey('plan', 'add', '--name', 'Slow lane', '--network', network.name, '--vlan', '66');
  await latchkey('plan', 'set', plan.id, '--quota', '5000000', '--quota-period', 'month', '--quota-plan', 'Slow lane');
  await it.responder();
  key = await it.key();
  await until('the device to join', async () =>
    (await it.ask({ station, passphrase: key.passphrase })).what === 'accept');
});
after(() => it.end());

const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
const tell = (event, octets) => send(accountingRequest({ secret, attributes: [
  attr(40, int(event)), attr(44, 'Q1'), attr(1, '02aa00000001'), attr(32, 'ap-1'),
  attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, station.toUpperCase()),
  attr(42, int(octets)), attr(43, int(0))] }), it.acctPort, { timeout: 3000 });
const vlan = async () => (await it.ask({ station, passphrase: key.passphrase })).vlan;

test('the last octet of the quota moves the password to the other plan, for all to see', async () => {
  const own = await vlan();
  assert.notEqual(own, '66');
  assert.ok(await tell(1, 0));
  assert.ok(await tell(3, 4999999));
  assert.equal(await vlan(), own);
  assert.ok(await tell(3, 5000000));
  const at = Date.now();
  await until('the other plan', async () => (await vlan()) === '66', 5000);
  assert.ok(Date.now() - at < 2000, 'at once');
  assert.equal((await latchkey('key', 'show', key.id)).plan, 'Slow lane');
  const acts = (await latchkey('audit', 'list')).map((a) => a.act);
  assert.ok(acts.includes('key.quota'));
});

test('when the period is over, the password is on its own plan again', async () => {
  // the period of the row ends now: what the clock does at the end of a month
  await must('sqlite3', ['-cmd', '.timeout 20000', `${it.dir}/latchkey.db`, `UPDATE wifi_key SET spent_until = ${Math.floor(Date.now() / 1000) + 2} WHERE id = '${key.id}'`]);
  await until('its own plan', async () => (await vlan()) !== '66', 10000);
  const acts = (await latchkey('audit', 'list')).map((a) => a.act);
  assert.ok(acts.includes('key.quota-over'));
});
