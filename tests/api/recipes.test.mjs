// conf/recipes: what is written there happens, and what the three systems send
// ends in the right passwords. Their side is played from their documentation.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { send, token } from '../lib/directory.mjs';
import { freePort, must, program, start, top, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { session } from '../lib/session.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, all, plan;
const api = async (method, path, body) => {
  const r = await send(p, `/api/v1${path}`, { method, token: all, body, headers: { 'content-type': 'application/json' } });
  return { ...r.json, status_: r.status };
};
const hears = async (passphrase) => (await ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', timeout: 1000, passphrase })).what;
const becomes = (passphrase, what) => until(`the responder to ${what}`, async () => (await hears(passphrase)) === what, 5000);

before(async () => {
  p = await startPortal({ responder: true });
  all = await token(p, 'read,setup,people,keys,reveal,guests');
  plan = p.made.tenant;
  assert.equal((await api('POST', '/rules', { claim: 'issuer', value: 'local', plan, priority: 5 })).status_, 201);
});
after(() => p?.stop());

async function bridge(who, env) {
  const port = await freePort(), file = (name, text) => { writeFileSync(join(p.dir, name), text); return join(p.dir, name); };
  const it = start(join(top, 'conf/recipes/bridge.py'), [who, `127.0.0.1:${port}`], { env: { ...process.env, SSL_CERT_FILE: p.ca,
    LATCHKEY: p.url, TOKEN_FILE: file(`${who}.token`, await token(p, who === 'uisp' ? 'people' : 'guests')), HOOK_FILE: file('hook', 'a-long-random-word\n'), ...env } });
  await until('the bridge to listen', () => new Promise((done) => {
    const c = connect(port, '127.0.0.1', () => { c.destroy(); done(true); });
    c.on('error', () => done(false));
  }));
  it.tell = async (event, path = '/a-long-random-word') => (await fetch(`http://127.0.0.1:${port}${path}`,
    { method: 'POST', body: typeof event === 'string' ? event : JSON.stringify(event) })).status;
  return it;
}

test('what the recipes show by hand happens as it is written', async () => {
  await session('conf/recipes/README.md', { env: { PORTAL: p.url, CURL_CA_BUNDLE: p.ca },
    commands: { latchkey: `exec ${program('latchkey')} -c ${p.conf} "$@"` } });
});

test('apaleo: a reservation from arrival to departure', async () => {
  const reservation = { id: 'XPGMSXGF-1', status: 'Confirmed', unit: { name: '101' }, primaryGuest: { firstName: 'Rui', lastName: 'Costa' },
    arrival: '2026-11-28T15:00:00+01:00', departure: new Date(Date.now() + 864e5).toISOString().replace(/\.\d+Z/, '+00:00') };
  const asked = [];
  const hotel = createServer((req, res) => {
    asked.push([req.url, req.headers.authorization]);
    const found = req.url === `/booking/v1/reservations/${reservation.id}`;
    res.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(found ? JSON.stringify(reservation) : '{}');
  });
  await new Promise((done) => hotel.listen(0, '127.0.0.1', done));
  writeFileSync(join(p.dir, 'apaleo'), 'their-token\n');
  const b = await bridge('apaleo', { APALEO: `http://127.0.0.1:${hotel.address().port}`, APALEO_TOKEN_FILE: join(p.dir, 'apaleo') });
  const event = (type, entityId = reservation.id) => ({ topic: 'Reservation', type, id: 'ec5a1fe4-331c-450a-915c-5caa231cc825', accountId: 'HFTF',
    propertyId: 'HFTF-AADS', timestamp: 1692268510605, data: { entityId } });
  try {
    assert.equal(await b.tell({ topic: 'system', type: 'healthcheck', accountId: 'SDXE' }), 204);
    assert.equal(await b.tell(event('created')), 204);
    assert.equal((await api('GET', '/stays/XPGMSXGF-1')).status_, 404, 'not before they are here');
    reservation.status = 'InHouse';
    for (let i = 0; i < 2; i++) assert.equal(await b.tell(event('checked-in')), 204);
    const stay = await api('GET', '/stays/XPGMSXGF-1');
    assert.deepEqual([stay.name, stay.standing, stay.kind], ['101', 'active', 'guest']);
    const { passphrase } = await api('POST', `/keys/${stay.id}/reveal`);
    await becomes(passphrase, 'accept');
    reservation.unit.name = '204';
    reservation.departure = new Date(Date.now() + 1728e5).toISOString().replace(/\.\d+Z/, '+00:00');
    assert.equal(await b.tell(event('changed')), 204);
    const moved = await api('GET', '/stays/XPGMSXGF-1');
    assert.deepEqual([moved.id, moved.name, moved.not_after], [stay.id, '204', reservation.departure.replace('+00:00', 'Z')]);
    reservation.status = 'CheckedOut';
    assert.equal(await b.tell(event('checked-out')), 204);
    await becomes(passphrase, 'reject');
    assert.equal(await b.tell(event('canceled', 'NEVER-1')), 204, 'who was never here need not leave');
    assert.deepEqual([...new Set(asked.map((a) => a[1]))], ['Bearer their-token']);
    // others
    assert.equal(await b.tell(event('changed'), '/another-word'), 404);
    assert.equal(await b.tell('no JSON'), 400);
    assert.equal(await b.tell({ topic: 'Reservation' }), 400);
  } finally { await b.stop(); hotel.close(); }
});

test('UISP: a service that is not paid, is paid, and ends', async () => {
  const b = await bridge('uisp');
  const event = (eventName) => ({ uuid: 'e6f3a1f0-8b0c-4a0e-9a0e-000000000001', changeType: eventName.split('.')[1], entity: 'service', entityId: '12', eventName,
    extraData: { entity: { id: 12, clientId: 7, name: 'Home 100' } } });
  try {
    for (let i = 0; i < 2; i++) assert.equal(await b.tell(event('service.add')), 204);
    const account = await api('GET', '/accounts/service-12');
    assert.equal(account.name, 'Home 100');
    const key = await api('POST', '/keys', { person: account.id, plan, network: p.made.network, kind: 'personal' });
    const { passphrase } = await api('POST', `/keys/${key.id}/reveal`);
    await becomes(passphrase, 'accept');
    for (let i = 0; i < 2; i++) assert.equal(await b.tell(event('service.suspend')), 204);
    await becomes(passphrase, 'reject');
    assert.equal(await b.tell(event('service.suspend_cancel')), 204);
    await becomes(passphrase, 'accept');
    assert.equal(await b.tell(event('service.edit')), 204);
    // an administrator's suspension is not lifted by a payment: it is told, and tried again
    await api('POST', `/people/${account.id}/state`, { state: 'suspended', reason: 'abuse' });
    assert.equal(await b.tell(event('service.suspend_cancel')), 502);
    await becomes(passphrase, 'reject');
    await api('POST', `/people/${account.id}/state`, { state: 'active' });
    assert.equal(await b.tell(event('service.end')), 204);
    await becomes(passphrase, 'reject');
    assert.equal((await api('GET', '/accounts/service-12')).state, 'ended');
  } finally { await b.stop(); }
});

test('WHMCS: the four functions of a provisioning module', async () => {
  const people = await token(p, 'people');
  const whmcs = async (name, more = {}) => (await must('php', ['-d', `curl.cainfo=${p.ca}`, '-r',
    `require '${join(top, 'conf/recipes/whmcs/latchkey.php')}'; echo latchkey_${name}(json_decode(file_get_contents('php://stdin'), true));`],
  { input: JSON.stringify({ serviceid: 31, serverhostname: 'localhost', serverport: p.port, serverpassword: people,
    clientsdetails: { firstname: 'Ida', lastname: 'Novak', email: 'ida@example.org' }, ...more }) }));
  for (let i = 0; i < 2; i++) assert.equal(await whmcs('CreateAccount'), 'success');
  const account = await api('GET', '/accounts/whmcs-31');
  assert.equal(account.name, 'Ida Novak');
  const key = await api('POST', '/keys', { person: account.id, plan, network: p.made.network, kind: 'personal' });
  const { passphrase } = await api('POST', `/keys/${key.id}/reveal`);
  await becomes(passphrase, 'accept');
  assert.equal(await whmcs('SuspendAccount', { suspendreason: 'Overdue on Payment' }), 'success');
  await becomes(passphrase, 'reject');
  assert.equal((await api('GET', '/accounts/whmcs-31')).reason, 'Overdue on Payment');
  assert.equal(await whmcs('UnsuspendAccount'), 'success');
  await becomes(passphrase, 'accept');
  assert.equal(await whmcs('TerminateAccount'), 'success');
  await becomes(passphrase, 'reject');
  assert.equal(await whmcs('UnsuspendAccount'), 'This account has ended.');
  assert.equal(await whmcs('SuspendAccount', { serviceid: 99 }), 'There is nothing here.');
  assert.equal(await whmcs('CreateAccount', { serverpassword: 'lkt_wrong' }), 'Please sign in.');
  assert.match(await whmcs('CreateAccount', { serverport: 1 }), /^Latchkey does not answer/);
});
