// A form that comes too late: the page says so, shows what was typed, and leads on.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, ada;
before(async () => {
  p = await startPortal({});
  browser = await launch();
  ada = await visitor(browser);
  await signIn(ada.page, p.url, 'ada');
});
after(async () => { await browser?.close(); await p?.stop(); });

const sql = (text) => must('sqlite3', ['-cmd', '.timeout 20000', join(p.dir, 'latchkey.db'), text]);
const press = async (page, name) => {
  const [r] = await Promise.all([page.waitForResponse((x) => x.request().method() === 'POST'), page.getByRole('button', { name }).click()]);
  return r.status();
};
const fill = async (page, name) => {
  await page.goto(`${p.url}/admin/units/new`);
  await page.getByLabel('Name').fill(name);
};
// The way on, in a new tab: it ends at the form again.
const on = async (page, name) => {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name }).click()]);
  return tab;
};

test('a form of a session that has ended is shown, and where to sign in', async () => {
  const { page } = ada;
  await fill(page, 'Flat 7 <b>');
  await sql('DELETE FROM session');
  assert.equal(await press(page, 'Save'), 401);
  await page.getByText('Nothing was saved.').waitFor();
  assert.equal(await page.locator('.copied').first().textContent(), 'Flat 7 <b>');
  await inspectAll(page, 'again-signed-out');
  const tab = await on(page, 'Sign in');
  await tab.getByRole('link', { name: /Sign in with/ }).click();
  await tab.waitForURL(`${p.url}/admin/units/new`);
  await tab.close();
});

test('a form of an older session is shown, and where to open it again', async () => {
  const { page } = ada;
  await fill(page, 'Flat 8');
  await page.locator('form[action="/admin/units/new"] input[name=csrf]').evaluate((e) => { e.value = 'x'.repeat(43); });
  assert.equal(await press(page, 'Save'), 403);
  await page.getByText('open for too long').waitFor();
  await page.locator('.copied', { hasText: 'Flat 8' }).waitFor();
  const tab = await on(page, 'Open');
  await tab.getByLabel('Name').waitFor();
  await tab.close();
  // another site sees nothing of it
  const out = await must('curl', ['-sS', '-w', '%{http_code}', '--cacert', p.ca, '-H', 'Origin: https://example.org',
    '-d', 'name=Flat9', `${p.url}/admin/units/new`]);
  assert.match(out, /403$/);
  assert.ok(!out.includes('Flat9'));
});

test('a form that needs a new proof of who it is is shown, and where to give it', async () => {
  const { page } = ada;
  await fill(page, 'Flat 10');
  await sql('UPDATE session SET auth_at = auth_at - 7200');
  assert.equal(await press(page, 'Save'), 401);
  await page.getByText('Please sign in.').waitFor();
  await page.locator('.copied', { hasText: 'Flat 10' }).waitFor();
  const tab = await on(page, 'Sign in');
  await tab.getByLabel('Account').fill('ada');
  await tab.getByLabel('Password').fill('ada');
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.waitForURL(`${p.url}/admin/units/new`);
  await tab.close();
  await page.goto(`${p.url}/admin/units/new?lang=he`);
  await page.locator('#f-name').fill('דירה 10');
  await sql('UPDATE session SET auth_at = auth_at - 7200');
  await page.locator('form[action="/admin/units/new"] button').click();
  await page.locator('.copied', { hasText: 'דירה 10' }).waitFor();
  await inspectAll(page, 'again-prove-he');
  await sql('UPDATE session SET auth_at = auth_at + 7200');
  await page.goto(`${p.url}/?lang=en`);
});
