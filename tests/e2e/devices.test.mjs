// All devices and all visits, as staff looks for one of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
import { ask, send } from '../lib/radius.mjs';
import { accountingRequest, attr } from '../lib/wpa.mjs';
import { startPortal } from '../lib/whole.mjs';

const phone = '02-aa-00-00-00-01', radio = '00-1b-63-00-00-02';
const ssid = 'Harbour; "guest"';
let p, browser, ada, key;
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
const tell = (event, session, station, more = []) => send(accountingRequest({ secret: p.secret, attributes: [attr(40, int(event)),
  attr(44, session), attr(1, station), attr(32, 'ap-1'), attr(30, `02-00-00-00-00-10:${ssid}`), attr(31, station.toUpperCase()),
  attr(42, int(2e6)), attr(43, int(5e6)), ...more] }), p.acct, { timeout: 3000 });

before(async () => {
  p = await startPortal({ responder: true });
  browser = await launch();
  await latchkey('person', 'add', '--name', 'Grace Hopper');
  key = await latchkey('key', 'issue', '--person', 'Grace Hopper', '--plan', 'Tenant', '--name', 'Navy');
  const shown = await must(program('latchkey'), ['-c', p.conf, 'key', 'reveal', key.id]);
  const passphrase = /[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}/.exec(shown)[0];
  const join = (station) => ask({ port: p.auth, secret: p.secret, ssid, station, passphrase, timeout: 3000 });
  await until('the key to work', async () => (await join(phone)).what === 'accept', 20000);
  assert.equal((await join(radio)).what, 'accept');
  assert.ok(await tell(1, 'A1', phone));
  assert.ok(await tell(1, 'B1', radio));
  assert.ok(await tell(2, 'B1', radio, [attr(49, int(2))]));
  ada = await visitor(browser);
  await signIn(ada.page, p.url, 'ada');
  ada.page.complaints.length = 0;
});
after(async () => { await browser?.close(); await p?.stop(); });

const rows = (page) => page.locator('tbody tr').evaluateAll((all) => all.map((r) => r.innerText.replace(/\s+/g, ' ')));

test('a device is found by its address, by its person, and by being on the air', async () => {
  const { page } = ada;
  await until('both devices to be listed', async () => {
    await page.goto(`${p.url}/admin/devices`);
    return (await rows(page)).length === 2;
  }, 20000);
  await inspectAll(page, 'admin-devices');
  const search = async (text) => {
    await page.getByRole('searchbox').fill(text);
    await page.getByRole('button', { name: 'Search' }).click();
    return rows(page);
  };
  const [one, ...more] = await search('02AA.0000.0001');
  assert.equal(more.length, 0);
  assert.match(one, /02-aa-00-00-00-01 random address Grace Hopper Navy .* on now/i);
  assert.equal((await search('grace')).length, 2);
  await page.getByRole('link', { name: 'On the air' }).click();
  const on = await rows(page);
  assert.equal(on.length, 1);
  assert.match(on[0], /02-aa-00-00-00-01/i);
  await page.getByRole('link', { name: 'Blocked', exact: true }).click();
  await page.getByText('None fits.').waitFor();
  await page.goto(`${p.url}/admin/keys/${key.id}`);
  await page.getByRole('button', { name: /^Block 00-1b/i }).click();
  await page.waitForURL(/done=device/);
  await page.goto(`${p.url}/admin/devices?which=blocked`);
  const [blocked] = await rows(page);
  assert.match(blocked, /00-1b-63-00-00-02 Grace Hopper .* blocked/i);
  await page.getByRole('link', { name: 'Navy' }).click();
  await page.waitForURL(new RegExp(`/admin/keys/${key.id}$`));
  assert.deepEqual(page.complaints, []);
});

test('a visit is found by its device, its person, its place and its day, and says how it ended', async () => {
  const { page } = ada;
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/visits`);
  const all = await rows(page);
  assert.equal(all.length, 2);
  assert.ok(all.some((r) => /on now .*02-aa-00-00-00-01 Grace Hopper Navy ap-1/i.test(r)), all.join('\n'));
  assert.ok(all.some((r) => /The connection was lost\. 00-1b-63-00-00-02 .* ↓ 5\.0 MB ↑ 2\.0 MB/i.test(r)), all.join('\n'));
  await inspectAll(page, 'admin-visits');
  const search = async (label, text) => {
    await page.getByLabel(label).fill(text);
    await page.getByRole('button', { name: 'Search' }).click();
    return (await rows(page)).length;
  };
  assert.equal(await search('Day', '2026-01-01'), 0);
  assert.equal(await search('Day', ''), 2);
  assert.equal(await search('Name of the password or the person', 'nobody'), 0);
  assert.equal(await search('Name of the password or the person', 'GRACE'), 2);
  assert.equal(await search('Address of the device', '001B.6300.0002'), 1);
  await search('Address of the device', 'nonsense');
  await page.locator('#device-wrong').waitFor();
  await inspectAll(page, 'admin-visits-wrong');
  // the pages of a device, a person, a password and an access point lead to theirs
  await page.goto(`${p.url}/admin/devices`);
  await page.getByRole('link', { name: /Visits of 02-aa/i }).click();
  assert.equal((await rows(page)).length, 1);
  await page.getByRole('link', { name: 'Grace Hopper' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Visits', exact: true }).last().click();
  await page.getByText('Only those of Grace Hopper.').waitFor();
  assert.equal((await rows(page)).length, 2);
  await page.getByRole('link', { name: 'Navy' }).first().click();
  await page.getByRole('main').getByRole('link', { name: 'Visits', exact: true }).last().click();
  await page.getByText('Only those of Navy.').waitFor();
  await page.getByRole('link', { name: 'ap-1' }).first().click();
  await page.getByRole('main').getByRole('link', { name: 'Visits', exact: true }).last().click();
  assert.equal((await rows(page)).length, 2);
  assert.ok(await page.getByLabel('Access point').inputValue());
  assert.deepEqual(page.complaints, []);
  // what is not there is not shown as all
  for (const field of ['key', 'who', 'ap'])
    assert.equal((await page.goto(`${p.url}/admin/visits?${field}=nonsense`)).status(), 404, field);
  assert.equal((await page.goto(`${p.url}/admin/visits?day=soon`)).status(), 200);
  await page.locator('#day-wrong').waitFor();
  // whose they are is said of one without a name, too
  const nobody = await latchkey('key', 'issue', '--person', 'Grace Hopper', '--plan', 'Tenant');
  await page.goto(`${p.url}/admin/visits?key=${nobody.id}`);
  await page.getByRole('link', { name: 'Show all' }).waitFor();
});

// only the list of all devices has one whose password was deleted
test('a device is blocked and let in again in the list, even when its password is gone', async () => {
  const { page } = ada;
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/devices?q=grace`);
  await page.getByRole('button', { name: /^Block 02-aa/i }).click();
  await page.waitForURL(/done=device/);
  assert.equal(await page.getByRole('searchbox').inputValue(), 'grace');
  assert.equal((await rows(page)).filter((r) => /blocked/.test(r)).length, 2);
  await must('sqlite3', ['-cmd', '.timeout 20000', join(p.dir, 'latchkey.db'), 'UPDATE device SET key = NULL']);
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'Blocked', exact: true }).click();
  assert.equal((await rows(page)).length, 2);
  await inspectAll(page, 'admin-devices-blocked');
  await page.goto(`${page.url()}&lang=he`);
  await inspectAll(page, 'admin-devices-blocked-he');
  await page.goto(`${p.url}/admin/devices?which=blocked&lang=en`);
  for (const mac of [phone, radio]) {
    await page.getByRole('button', { name: new RegExp(`Let in again: ${mac}`, 'i') }).click();
    await page.waitForURL(/which=blocked.*done=device/);
    await page.getByRole('status').getByText('Done.').waitFor();
  }
  await page.getByText('None fits.').waitFor();
  assert.equal((await latchkey('audit', 'list', '--act', 'device.unblock')).length, 2);
  assert.deepEqual(page.complaints, []);
});
