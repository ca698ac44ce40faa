// From what `latchkey init` leaves to the first device that is let in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({ empty: true, responder: true }); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

test('the first administrator sets up a house in the browser', async () => {
  const link = (await must(program('latchkey'), ['-c', p.conf, 'admin-link'])).match(/https:\S+/)[0];
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/`);
  await signIn(page, p.url, 'anna');
  page.complaints.length = 0;
  await page.goto(link);
  await page.getByRole('button', { name: 'Make me an administrator' }).click();
  await page.getByText('You are an administrator now.').waitFor();
  const steps = page.locator('.begin li'), done = page.locator('.begin li .icon');
  assert.equal(await steps.count(), 5);
  assert.equal(await done.count(), 0);
  await inspectAll(page, 'first-steps');
  const begin = async (name) => { await page.goto(`${p.url}/admin`); await page.getByRole('link', { name }).click(); };
  const save = async () => { await page.getByRole('button', { name: 'Save' }).click(); await page.waitForURL(/done=added/); };

  await begin('Add a network');
  await page.getByRole('heading', { name: 'New network' }).waitFor();
  await page.locator('#f-ssid').fill('Harbour');
  await save();
  await begin('Add a plan');
  await inspectAll(page, 'plan-new');
  await page.locator('#f-name').fill('Crew');
  await page.locator('#f-vlan').fill('4095');
  await page.getByRole('button', { name: 'Save' }).click();
  assert.equal(await page.locator('#f-vlan').getAttribute('aria-describedby'), 'h-vlan w-vlan');
  assert.equal(await page.locator('#f-vlan').getAttribute('aria-invalid'), 'true');
  await inspectAll(page, 'plan-wrong');
  await page.locator('#f-vlan').fill('30');
  await save();
  await begin('Add a rule');
  await page.locator('#f-value').fill('staff');
  await page.locator('#f-plan').selectOption({ label: 'Crew' });
  await save();
  await begin('Add an access point');
  await page.getByText('the same as in the access point').waitFor();
  assert.equal(await page.getByText('empty keeps the present one').count(), 0);
  await page.locator('#f-name').fill('Lobby');
  await page.locator('#f-address').fill('127.0.0.1');
  await page.locator('#f-dialect').selectOption('hostapd');
  await page.locator('#f-secret').fill(p.secret);
  await save();
  await page.getByRole('link', { name: 'Lobby', exact: true }).click();
  await page.getByRole('heading', { name: 'Lobby' }).waitFor();
  await page.getByText('empty keeps the present one').waitFor();
  await page.goto(`${p.url}/admin`);
  assert.equal(await done.count(), 4);

  await page.getByRole('link', { name: 'Get a password of your own' }).click();
  await page.getByRole('button', { name: 'Get my password' }).click();
  await page.waitForURL(/done=made/);
  await page.locator('.card summary').first().click();
  const passphrase = (await page.locator('.password').first().textContent()).trim();
  let answer;
  await until('the device to be let in', async () => {
    answer = await ask({ port: p.auth, secret: p.secret, ssid: 'Harbour', passphrase });
    return answer.what === 'accept';
  });
  assert.equal(answer.vlan, '30');
  await page.goto(`${p.url}/admin`);
  await page.getByRole('heading', { name: 'Administration' }).waitFor();
  assert.equal(await steps.count(), 0, 'nothing is left to be done');
  assert.deepEqual(page.complaints.filter((t) => !/status of 400/.test(t)), []);
  await context.close();
});
