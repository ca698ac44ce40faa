// A form that comes too late: the page says so, shows what was typed, and leads on.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
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
  await page.getByText('You were signed out in the meantime.').waitFor();
  await page.getByText('Nothing was saved.').waitFor();
  // by what it was typed into; what was left as it was is not there
  assert.deepEqual(await page.locator('main dl > div').evaluateAll((all) => all.map((d) => [...d.children].map((e) => e.textContent))), [['Name', 'Flat 7 <b>']]);
  await page.getByText('The button opens a new tab').waitFor();
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
  await page.getByText('from before you signed in anew').waitFor();
  await page.locator('.copied', { hasText: 'Flat 8' }).waitFor();
  const tab = await on(page, 'Open the form again');
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
  await page.getByText('To be sure that it is you').waitFor();
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

// Sends a form that no page has, from the page where one is.
const send = (page, action, fields = {}) => Promise.all([page.waitForNavigation(),
  page.evaluate(([to, all]) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = to;
    for (const [name, value] of Object.entries({ csrf: document.querySelector('input[name=csrf]')?.value ?? '', ...all }))
      form.append(Object.assign(document.createElement('input'), { name, value }));
    document.body.append(form);
    form.submit();
  }, [action, fields])]).then(([r]) => r.status());
const ways = (page) => page.getByRole('main').getByRole('link').evaluateAll((all) => all.map((a) => [a.textContent.trim(), a.getAttribute('href')]));
const WIFI = ['Go to my Wi-Fi', '/'];

test('a page of what went wrong says what to do, and leads back to where it was', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/desk/many`);
  assert.equal(await send(page, '/signout', { csrf: 'of another time' }), 403);
  assert.deepEqual(await ways(page), [['Back', '/desk/many'], WIFI]);
  await page.getByRole('link', { name: 'Back' }).click();
  await page.waitForURL(`${p.url}/desk/many`);

  // by a link from a page of ours, too; but not to the very same page, nor to another site
  await page.evaluate(() => { location.href = '/nothing/of/that/kind'; });
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  assert.deepEqual(await ways(page), [['Back', '/desk/many'], WIFI]);
  await inspectAll(page, 'fail-404');
  await page.goto(`${p.url}/nothing`);
  assert.deepEqual(await ways(page), [WIFI]);
  for (const referer of ['https://evil.example/desk', `${p.url}.evil.example/desk`, `${p.url}//evil.example`, `${p.url}/logo.png`, `${p.url}/api/v1/keys`, `${p.url}/signin/campus`])
    assert.ok(!(await (await page.request.get(`${p.url}/nothing`, { headers: { referer } })).text()).includes('>Back<'), referer);

  assert.equal((await page.goto(`${p.url}/desk/new`)).status(), 405);
  await page.getByText('only takes what a form sends').waitFor();
  await page.goto(`${p.url}/desk/many`);
  assert.equal(await send(page, '/desk/new', { name: 'x'.repeat(300000) }), 413);
  await page.getByText('Choose a smaller file').waitFor();
  await inspectAll(page, 'fail-413');
});

test('what is done twice too often is said, with a way on for guests as well', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/`);
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.locator('code.password').first().waitFor({ state: 'attached' });
  await page.goto(`${p.url}/`);
  const [, key] = (await page.locator('a[href^="/key/"]').first().getAttribute('href')).match(/^\/key\/(\w+)/);
  await page.goto(`${p.url}/key/${key}`);
  await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', key]);
  assert.equal(await send(page, `/key/${key}/renew`), 409);
  await page.getByText('It may have changed since you opened the page.').waitFor();
  assert.deepEqual(await ways(page), [['Back', `/key/${key}`], WIFI]);
  await inspectAll(page, 'fail-409');

  const guest = await visitor(browser);
  await guest.page.goto(`${p.url}/c`);
  await until('too often', async () => {
    const status = await send(guest.page, '/c', { code: 'abcdef' });
    return status === 429;
  });
  assert.deepEqual(await ways(guest.page), [['Back', '/c'], WIFI]);
  await inspectAll(guest.page, 'fail-429');
  await guest.context.close();
});

test('where somebody signs in from is where they come back to, though that page waits for others', async () => {
  const { page, context } = await visitor(browser);
  await page.goto(`${p.url}/admin/system`);
  await page.getByRole('link', { name: /Sign in with/ }).click();
  await page.getByLabel('Account').fill('ada');
  await page.getByLabel('Password').fill('ada');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${p.url}/admin/system`);
  await context.close();
});

test('a store that cannot be read is said, and the page can be asked for again', async () => {
  const { page } = ada;
  await page.goto(`${p.url}/admin`);
  await must('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20)
db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
(size,), = db.execute("PRAGMA page_size")
roots = [r for r, in db.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'voucher_batch'")]
with open(sys.argv[1], "r+b") as f:
    for root in roots:
        f.seek((root - 1) * size)
        f.write(b"\\xff" * size)
`, join(p.dir, 'latchkey.db')]);
  await page.evaluate(() => { location.href = '/admin/vouchers'; });
  await page.getByText('ask the people named below').waitFor();
  assert.deepEqual(await ways(page), [['Try again', '/admin/vouchers'], ['Back', '/admin'], WIFI]);
  await page.getByRole('contentinfo').getByRole('link', { name: 'wifi@example.org' }).waitFor();
  await inspectAll(page, 'fail-store');
});
