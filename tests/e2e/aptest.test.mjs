// Setting an access point up: its guide, and a page that says what is missing
// while it asks. And whether all is well.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
import { ask, send } from '../lib/radius.mjs';
import { accountingRequest, attr } from '../lib/wpa.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, ada, ssid, ap, key, other, point, cause;
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
const question = (more) => ask({ port: p.auth, secret: p.secret, ssid, station: '02-aa-00-00-00-01', timeout: 3000, ...more });
const password = async (id) => (await latchkey('key', 'reveal', id)).passphrase;
const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
const step = (page, name) => page.locator('.trials li').filter({ has: page.getByRole('heading', { name }) });

before(async () => {
  p = await startPortal({ responder: true });
  [{ ssid }] = await latchkey('network', 'list');
  const [plan] = await latchkey('plan', 'list'), [first] = await latchkey('ap', 'list');
  ap = first;
  const person = await latchkey('person', 'add', '--name', 'Zoe');
  key = await latchkey('key', 'issue', '--person', person.id, '--plan', plan.id);
  other = await latchkey('key', 'issue', '--person', person.id, '--plan', plan.id);
  key.passphrase = await password(key.id);
  other.passphrase = await password(other.id);
  await latchkey('rule', 'add', '--claim', 'groups', '--value', 'front-desk', '--roles', 'auditor');
  // its side of RFC 5176, which never has the session
  point = createSocket('udp4');
  point.on('message', (m, from) => {
    const nak = Buffer.concat([Buffer.from([42, m[1], 0, 26]), m.subarray(4, 20), attr(101, int(cause))]);
    createHash('md5').update(nak).update(p.secret).digest().copy(nak, 4);
    point.send(nak, from.port, from.address);
  });
  await new Promise((done) => point.bind(0, '127.0.0.1', done));
  await latchkey('ap', 'set', ap.id, '--coa-address', `127.0.0.1:${point.address().port}`);
  browser = await launch();
  ada = await visitor(browser);
  await signIn(ada.page, p.url, 'ada');
  ada.page.complaints.length = 0;
});
after(async () => { point?.close(); await browser?.close(); await p?.stop(); });

test('the test of an access point says what is missing, and then that it works', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/admin/access-points/${ap.id}`);
  await page.getByRole('link', { name: 'Test this access point' }).click();
  await step(page, 'It asks this responder').getByText('It is expected from').waitFor();
  await inspectAll(page, 'ap-test-nothing');

  // nobody reloads: the page looks by itself
  await question({ from: '127.0.0.9', timeout: 200 });
  await step(page, 'It asks this responder').getByText('127.0.0.9').waitFor();
  await question({ secret: 'not-the-same-on-both-sides', timeout: 200 });
  await step(page, 'It asks this responder').getByText('with another shared secret').waitFor();
  assert.equal(await step(page, 'It asks this responder').getByText('yes', { exact: true }).count(), 0);
  // who does not see it is told, of trouble as of success
  const told = page.getByRole('status');
  await told.filter({ hasText: 'with another shared secret' }).waitFor();
  assert.equal(await told.getAttribute('aria-live'), 'polite');
  assert.equal(await page.locator('#moving [data-status]').count(), 0, 'it stays when the part is renewed');
  await inspect(page, 'ap-test-secret');

  await until('the key to be known', async () => (await question({ station: '02-aa-00-00-00-02', passphrase: key.passphrase })).what === 'accept');
  assert.equal((await question({ passphrase: 'not one of the passwords' })).what, 'reject');
  await step(page, 'It asks this responder').getByText('the shared secret is right').waitFor();
  await step(page, 'A device is let in').getByText('yes', { exact: true }).waitFor();
  await page.getByRole('status').filter({ hasText: 'A device is let in yes' }).waitFor();
  await step(page, 'A device is let in').getByRole('link', { name: '02-aa-00-00-00-01' }).waitFor();

  const start = accountingRequest({ id: 1, secret: p.secret, attributes: [attr(40, int(1)), attr(44, 'one'), attr(1, 'x'),
    attr(30, `02-00-00-00-00-10:${ssid}`), attr(31, '02-aa-00-00-00-02')] });
  assert.ok(await send(start, p.acct, { tries: 3 }));
  await step(page, 'It tells of visits').getByText('yes', { exact: true }).waitFor();
  await step(page, 'It takes disconnects').getByText('None was sent yet.').waitFor();
  await inspectAll(page, 'ap-test-works');
  assert.deepEqual(page.complaints, []);
});

test('a disconnect that was refused is none that was taken; that the session is not there proves the way', async () => {
  const { page } = ada;
  assert.equal((await question({ station: '02-aa-00-00-00-03', passphrase: other.passphrase })).what, 'accept');
  await page.goto(`${p.url}/admin/access-points/${ap.id}/test`);
  cause = 501; // administratively prohibited (RFC 5176 3.6)
  await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', other.id]);
  await step(page, 'It takes disconnects').getByText('The access point refused it.').waitFor();
  assert.equal(await step(page, 'It takes disconnects').getByText('yes', { exact: true }).count(), 0);
  cause = 503; // session context not found
  await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', key.id]);
  await step(page, 'It takes disconnects').getByText('yes', { exact: true }).waitFor();
  await step(page, 'It takes disconnects').getByText('It was answered.').waitFor();
});

test('who may only look finds tests and guides, and no way that ends', async () => {
  const { page, context } = await visitor(browser);
  await signIn(page, p.url, 'dora');
  page.complaints.length = 0;
  const back = () => page.getByRole('main').getByRole('link', { name: 'Access points', exact: true }).last().click();
  await page.goto(`${p.url}/admin/access-points`);
  assert.equal(await page.getByRole('link', { name: ap.name, exact: true }).count(), 0, 'the form is for who may change it');
  await inspect(page, 'ap-list-auditor');
  await page.getByRole('link', { name: `Test this access point ${ap.name}` }).click();
  await page.getByRole('heading', { name: 'Test of an access point' }).waitFor();
  await inspect(page, 'ap-test-auditor');
  await back();
  await page.getByRole('link', { name: 'How access points are set up' }).click();
  await page.waitForURL(`${p.url}/admin/guides/all`);
  await back();
  for (const word of ['networks', 'plans', 'rules', 'access-points']) {
    await page.goto(`${p.url}/admin/${word}`);
    for (const href of await page.getByRole('main').locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href'))))
      assert.equal(await page.evaluate(async (to) => (await fetch(to)).status, href), 200, `${word}: ${href}`);
  }
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('it works without a script, and for nobody but staff', async () => {
  const { page, context } = await visitor(browser, { javaScriptEnabled: false, storageState: await ada.context.storageState() });
  await page.goto(`${p.url}/admin/access-points/${ap.id}/test`);
  await page.getByRole('link', { name: 'Look again' }).click();
  await step(page, 'A device is let in').getByText('yes', { exact: true }).waitFor();
  await context.close();
  const guest = await visitor(browser);
  await signIn(guest.page, p.url, 'anna');
  for (const path of [`access-points/${ap.id}/test`, 'guides/all', 'system'])
    assert.equal((await guest.page.goto(`${p.url}/admin/${path}`)).status(), 404, path);
  await guest.context.close();
});

test('the guide for each maker is at hand', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/admin/guides/all`);
  const links = await page.locator('.guide a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  assert.ok(links.length >= 16, links.join());
  for (const href of links) {
    assert.match(href, /^\/admin\/guides\/[a-z]+$/);
    assert.equal((await page.goto(p.url + href)).status(), 200, href);
  }
  await page.goto(`${p.url}/admin/guides/hostapd`);
  await page.getByRole('heading', { level: 1, name: 'hostapd and OpenWrt' }).waitFor();
  await page.getByText('wpa_psk_radius=3').first().waitFor();
  await inspectAll(page, 'guide');
  assert.equal((await page.goto(`${p.url}/admin/guides/nobody`)).status(), 404);
  await page.goto(`${p.url}/admin/access-points/${ap.id}`);
  await page.getByRole('link', { name: 'How it is set up' }).click();
  await page.waitForURL(/\/admin\/guides\/[a-z]+$/);
  await page.goto(`${p.url}/admin/access-points/new`);
  await page.getByRole('link', { name: 'How it is set up' }).click();
  await page.waitForURL(`${p.url}/admin/guides/all`);
});

test('a form explains what its label does not', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/admin/access-points/new`);
  for (const field of await page.locator('.field:has(.hint)').all()) {
    const label = (await field.locator('label').textContent()).trim();
    assert.notEqual((await field.locator('.hint').textContent()).trim().toLowerCase(), label.toLowerCase());
  }
  await page.getByText('whether its requests must be signed so').waitFor();
});

test('the page of the system says what is well, and which settings rule', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/admin/system`);
  await page.getByText('None is recorded.').waitFor();
  await page.getByText('It is sound').waitFor();
  await page.getByText('It knows of every change.').waitFor();
  const settings = await page.locator('pre.settings').textContent();
  assert.ok(settings.includes(p.url), 'public_url');
  assert.ok(settings.includes('master.key') && settings.includes('retention'));
  await inspectAll(page, 'system');
  await must(program('latchkey'), ['-c', p.conf, 'backup', `${p.dir}/copy.db`]);
  await page.reload();
  await page.getByText('The last one was made').waitFor();
});

test('a store that is damaged is said, on a page that stands', async () => {
  const { page } = ada;
  page.complaints.length = 0;
  await must('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
(size,), = db.execute("PRAGMA page_size")
(root,), = db.execute("SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = 'voucher'")
with open(sys.argv[1], "r+b") as f:
    f.seek((root - 1) * size)
    f.write(b"\\xff" * size)
`, `${p.dir}/latchkey.db`]);
  await page.goto(`${p.url}/admin/system`);
  await page.getByText('It is damaged: put a backup in its place.').waitFor();
  assert.equal(await page.locator('.health li').count(), 2);
  await page.getByText('latchkey doctor').waitFor();
  assert.equal(await page.getByText('latchkey backup FILE').count(), 0, 'no copy is made of what is damaged');
  await page.locator('pre.settings').waitFor();
  await inspect(page, 'system-damaged');
  assert.deepEqual(page.complaints, []);
});
