// A guest names the person they visit, who gets a mail, signs in and says yes or
// no, and later: no more. On a phone without script, and on a desktop.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findings, inspectAll, launch, screens, visitor } from '../lib/browser.mjs';
import { ask } from '../lib/radius.mjs';
import { must, program, until } from '../lib/process.mjs';
import { mailServer } from '../lib/smtp.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, smtp;
const letters = [];

before(async () => {
  smtp = await mailServer(letters);
  p = await startPortal({ responder: true, providers: `
mail { url = "${smtp.url}" from = "wifi@example.org" from_name = "Harbour Wi-Fi" }
guest { ways = {"sponsor"} plan = "Tenant" sponsor_domains = {"example.org"} }
` });
  for (const rule of [['--claim', 'issuer', '--value', 'local', '--plan', 'Tenant'],
    ['--claim', 'groups', '--value', 'staff', '--roles', 'sponsor']])
    await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', ...rule]);
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); smtp?.stop(); });

const phone = { javaScriptEnabled: false, viewport: { width: 390, height: 800 } };
const linkTo = async (mail, after_ = 0) => {
  const l = await until(`a letter to ${mail}`, () => letters.slice(after_).find((x) => x.to.includes(mail)), 20000);
  return l.text.match(/https:\/\/\S+\/guest\/decide\/\S+/)[0];
};
async function asks(page, name, host) {
  await page.goto(`${p.url}/guest`);
  await page.getByRole('link', { name: 'Somebody here expects me' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Mail address of the person you visit').fill(host);
  await page.getByRole('button', { name: 'Ask them' }).click();
}
const again = (page) => page.getByRole('button', { name: 'Look again' }).click();
async function signsIn(page, link, login) {
  await page.goto(link);
  await page.getByRole('link', { name: /Sign in with/ }).click();
  await page.getByLabel('Account').fill(login);
  await page.getByLabel('Password').fill(login);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a guest asks, the sponsor says yes, and the guest is in', async () => {
  const guest = await visitor(browser, phone);
  await asks(guest.page, 'Grace <i>Hopper</i>', 'anna@example.org');
  await guest.page.getByRole('alert').waitFor();
  assert.equal(letters.length, 0);
  await asks(guest.page, 'Grace Hopper', 'somebody@example.net');
  await guest.page.getByRole('alert').waitFor();
  await asks(guest.page, 'Grace Hopper', 'anna@example.org');
  await guest.page.getByRole('heading', { name: 'Waiting for an answer' }).waitFor();
  const code = (await guest.page.locator('code.password').textContent()).trim();
  await again(guest.page);
  await guest.page.getByText('There is no answer yet').waitFor();
  assert.deepEqual(await guest.context.cookies(), []);

  const link = await linkTo('anna@example.org');
  // looking at the link decides nothing, and others see nothing there
  await must('curl', ['-sS', '-o', '/dev/null', '--cacert', p.ca, link]);
  const other = await visitor(browser);
  await signsIn(other.page, link, 'layla');
  await other.page.getByRole('heading', { name: /There is nothing here|لا شيء هنا/ }).waitFor();
  await other.context.close();

  const host = await visitor(browser, phone);
  await signsIn(host.page, link, 'anna');
  await host.page.getByText('Grace Hopper').waitFor();
  await host.page.getByLabel('They may use the Wi-Fi for').selectOption('3');
  await host.page.getByRole('button', { name: 'Let them in' }).click();
  await host.page.getByText('The guest may use the Wi-Fi.').waitFor();
  await host.page.goto(link);
  await host.page.getByText('This was decided already.').waitFor();

  await again(guest.page);
  await guest.page.getByRole('heading', { name: 'Welcome' }).waitFor();
  await guest.page.getByText('Your password works for 3 days more.').or(
    guest.page.getByText('Your password works for 2 days more.')).waitFor();
  const passphrase = await guest.page.locator('[data-value]').first().getAttribute('data-value');
  const ssid = await guest.page.locator('.card code.value').textContent();
  assert.equal((await guest.page.locator('.card h2').textContent()).trim(), 'Grace Hopper', 'a guest, not the host');
  const joins = (station) => ask({ port: p.auth, secret: p.secret, ssid, station, passphrase, timeout: 5000 });
  await until('the responder to know it', async () => (await joins('02-aa-00-00-00-41')).what === 'accept', 20000);

  // back on another device: how long it lasts, and what uses it
  const back = await visitor(browser, phone);
  await until('the device on the page', async () => {
    await back.page.goto(`${p.url}/guest/code/${code}`);
    await back.page.locator('main form button').first().click();
    await back.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    return await back.page.locator('section[aria-labelledby=devices] li').count() === 1;
  }, 20000);
  await again(back.page);
  await back.page.getByText(/last seen/).waitFor();
  await back.context.close();

  // later: no more
  await host.page.goto(`${p.url}/guest/mine`);
  await host.page.getByRole('button', { name: 'Withdraw the Wi-Fi of Grace Hopper' }).click();
  await host.page.getByText('no longer works').waitFor();
  await until('the password to end', async () => (await joins('02-aa-00-00-00-42')).what === 'reject', 20000);
  await guest.page.goto(`${p.url}/guest/code/${code}`);
  await guest.page.locator('main form button').first().click();
  await guest.page.getByRole('alert').waitFor();
  await host.context.close();
  await guest.context.close();
});

test('a refusal looks like any code that does not work', async () => {
  const guest = await visitor(browser, phone), from = letters.length;
  await asks(guest.page, 'Mallory', 'anna@example.org');
  const host = await visitor(browser);
  await signsIn(host.page, await linkTo('anna@example.org', from), 'anna');
  await host.page.getByRole('button', { name: 'Refuse' }).click();
  await host.page.getByText('The guest was refused.').waitFor();
  await again(guest.page);
  await guest.page.getByRole('alert').waitFor();
  assert.match(await guest.page.getByRole('alert').textContent(), /This code does not work\. .*valid no longer/);
  await host.context.close();
  await guest.context.close();
});

test('the sponsor is asked in their own language, whatever the guest reads', async () => {
  const { context, page } = await visitor(browser, phone);
  const to = async (mail, lang) => {
    const from = letters.length;
    await page.goto(`${p.url}/guest/sponsor?lang=${lang}`);
    await page.locator('input[name=name]').fill('Ida');
    await page.locator('input[name=host]').fill(mail);
    await page.locator('main form button').first().click();
    await page.locator('code.password').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    return until(`a letter to ${mail}`, () => letters.slice(from).find((l) => l.to.includes(mail)), 20000);
  };
  const known = await to('layla@example.org', 'en');
  assert.equal(known.language, 'ar');
  assert.match(known.html, /<html lang="ar" dir="rtl">/);
  assert.match(known.text, /Ida/);
  const read = await visitor(browser, { viewport: { width: 320, height: 500 } });
  await read.page.setContent(known.html);
  assert.equal((await findings(read.page, { axe: false })).over, 0);
  await read.page.screenshot({ path: join(screens, 'letter-sponsor-ar.png'), fullPage: true });
  await read.context.close();
  assert.equal((await to('nobody.yet@example.org', 'de')).language, 'de'); // nothing is known of them
  await context.close();
});

test('every page of it is fine to look at, in two languages', async () => {
  const { context, page } = await visitor(browser);
  const from = letters.length;
  await page.goto(`${p.url}/guest/sponsor`);
  await inspectAll(page, 'sponsor-ask');
  await asks(page, 'Linus', 'x@nowhere.example');
  await page.getByRole('alert').waitFor();
  await inspectAll(page, 'sponsor-ask-wrong');
  await asks(page, 'Linus', 'anna@example.org');
  await page.getByRole('heading', { name: 'Waiting for an answer' }).waitFor();
  await inspectAll(page, 'sponsor-wait');
  const code = (await page.locator('code.password').textContent()).trim();
  const link = await linkTo('anna@example.org', from);
  const host = await visitor(browser);
  await signsIn(host.page, link, 'anna');
  await host.page.getByText('Linus').waitFor();
  await inspectAll(host.page, 'sponsor-decide');
  await host.page.goto(`${link}?lang=ar`);
  await inspectAll(host.page, 'sponsor-decide-ar');
  await host.page.goto(`${link}?lang=en`);
  await host.page.getByRole('button', { name: 'Let them in' }).click();
  await inspectAll(host.page, 'sponsor-mine');
  await host.page.getByRole('link', { name: 'Harbour Campus' }).click();
  await host.page.getByRole('link', { name: 'My guests' }).click();
  await host.page.goto(`${p.url}/guest/mine?lang=ar`);
  await inspectAll(host.page, 'sponsor-mine-ar');
  await again(page);
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  for (const lang of ['en', 'ar']) {
    await page.goto(`${p.url}/guest/code/${code}?lang=${lang}`);
    await page.locator('main form button').first().click();
    await page.locator('section[aria-labelledby=devices]').waitFor();
    await inspectAll(page, `guest-status-${lang}`);
  }
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(host.page.complaints, []);
  await host.context.close();
  await context.close();
});
