// The main job, in a real browser at a real provider: sign in, get a password,
// take it along, ask the responder with it, revoke it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { download as saved, inspect, inspectAll, launch, screens, signIn, visitor } from '../lib/browser.mjs';
import { rendered, second, wifi, zbar } from '../lib/codes.mjs';
import { must, program, run, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const ssid = 'Harbour; "guest"';
let p, browser;

before(async () => { browser = await launch(); p = await startPortal({ responder: true }); });
after(async () => { await browser?.close(); await p?.stop(); });

const shown = (page) => page.locator('code.password').first().getAttribute('data-value');

async function download(page, name) {
  const file = await saved(page, () => page.getByRole('link', { name }).first().click());
  const path = join(p.dir, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

async function reads(png, password) {
  for (const [reader, text] of [['zbarimg', await zbar(png)], ['second', await second(png)]]) {
    const w = wifi(text);
    assert.equal(w.S, ssid, reader);
    assert.equal(w.P, password, reader);
    assert.equal(w.T, 'WPA', reader);
  }
}

const reply = (more) => ask({ port: p.auth, secret: p.secret, ssid, tries: 3, ...more });

// FreeRADIUS's own client asks by MAC alone, as an access point would.
async function radclient() {
  const r = await run('radclient', ['-x', '-r', '1', '-t', '5', `127.0.0.1:${p.auth}`, 'auth', p.secret],
    { input: 'User-Name=02aa00000001,User-Password=02aa00000001,Calling-Station-Id="02-aa-00-00-00-01",'
      + `Called-Station-Id="02-00-00-00-00-10:${ssid.replace(/"/g, '\\"')}",NAS-Identifier="ap-1",Message-Authenticator=0x00\n` });
  const [, what] = r.stdout.match(/Received (Access-\w+)/) ?? [r.stdout + r.stderr, 'nothing'];
  return { what, passphrase: r.stdout.match(/Tunnel-Password:0 = "(.*)"/)?.[1], vlan: r.stdout.match(/Tunnel-Private-Group-Id:0 = "(.*)"/i)?.[1] };
}

// By MAC and by a handshake of PASSPHRASE: both answer with it and its VLAN.
async function both(passphrase) {
  assert.deepEqual(await radclient(), { what: 'Access-Accept', passphrase, vlan: '120' });
  const r = await reply({ passphrase });
  assert.deepEqual([r.what, r.passphrase.toString(), r.vlan], ['accept', passphrase, '120']);
}

test('anna signs in, gets a password, takes it along, joins with it and revokes it', async () => {
  const { context, page } = await visitor(browser, { acceptDownloads: true });
  await page.goto(p.url);
  await page.waitForURL('**/signin');
  await inspectAll(page, 'sign-in');
  await signIn(page, p.url, 'anna');
  await page.getByRole('heading', { name: 'Get your Wi-Fi password' }).waitFor();
  await inspectAll(page, 'first-visit');
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByText('Your new password is ready.').waitFor();
  const password = await shown(page);
  assert.match(password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  assert.equal(await page.locator('code.password').isVisible(), false);
  await page.getByText('Show').first().click();
  assert.equal(await page.locator('code.password').textContent(), password);
  await inspectAll(page, 'my-wifi');

  // the code on the screen, the picture, the drawing, the printed page
  await reads(join(screens, 'my-wifi-light-1280.png'), password);
  await reads(join(screens, 'my-wifi-dark-1280.png'), password);
  await reads(join(screens, 'my-wifi-dark-320.png'), password);
  await reads(await download(page, 'The code as a picture'), password);
  const pdf = await download(page, 'A page to print');
  await must('qpdf', ['--check', pdf]);
  await reads(await rendered(pdf, join(screens, 'sheet.png')), password);
  assert.match(readFileSync(await download(page, 'The code as a drawing'), 'utf8'), /^<svg/);
  await page.getByText('For other systems').click();
  const apple = readFileSync(await download(page, 'iPhone, iPad, Mac'), 'latin1');
  assert.ok(apple.includes('com.apple.wifi.managed') && apple.includes(password));

  // the clipboard
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), password);

  const id = (await page.getByRole('link', { name: 'A page to print' }).getAttribute('href')).split('/')[2];
  // by handshake, then by MAC alone, now that the device is bound
  const joined = await until('the responder to know it', async () => {
    const r = await reply({ passphrase: password });
    return r.what === 'accept' && r;
  });
  assert.equal(joined.passphrase.toString(), password);
  assert.equal(joined.vlan, '120');
  await until('the device on the page', async () => {
    await page.goto(`${p.url}/`);
    return await page.getByText('02-aa-00-00-00-01').count() > 0;
  });
  const bound = await reply({});
  assert.equal(bound.passphrase.toString(), password);
  assert.equal(bound.vlan, '120');
  assert.equal(await page.locator('code.password').first().textContent(), password, 'what is on the screen');
  await both(password);

  // the device gets a name
  await page.goto(`${p.url}/`);
  await page.getByRole('link', { name: /^Change Device/ }).click();
  await page.getByLabel('Name').fill('Anna’s phone <b>');
  await inspectAll(page, 'device');
  await page.getByRole('button', { name: 'Save the name' }).click();
  await page.getByText('Anna’s phone <b>').first().waitFor();

  // a password for a thing
  await page.getByRole('link', { name: /television or another thing/ }).click();
  await inspectAll(page, 'thing');
  await page.getByLabel('What is it?').fill('Television in the living room');
  await page.getByRole('button', { name: 'Make the password' }).click();
  await page.getByRole('heading', { level: 1, name: 'Television' }).waitFor();
  await page.locator('.card').getByText('without an end').waitFor();
  assert.equal(await page.getByRole('button', { name: /Renew/ }).count(), 0);
  await inspectAll(page, 'key');

  // a new one in its place
  await page.goto(`${p.url}/key/${id}/rotate`);
  await page.getByText('One device uses the present password.').waitFor();
  await inspectAll(page, 'rotate');
  await page.getByLabel(/At once/).check();
  await page.getByRole('button', { name: 'Make a new password' }).click();
  await page.getByText('The new password is ready. The old one no longer works.').waitFor();
  const fresh = await shown(page);
  assert.notEqual(fresh, password);
  await until('the old one to be refused', async () => (await reply({ passphrase: password })).what === 'reject');
  await until('the new one to be accepted', async () => (await reply({ passphrase: fresh })).what === 'accept');
  await until('the device to be bound to it', async () => (await radclient()).passphrase === fresh);
  await both(fresh);

  // revoke
  await page.getByRole('link', { name: 'Revoke' }).click();
  await inspectAll(page, 'revoke');
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await page.getByText('The password was revoked').waitFor();
  await inspectAll(page, 'my-wifi-revoked');
  await until('the answer to be no', async () => (await reply({ passphrase: fresh })).what === 'reject');
  assert.deepEqual(await radclient(), { what: 'Access-Reject', passphrase: undefined, vlan: undefined });
  for (const passphrase of [password, fresh]) assert.equal((await reply({ passphrase })).what, 'reject');

  // out, and the back button shows nothing
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${p.provider.issuer}/**`);
  await page.getByRole('button', { name: /sign me out/ }).click();
  await page.waitForURL(`${p.url}/signedout*`);
  await inspectAll(page, 'signed-out');
  await page.goto(`${p.url}/`);
  await page.waitForURL('**/signin');
  // the provider's pages are not ours
  assert.deepEqual(page.complaints.filter((c) => !c.startsWith(p.provider.issuer)), []);
  await context.close();
});

test('everything works without a script', async () => {
  const { context, page } = await visitor(browser, { javaScriptEnabled: false, acceptDownloads: true });
  await signIn(page, p.url, 'tom');
  await page.getByRole('button', { name: /Get my password/ }).click();
  assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
  assert.equal(await page.locator('code.password').isVisible(), false);
  await page.getByText('Show').first().click();
  assert.equal(await page.locator('code.password').isVisible(), true);
  const password = await page.locator('code.password').textContent();
  await page.screenshot({ path: join(screens, 'no-script.png'), fullPage: true });
  await reads(join(screens, 'no-script.png'), password);
  await page.getByRole('link', { name: 'Rename, replace or revoke' }).click();
  await page.getByRole('link', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await page.getByText('The password was revoked').waitFor();
  await context.close();
});

test('a name from right to left, a printed page of it', async () => {
  const { context, page } = await visitor(browser, { acceptDownloads: true });
  await signIn(page, p.url, 'layla');
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByText('ليلى حداد').first().waitFor();
  const password = await shown(page);
  const pdf = await download(page, 'A page to print');
  await reads(await rendered(pdf, join(screens, 'sheet-rtl.png')), password);
  await context.close();
});

test('the page itself printed, from a dark screen: the password is black on white, and what is pressed is left out', async () => {
  const { context, page } = await visitor(browser, { colorScheme: 'dark' });
  await signIn(page, p.url, 'dora');
  await page.goto(`${p.url}/`);
  await page.getByRole('button', { name: 'Get my password' }).click();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const password = page.locator('code.password').first();
  await password.waitFor();
  const paint = await password.evaluate((e) => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]);
  assert.deepEqual(paint, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  for (const left of ['summary', '.takes', '.languages', 'button'])
    for (const one of await page.locator(left).all()) assert.equal(await one.isVisible(), false, left);
  await page.screenshot({ path: join(screens, 'home-printed.png'), fullPage: true });
  await context.close();
});

test('who has as many as one may have is told so, and what makes room', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'tom');
  page.complaints.length = 0;
  for (let i = 1; i <= 10; i++)
    await must(program('latchkey'), ['-c', p.conf, 'key', 'issue', '--person', 'Tom Óscarsson', '--plan', 'Tenant', '--name', `Thing ${i}`, '--kind', 'thing']);
  await page.goto(`${p.url}/`);
  await page.getByRole('heading', { name: 'Get your Wi-Fi password' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /Get my password/ }).count(), 0);
  assert.equal(await page.getByRole('link', { name: /another thing/ }).count(), 0);
  await page.getByText('Revoke one to make room for another.').first().waitFor();
  await inspectAll(page, 'my-wifi-full');
  await page.goto(`${p.url}/key/new`); // from a page that is still open
  await page.getByText('Revoke one to make room for another.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make the password' }).count(), 0);
  await inspectAll(page, 'thing-full');
  await page.getByRole('link', { name: 'All my passwords' }).click();
  await page.getByRole('link', { name: 'Open Thing 7' }).click();
  await page.getByRole('link', { name: /Revoke/ }).first().click();
  await page.getByRole('button', { name: /Revoke/ }).click();
  await page.getByText('was revoked').first().waitFor();
  await page.goto(`${p.url}/`);
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByText('Your new password is ready.').waitFor();
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('pages for those who cannot have one say why', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'nils');
  await page.getByRole('heading', { name: /no Wi-Fi password for you yet/ }).waitFor();
  await inspectAll(page, 'not-entitled');
  await context.close();

  const other = await visitor(browser);
  await signIn(other.page, p.url, 'mona');
  await other.page.getByText('so many groups').waitFor();
  await other.context.close();

  const udo = await visitor(browser);
  await signIn(udo.page, p.url, 'udo');
  await udo.page.getByRole('button', { name: /Get my password/ }).click();
  await udo.page.getByText('Your new password is ready.').waitFor();
  await udo.page.goto(`${p.url}/key/new`);
  await udo.page.getByLabel('What is it?').fill('Printer');
  await udo.page.getByRole('button', { name: 'Make the password' }).click();
  await udo.page.getByText('Your new password is ready.').waitFor();
  const printer = { passphrase: await shown(udo.page), station: '02-aa-00-00-00-77' };
  await until('the printer to join', async () => (await reply(printer)).what === 'accept');
  await p.harness('suspend', 'Udo', 'Rent is overdue. Please see the office.');
  await udo.page.goto(`${p.url}/`);
  await udo.page.getByText('Rent is overdue.').waitFor();
  await inspectAll(udo.page, 'suspended');
  // what has no end of its own stops with its owner
  await until('the printer to be refused', async () => (await reply(printer)).what === 'reject');
  await udo.context.close();
});

test('somebody who cancels, and errors, find a way on', async () => {
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/signin`);
  await page.getByRole('link', { name: /Sign in with/ }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'You were not signed in' }).waitFor();
  await inspectAll(page, 'cancelled');
  await page.goto(`${p.url}/signin/campus/callback?code=x&state=y`);
  await page.getByRole('heading', { name: 'This sign-in cannot be finished' }).waitFor();
  await inspect(page, 'stale');
  await page.goto(`${p.url}/nothing`);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await inspectAll(page, 'nothing-here');
  await context.close();
});

test('many begun sign-ins leave few cookies, and the last one works', async () => {
  const { context, page } = await visitor(browser);
  for (let i = 0; i < 7; i++) await page.goto(`${p.url}/signin/campus`);
  const pending = (await context.cookies(p.url)).filter((c) => c.name.startsWith('__Host-signin-'));
  assert.ok(pending.length <= 4, `${pending.length} cookies`);
  assert.ok(pending.reduce((n, c) => n + c.name.length + c.value.length, 0) < 2048);
  for (const c of pending) assert.ok(c.secure && c.httpOnly && c.sameSite === 'Lax');
  await page.getByLabel('Account').fill('ada');
  await page.getByLabel('Password').fill('ada');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'My Wi-Fi' }).waitFor();
  const session = (await context.cookies(p.url)).filter((c) => c.name === '__Host-latchkey');
  assert.equal(session.length, 1);
  assert.ok(session[0].secure && session[0].httpOnly && session[0].sameSite === 'Lax' && session[0].path === '/');
  await context.close();
});

test('the first administrator takes the link', async () => {
  const { token } = await p.harness('link');
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/setup/${token}`);
  await page.getByRole('link', { name: /Sign in with/ }).click();
  await page.getByLabel('Account').fill('dora');
  await page.getByLabel('Password').fill('dora');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Become the administrator?' }).waitFor();
  await inspectAll(page, 'set-up');
  await page.getByRole('button', { name: 'Make me an administrator' }).click();
  await page.getByText('You are an administrator now.').waitFor();
  await page.goto(`${p.url}/setup/${token}`);
  await page.getByRole('button', { name: 'Make me an administrator' }).click();
  await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
  await context.close();
});

test('when the provider signs somebody out, the session here ends', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  await page.getByRole('heading', { name: 'My Wi-Fi' }).waitFor();
  await p.provider.signOut('ada');
  await until('the session to end', async () => {
    await page.goto(`${p.url}/`);
    return page.url().endsWith('/signin');
  });
  await context.close();
});

test('a provider that is down has a friendly page, and other pages go on (F-08)', async () => {
  const q = await startPortal({ issuer: 'http://127.0.0.1:9' });
  try {
    const { context, page } = await visitor(browser);
    await page.goto(`${q.url}/signin/campus`);
    await page.getByRole('heading', { name: 'Harbour University does not answer' }).waitFor({ timeout: 6000 });
    await inspectAll(page, 'provider-down');
    await page.goto(`${q.url}/signin`);
    await page.getByRole('heading', { name: 'Get your Wi-Fi password' }).waitFor();
    await context.close();
  } finally {
    await q.stop();
  }
});
