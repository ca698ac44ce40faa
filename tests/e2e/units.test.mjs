// Units and pools of VLANs on the pages of administration.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({}); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

async function admin() {
  for (const who of ['tom', 'anna']) { // so that they are known
    const { context, page } = await visitor(browser);
    await signIn(page, p.url, who);
    await context.close();
  }
  const v = await visitor(browser);
  await signIn(v.page, p.url, 'ada');
  v.page.complaints.length = 0;
  return v;
}

test('a flat with members, a manager and a password of its own', async () => {
  const { context, page } = await admin();
  await page.goto(`${p.url}/admin/units`);
  await page.getByRole('link', { name: 'Add' }).click();
  await page.locator('#f-name').fill('Flat 12');
  await page.locator('#f-vlan').fill('5000');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#w-vlan').waitFor();
  await page.locator('#f-vlan').fill('312');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/units\?done=added/);
  await inspectAll(page, 'admin-units');
  await page.getByRole('link', { name: 'Flat 12' }).click();
  await page.getByLabel('Add somebody').fill('Nobody Known');
  await page.getByLabel('As a manager').check();
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('There is no person called Nobody Known.').waitFor();
  assert.equal(await page.getByLabel('Add somebody').inputValue(), 'Nobody Known');
  await inspect(page, 'admin-unit-wrong');
  for (const [name, manager] of [['Tom Óscarsson', true], ['Anna Berger', false]]) {
    await page.getByLabel('Add somebody').fill(name);
    await page.getByLabel('As a manager').setChecked(manager);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.waitForURL(/done=member/);
    await page.getByRole('link', { name }).waitFor();
  }
  await page.getByRole('button', { name: 'Make a shared password' }).click();
  await page.waitForURL(/done=key/);
  await inspectAll(page, 'admin-unit');
  await page.getByRole('button', { name: 'Remove Anna Berger' }).click();
  await page.getByRole('link', { name: 'Anna Berger' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.waitForURL(/done=state/);
  await page.getByRole('button', { name: 'Make active' }).waitFor();
  const said = page.complaints.filter((t) => !/404|400/.test(t));
  assert.deepEqual(said, []);
  await context.close();
});

test('pools show how full they are, and a full one says so', async () => {
  const { context, page } = await admin();
  await page.goto(`${p.url}/admin/plans/new`);
  await page.locator('#f-name').fill('Personal');
  await page.locator('#f-pool').fill('700');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/done=added/);
  await page.goto(`${p.url}/admin/units`);
  assert.equal(await page.getByText('Flat 12', { exact: true }).count(), 1, 'a name stands once');
  await page.getByRole('link', { name: 'Flat 12' }).click();
  const make = async () => {
    await page.getByLabel('Plan').selectOption({ label: 'Personal' });
    await page.getByRole('button', { name: 'Make a shared password' }).click();
  };
  await page.getByRole('button', { name: 'Make active' }).click();
  await page.waitForURL(/done=state/);
  await make();
  await page.waitForURL(/done=key/);
  await page.goto(`${p.url}/admin/plans`);
  await page.getByRole('link', { name: 'VLAN pools' }).click();
  await page.getByText('Every VLAN is taken').waitFor();
  await inspectAll(page, 'admin-pools');
  await page.goto(`${p.url}/admin/units/new`);
  await page.locator('#f-name').fill('Flat 13');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Flat 13' }).click();
  await make();
  await page.getByText('Every VLAN of the pool 700 is taken.').waitFor();
  await page.goto(`${p.url}/admin/units`);
  await page.getByRole('link', { name: 'Flat 12' }).click();
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.waitForURL(/done=state/);
  await page.goto(`${p.url}/admin/pools`);
  await page.getByRole('link', { name: 'Who has which VLAN' }).click();
  await page.getByRole('row', { name: /^700 Flat 12 .*suspended/ }).waitFor();
  await inspectAll(page, 'admin-pool');
  await context.close();
});
