// What people do beside taking a password, and in which language.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { download, inspect, inspectAll, launch, signIn, untranslated, visitor } from '../lib/browser.mjs';
import { until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const ssid = 'Harbour; "guest"';
let p, browser;

before(async () => { browser = await launch(); p = await startPortal({ responder: true }); });
after(async () => { await browser?.close(); await p?.stop(); });

const shown = (page) => page.locator('code.password').first().getAttribute('data-value');
const reply = (more) => ask({ port: p.auth, secret: p.secret, ssid, tries: 3, ...more });
const joins = (passphrase) => until('the responder to accept', async () => (await reply({ passphrase })).what === 'accept');

test('a new password keeps the old one until every device has moved', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'anna');
  page.complaints.length = 0;
  await page.getByRole('button', { name: /Get my password/ }).click();
  const old = await shown(page);
  await joins(old);
  await page.getByRole('link', { name: 'Rename, replace or revoke' }).click();
  await page.getByRole('link', { name: 'New password' }).click();
  await inspectAll(page, 'rotate-overlap');
  await page.getByRole('button', { name: 'Make a new password' }).click();
  await page.getByText('The old one works a while longer.').waitFor();
  const fresh = await shown(page);
  assert.equal((await reply({ passphrase: old })).what, 'accept');
  await page.getByText('Still on the old password').waitFor();
  await inspectAll(page, 'moving');
  // the page follows by itself once the device has moved
  await joins(fresh);
  await page.getByText('the old password no longer works').waitFor({ timeout: 60000 });
  await until('the old one to be refused', async () => (await reply({ passphrase: old })).what === 'reject');
  await inspectAll(page, 'moved');
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('the progress is there without a script', async () => {
  const { context, page } = await visitor(browser, { javaScriptEnabled: false });
  await signIn(page, p.url, 'tom');
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByRole('link', { name: 'Rename, replace or revoke' }).click();
  await page.getByRole('link', { name: 'New password' }).click();
  await page.getByRole('button', { name: 'Make a new password' }).click();
  await page.getByRole('link', { name: 'Look again' }).click();
  await page.getByText('Both passwords work until').waitFor();
  await context.close();
});

test('a device is registered, with what a captive page told', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'layla');
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByRole('link', { name: 'Rename, replace or revoke' }).click();
  const key = page.url();
  await page.getByRole('link', { name: 'Register a device by its address' }).click();
  await inspectAll(page, 'register');
  await page.getByLabel('Wi-Fi address').fill('not an address');
  await page.getByLabel('What is it?').fill('Console');
  await page.getByRole('button', { name: 'Register it' }).click();
  await page.getByText('12 hexadecimal digits').waitFor();
  assert.equal(await page.getByLabel('What is it?').inputValue(), 'Console');
  await page.goto(`${key}/device?mac=02AA.0000.0042`);
  assert.equal(await page.getByLabel('Wi-Fi address').inputValue(), '02-aa-00-00-00-42');
  await page.getByLabel('What is it?').fill('Console');
  await page.getByRole('button', { name: 'Register it' }).click();
  await page.getByText('The device is registered.').waitFor();
  await page.getByText('02-aa-00-00-00-42').first().waitFor();
  await page.getByText('not seen yet').waitFor();
  await page.getByText('private address').waitFor();
  await page.getByText('A device does not join?').click();
  await page.getByText('private or random address? That is fine').waitFor();
  await inspectAll(page, 'registered');
  await page.goto(`${key}/rotate`);
  await page.getByText('not seen yet').waitFor();
  await page.goto(key);
  await page.getByRole('link', { name: 'Change Console' }).click();
  await page.getByText('not seen yet').waitFor();
  assert.ok(!(await page.locator('main').innerText()).includes('1970'));
  await context.close();
});

test('a flat is shared by invitation, and left', async () => {
  const { id } = await p.harness('unit', 'Flat 7', 'anna');
  const anna = await visitor(browser), tom = await visitor(browser);
  await signIn(anna.page, p.url, 'anna');
  await anna.page.goto(`${p.url}/`);
  await anna.page.getByRole('link', { name: 'Open Flat 7' }).click();
  await anna.page.getByRole('button', { name: 'Make a shared password' }).click();
  await anna.page.getByText('Your new password is ready.').waitFor();
  const password = await shown(anna.page);
  await joins(password);
  await anna.page.goto(`${p.url}/unit/${id}`);
  await anna.page.getByRole('button', { name: 'Invite somebody by a link' }).click();
  const link = await anna.page.locator('#link').getAttribute('data-value');
  await inspectAll(anna.page, 'unit');
  await signIn(tom.page, p.url, 'tom');
  await tom.page.goto(link);
  await inspectAll(tom.page, 'join');
  await tom.page.getByRole('button', { name: 'Accept' }).click();
  await tom.page.getByText('You are a member now.').waitFor();
  await tom.page.getByRole('link', { name: 'Open Shared' }).click();
  assert.equal(await shown(tom.page), password);
  assert.equal(await tom.page.getByRole('link', { name: 'Revoke' }).count(), 0);
  await tom.page.goto(link);
  await tom.page.getByRole('button', { name: 'Accept' }).click();
  await tom.page.getByRole('heading', { name: 'This invitation does not work' }).waitFor();
  await tom.page.goto(`${p.url}/unit/${id}`);
  await tom.page.getByRole('button', { name: 'Leave' }).click();
  await tom.page.getByText('You are no longer a member.').waitFor();
  await anna.context.close();
  await tom.context.close();
});

for (const [code, dir, words] of [['de', 'ltr', { home: 'Mein WLAN', change: 'Umbenennen, ersetzen oder widerrufen', fresh: 'Neues Passwort' }],
  ['ar', 'rtl', { home: 'شبكة Wi-Fi الخاصة بي', change: 'تغيير الاسم أو الاستبدال أو الإبطال', fresh: 'كلمة مرور جديدة' }]])
  test(`everything in ${code}`, async () => {
    const { context, page } = await visitor(browser, { locale: code });
    await page.goto(`${p.url}/signin`);
    assert.equal(await page.locator('html').getAttribute('dir'), dir);
    assert.equal(await page.locator('html').getAttribute('lang'), code);
    await inspectAll(page, `sign-in-${code}`);
    await page.locator('.doors a').first().click();
    await page.getByLabel('Account').fill('ada');
    await page.getByLabel('Password').fill('ada');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: words.home }).waitFor();
    const get = page.locator('form[action="/key"] button');
    if (await get.count() > 0) await get.first().click();
    await page.locator('code.password').first().waitFor({ state: 'attached' });
    await page.locator('details.secret summary').first().click();
    await inspectAll(page, `my-wifi-${code}`);
    await page.getByRole('link', { name: words.change }).click();
    await inspectAll(page, `key-${code}`);
    await page.locator('a[href$="/rotate"]').click();
    await inspectAll(page, `rotate-${code}`);
    await page.goto(`${p.url}/privacy`);
    await inspectAll(page, `privacy-${code}`);
    await page.goto(`${p.url}/nothing`);
    await inspect(page, `nothing-here-${code}`);
    // the choice is kept, and wins over the browser
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'My Wi-Fi' }).waitFor();
    await context.close();
  });

test('no page has words that cannot be translated', async () => {
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/signin?lang=en-XA`);
  const seen = {};
  const look = async (name) => { const left = await untranslated(page); if (left.length > 0) seen[name] = left; };
  await look('signin');
  await page.goto(`${p.url}/signin/campus`);
  await page.getByLabel('Account').fill('anna');
  await page.getByLabel('Password').fill('anna');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${p.url}/**`);
  await look('home');
  const key = await page.locator('a[href^="/key/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')).find((h) => /^\/key\/\w{26}$/.test(h)));
  assert.ok(key);
  for (const path of [key, `${key}/rotate`, `${key}/revoke`, `${key}/device`, `${key}/moving`, '/key/new', '/privacy', '/nothing', '/?done=made',
    '/?wrong=LIMIT', '/join/xxxxxxxxxxxxxxxxxxxxxx', '/signedout']) {
    await page.goto(`${p.url}${path}`);
    await look(path.replace(key, '/key'));
  }
  assert.deepEqual(seen, {});
  await context.close();
});

test('what is stored is taken along, and deleted', async () => {
  const { context, page } = await visitor(browser, { acceptDownloads: true });
  await signIn(page, p.url, 'tom');
  await page.goto(`${p.url}/`);
  await page.getByRole('link', { name: 'What is stored about you' }).click();
  await inspectAll(page, 'privacy');
  const file = await download(page, () => page.getByRole('link', { name: 'Download all of it' }).click());
  assert.equal(file.suggestedFilename(), 'my-data.json');
  await page.getByLabel(/cannot be undone/).check();
  await page.getByRole('button', { name: 'Delete everything about me' }).click();
  await page.getByRole('heading', { name: 'It is deleted' }).waitFor();
  await inspectAll(page, 'forgotten');
  await page.goto(`${p.url}/`);
  await page.waitForURL('**/signin');
  await context.close();
});
