// O-43 without a directory: whom the provider has signed out, and who has not
// been seen for long, lose their Wi-Fi within the time the settings promise,
// and have it again with the next sign-in. The provider is a real one.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { launch, screens, signIn, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const GRACE = 4, ABSENT = 25; // seconds
let p, browser;

before(async () => {
  browser = await launch();
  p = await startPortal({ responder: true, campus: `logout_grace = "${GRACE}s"\n  absent_after = "${ABSENT}s"` });
});
after(async () => { await browser?.close(); await p?.stop(); });

const hears = async (passphrase) => (await ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', timeout: 1000, passphrase })).what;
const becomes = (passphrase, what, ms) => until(`the responder to ${what}`, async () => (await hears(passphrase)) === what, ms);
const audit = async () => JSON.parse(await must(program('latchkey'), ['-c', p.conf, 'audit', 'list', '--json']));

async function password(login) {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, login);
  const from = Date.now();
  await page.getByRole('button', { name: /Get my password/ }).click();
  const value = await page.locator('code.password').first().getAttribute('data-value');
  await becomes(value, 'accept', 5000);
  return { context, page, value, from };
}

test('a logout at the provider is a question: who does not sign in again has no Wi-Fi', async (t) => {
  const { context, page, value } = await password('anna');
  const at = Date.now();
  await p.provider.signOut('anna');
  assert.equal(await hears(value), 'accept', 'not before the time is over');
  await becomes(value, 'reject', (GRACE + 3) * 1000);
  const took = Date.now() - at;
  t.diagnostic(`signed out to refused: ${took} ms, promised ${GRACE * 1000}`);
  assert.ok(took >= (GRACE - 1) * 1000 && took <= (GRACE + 2) * 1000, `${took} ms`);
  const acts = (await audit()).map((r) => r.act);
  assert.ok(acts.includes('person.signed-out') && acts.includes('person.state'));
  await page.goto(`${p.url}/`);
  await page.getByRole('link', { name: /Sign in with/ }).first().waitFor(); // the session is over, too
  await context.clearCookies();
  await signIn(page, p.url, 'anna');
  await page.goto(`${p.url}/`);
  await becomes(value, 'accept', 5000);
  await page.screenshot({ path: join(screens, 'recheck-back.png'), fullPage: true });
  await context.close();
});

test('who signs in again in time notices nothing', async () => {
  const { context, page, value } = await password('dora');
  await p.provider.signOut('dora');
  await context.clearCookies();
  await signIn(page, p.url, 'dora');
  for (let i = 0; i < (GRACE + 2) * 4; i++) {
    assert.equal(await hears(value), 'accept');
    await new Promise((done) => setTimeout(done, 250));
  }
  await context.close();
});

test('who has not been seen for too long is refused, and back after a sign-in', async (t) => {
  const { context, page, value, from } = await password('tom');
  await becomes(value, 'reject', (ABSENT + 5) * 1000);
  const took = Date.now() - from;
  t.diagnostic(`last sign-in to refused: ${took} ms, promised ${ABSENT * 1000}`);
  assert.ok(took >= (ABSENT - 2) * 1000 && took <= (ABSENT + 3) * 1000, `${took} ms`);
  await context.clearCookies();
  await signIn(page, p.url, 'tom');
  await becomes(value, 'accept', 5000);
  await context.close();
});
