// What staff does with one password, its devices, and a suspension ahead of time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({}); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

test('the end is moved, devices are blocked and forgotten, a new password is made, the old one expires', async () => {
  const who = await latchkey('person', 'add', '--name', 'Grace');
  const key = await latchkey('key', 'issue', '--person', 'Grace', '--plan', 'Tenant', '--name', 'Phone');
  await latchkey('device', 'add', key.id, '02:aa:00:00:00:07', '--name', 'Tablet');
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/keys/${key.id}`);
  await page.getByLabel('Works until the end of').fill('2036-05-31');
  await page.getByRole('button', { name: 'Move the end' }).click();
  await page.waitForURL(/done=end/);
  assert.match((await latchkey('key', 'show', key.id)).not_after, /^2036-05-31T2[123]:/);
  await page.getByLabel('Devices at a time').fill('600');
  await page.getByRole('button', { name: 'Save the number' }).click();
  await page.getByText('Give a number of devices from 1 to 512, or none.').waitFor();
  await page.getByLabel('Devices at a time').fill('2');
  await page.getByRole('button', { name: 'Save the number' }).click();
  await page.waitForURL(/done=devices/);
  assert.equal(await page.getByLabel('Devices at a time').inputValue(), '2');
  await page.getByRole('button', { name: /^Block 02/ }).click();
  await page.waitForURL(/done=device$/);
  await page.getByRole('cell', { name: 'blocked' }).waitFor();
  await inspectAll(page, 'admin-key-acts');
  await page.getByRole('button', { name: /^Let in again/ }).click();
  await page.getByRole('button', { name: /^Block 02/ }).waitFor();
  await page.getByRole('button', { name: /^Forget 02/ }).click();
  await page.getByText('No device has used it yet.').waitFor();
  await page.getByLabel('Hours during which').fill('9999');
  await page.getByRole('button', { name: 'Make a new password' }).click();
  await page.getByText('Both may work for at most 30 days.').waitFor();
  await page.getByLabel('Hours during which').fill('1');
  await page.getByRole('button', { name: 'Make a new password' }).click();
  await page.waitForURL(/done=renew/);
  assert.ok(!page.url().includes(key.id));
  await page.goto(`${p.url}/admin/keys/${key.id}`);
  await page.getByRole('button', { name: 'Expire now' }).click();
  await page.waitForURL(/done=expire/);
  assert.equal((await latchkey('key', 'show', key.id)).standing, 'expired');

  await page.goto(`${p.url}/admin/people/${who.id}`);
  await page.getByLabel('Reason').fill('moves out');
  await page.getByLabel('From the beginning of').fill('2036-06-01');
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.waitForURL(/done=state/);
  await page.getByText(/suspended from/).waitFor();
  await inspect(page, 'admin-person-planned');
  assert.equal((await latchkey('person', 'show', who.id)).state, 'active');
  await page.getByRole('button', { name: 'Forget the plan' }).click();
  await page.waitForURL(/done=state/);
  assert.equal(await page.getByText(/suspended from/).count(), 0);
  await context.close();
});
