// The same sign-in at another provider, glewlwyd of Debian: other habits (two
// slashes in its addresses, scopes it does not know, a page of scripts, its code
// after all else), the same Wi-Fi password in the end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { launch, screens, visitor } from '../lib/browser.mjs';
import { second, wifi, zbar } from '../lib/codes.mjs';
import { startGlewlwyd } from '../lib/glewlwyd.mjs';
import { must, program, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

// letters and digits: it takes a secret of Basic as it stands (RFC 6749 2.3.1 has it encoded)
const secret = 'a-secret-of-32-letters-and-digits';
let g, p, browser;

before(async () => {
  browser = await launch();
  g = await startGlewlwyd();
  p = await startPortal({ issuer: g.issuer, secret, responder: true });
  for (const [login, name, groups] of [['anna', 'Anna Berger', ['staff', 'choir']], ['nils', 'Nils Norm', []]])
    await g.person({ login, name, mail: `${login}@example.org`, groups });
  await g.client({ id: 'latchkey', secret, redirect: `${p.url}/signin/campus/callback`, backchannel: `${p.url}/signin/campus/backchannel`,
    afterLogout: `${p.url}/signedout` });
});
after(async () => { await browser?.close(); await p?.stop(); await g?.stop(); });

// From our sign-in page through theirs and back; the first time they ask
// whether that is wanted.
async function signIn(page, login) {
  await page.goto(`${p.url}/signin`);
  await page.getByRole('link', { name: /Sign in with/ }).first().click();
  await page.locator('#username').fill(login);
  await page.locator('#password').fill(login + login);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  for (const box of await page.locator('input[type=checkbox]').all()) await box.check();
  await page.screenshot({ path: join(screens, `glewlwyd-${login}.png`), fullPage: true });
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${p.url}/**`);
}

test('anna signs in at glewlwyd, sees her Wi-Fi password, joins, and signs out', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, 'anna');
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByText('Your new password is ready.').waitFor();
  const password = await page.locator('code.password').first().getAttribute('data-value');
  const picture = join(screens, 'glewlwyd-my-wifi.png');
  await page.screenshot({ path: picture, fullPage: true });
  for (const text of [await zbar(picture), await second(picture)]) assert.equal(wifi(text).P, password);
  const joined = await until('the responder to know it', async () => {
    const r = await ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', passphrase: password, tries: 3 });
    return r.what === 'accept' && r;
  });
  assert.equal(joined.passphrase, password);
  assert.equal(joined.vlan, '120');

  // who it was, and by what: the subject is theirs, and no name of a person
  const [person] = JSON.parse(await must(program('latchkey'), ['-c', p.conf, 'person', 'list', 'Anna', '--json']));
  assert.equal(person.issuer, g.issuer);
  assert.notEqual(person.subject, 'anna');
  assert.equal(person.name, 'Anna Berger');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${g.url}/**`);
  assert.equal(new URL(page.url()).searchParams.get('callback_url'), `${p.url}/signedout`); // it knows the way back; its page does not take it
  const [ended] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'DELETE'),
    page.getByRole('button', { name: 'Logout' }).click()]);
  assert.equal(ended.status(), 200);
  await page.goto(`${p.url}/`);
  await page.waitForURL('**/signin');
  assert.deepEqual(page.complaints.filter((c) => c.startsWith(p.url)), []);
  await context.close();
});

test('the same person comes back as the same; somebody in no group is told so', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, 'anna');
  await page.getByRole('heading', { name: 'My Wi-Fi' }).waitFor();
  assert.equal(await page.locator('code.password').count(), 1);
  await context.close();
  const nils = await visitor(browser);
  await signIn(nils.page, 'nils');
  await nils.page.getByRole('heading', { name: /no Wi-Fi password for you yet/ }).waitFor();
  await nils.context.close();
});
