// A kiosk: made by the desk, signed out of everything, a password a press, gone
// after a minute with and without script, and ended from another device.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { ask } from '../lib/radius.mjs';
import { must, program, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, kiosk;

before(async () => {
  p = await startPortal({ responder: true });
  for (const rule of [['--claim', 'issuer', '--value', 'local', '--plan', 'Tenant'],
    ['--claim', 'groups', '--value', 'front-desk', '--roles', 'desk']])
    await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', ...rule]);
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); });

const tablet = { viewport: { width: 800, height: 1100 } };

test('the desk makes a device a kiosk, and nobody is signed in there', async () => {
  kiosk = await visitor(browser, tablet);
  const { page } = kiosk;
  assert.equal((await page.goto(`${p.url}/kiosk`)).status(), 404);
  await signIn(page, p.url, 'dora');
  page.complaints.length = 0;
  await page.goto(`${p.url}/desk`);
  await page.getByRole('link', { name: 'Make this device a kiosk' }).click();
  await inspectAll(page, 'kiosk-desk');
  await page.getByLabel('Where it stands').fill('Lobby');
  await page.getByLabel('A password lasts').selectOption('4');
  await page.getByRole('button', { name: 'Make it a kiosk' }).click();
  await page.getByText('This device is ready').waitFor();
  await inspectAll(page, 'kiosk-desk-ready');
  // as long as somebody is signed in, it is none
  await page.goto(`${p.url}/kiosk`);
  await page.getByText('This device is ready').waitFor();
  await page.getByRole('button', { name: 'Sign out and begin' }).click();
  const really = page.getByRole('button', { name: /yes|sign.?out|log.?out/i });
  await page.getByRole('button', { name: 'Get a Wi-Fi password' }).or(really).first().waitFor();
  if (await really.count()) await really.first().click();
  await page.getByRole('button', { name: 'Get a Wi-Fi password' }).waitFor();
  assert.equal(page.url().split('?')[0], `${p.url}/kiosk`);
  const names = (await kiosk.context.cookies(p.url)).map((c) => c.name);
  assert.ok(names.includes('__Host-kiosk'));
  assert.ok(!names.includes('__Host-latchkey'), names.join());
  // and nobody can sign in
  for (const path of ['/', '/signin', '/signin/campus', '/desk', '/admin']) {
    await page.goto(`${p.url}${path}`);
    await page.getByRole('button', { name: 'Get a Wi-Fi password' }).waitFor();
  }
  for (const lang of ['ar', 'en']) {
    await page.goto(`${p.url}/kiosk?lang=${lang}`);
    await inspectAll(page, `kiosk-${lang}`);
  }
});

test('a press makes a password that works, another one another', async () => {
  const { page } = kiosk;
  const seen = [];
  for (const station of ['02-aa-00-00-00-61', '02-aa-00-00-00-62']) {
    await page.goto(`${p.url}/kiosk?lang=en`);
    await page.getByRole('button', { name: 'Get a Wi-Fi password' }).click();
    await page.getByRole('heading', { name: 'Your Wi-Fi password' }).waitFor();
    const passphrase = (await page.locator('code.password').textContent()).replace(/\s/g, '');
    assert.ok(!seen.includes(passphrase));
    seen.push(passphrase);
    await until('the responder to know it', async () => (await ask({ port: p.auth, secret: p.secret,
      ssid: 'Harbour; "guest"', station, passphrase, timeout: 5000 })).what === 'accept', 20000);
    const ends = Date.parse(await page.locator('main time').first().getAttribute('datetime'));
    assert.ok(Math.abs(ends - Date.now() - 4 * 3600000) < 120000, new Date(ends).toISOString());
    if (seen.length === 1) {
      await inspectAll(page, 'kiosk-pass');
      for (const [width, height] of [[800, 600], [1280, 800]]) { // a tablet that lies: all is on the screen
        await page.setViewportSize({ width, height });
        await inspect(page, `kiosk-pass-${width}x${height}`);
        for (const part of [page.getByRole('link', { name: 'I have it' }), page.getByText('This page is gone after'), page.locator('.code')]) {
          const { y, height: tall } = await part.boundingBox();
          assert.ok(y >= 0 && y + tall <= height, `${width}x${height}: ${y} + ${tall}`);
        }
      }
    }
    await page.getByRole('link', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Get a Wi-Fi password' }).waitFor();
    // what was there cannot be had by going back
    await page.goBack().catch(() => null);
    assert.equal((await page.content()).includes(await page.locator('code.password').count() ? passphrase : 'never'), false);
  }
});

test('the password is gone by itself, in the language of the house', async () => {
  const { context, page } = await visitor(browser, tablet);
  await context.addCookies(await kiosk.context.cookies(p.url));
  await page.clock.install();
  await page.goto(`${p.url}/kiosk?lang=de`);
  await page.locator('form[action="/kiosk"] button').click();
  await page.locator('code.password').waitFor();
  await page.clock.runFor(58000);
  assert.equal(await page.locator('code.password').count(), 1);
  await page.clock.runFor(4000);
  await page.getByRole('button', { name: 'Get a Wi-Fi password' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator('code.password').count(), 0);
  await context.close();

  // without script the reply itself says when
  const bare = await visitor(browser, { ...tablet, javaScriptEnabled: false });
  await bare.context.addCookies(await kiosk.context.cookies(p.url));
  await bare.page.goto(`${p.url}/kiosk`);
  const [reply] = await Promise.all([
    bare.page.waitForResponse((r) => r.request().method() === 'POST'),
    bare.page.locator('form[action="/kiosk"] button').click()]);
  assert.equal(reply.headers().refresh, '60; url=/kiosk?lang=en');
  assert.equal(reply.headers()['cache-control'], 'no-store');
  await bare.context.close();
});

test('it is ended from another device, and says so', async () => {
  const desk = await visitor(browser);
  await signIn(desk.page, p.url, 'dora');
  await desk.page.goto(`${p.url}/desk/kiosk`);
  const row = desk.page.locator('section[aria-labelledby=running] li');
  assert.match(await row.textContent(), /Lobby[\s\S]*4 passwords[\s\S]*496 left/);
  desk.page.complaints.length = 0;
  await inspectAll(desk.page, 'kiosk-desk-running');
  await desk.page.getByRole('button', { name: 'End the kiosk Lobby' }).click();
  await desk.page.getByText('That kiosk has ended.').waitFor();
  const { page } = kiosk;
  await page.goto(`${p.url}/kiosk`);
  await page.getByRole('heading', { name: 'This kiosk has ended' }).waitFor();
  await inspectAll(page, 'kiosk-over');
  assert.ok(!(await kiosk.context.cookies(p.url)).some((c) => c.name === '__Host-kiosk'));
  await page.getByRole('link', { name: 'I am the front desk' }).click();
  await page.getByRole('link', { name: /Sign in with/ }).waitFor();
  await desk.context.close();
  await kiosk.context.close();
});
