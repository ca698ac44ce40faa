// O-43: a provider that gives refresh tokens is asked every so often whether
// people are still there. Who is gone there is refused at the access point
// within that time; a provider that is away costs nobody anything.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, signIn, visitor } from '../lib/browser.mjs';
import { sleep, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const EVERY = 3; // seconds
let p, browser;
before(async () => {
  browser = await launch();
  p = await startPortal({ responder: true, campus: `session_check = "${EVERY}s"` });
  p.provider.options.refresh = true; // whatever the scopes are
});
after(async () => { await browser?.close(); await p?.stop(); });

const hears = async (passphrase) => (await ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', timeout: 1000, passphrase })).what;
const becomes = (passphrase, what, ms = 5000) => until(`the responder to ${what}`, async () => (await hears(passphrase)) === what, ms);
const asked = () => p.provider.counts['/token'] ?? 0;

async function password(login) {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, login);
  await page.getByRole('button', { name: /Get my password/ }).click();
  const value = await page.locator('code.password').first().getAttribute('data-value');
  await becomes(value, 'accept');
  return { context, page, value };
}

test('who is there stays, and is asked about again and again', async () => {
  const { context, value } = await password('anna');
  const from = asked();
  await until('three questions', () => asked() >= from + 3, (EVERY * 3 + 10) * 1000);
  assert.equal(await hears(value), 'accept');
  const kept = readFileSync(join(p.dir, 'latchkey.db-wal')).toString('latin1') + readFileSync(join(p.dir, 'latchkey.db')).toString('latin1');
  assert.ok(kept.includes('renewal'));
  await context.close();
});

test('who is removed at the provider is refused within the time, and back when they are', async (t) => {
  const { context, page, value } = await password('dora');
  const at = p.provider.people.findIndex((x) => x.login === 'dora');
  const [dora] = p.provider.people.splice(at, 1);
  const from = Date.now();
  await becomes(value, 'reject', (EVERY + 5) * 1000);
  const took = Date.now() - from;
  t.diagnostic(`removed to refused: ${took} ms, promised ${EVERY * 1000}`);
  assert.ok(took <= (EVERY + 2) * 1000, `${took} ms`);
  assert.match(p.portal.output, /signin\.gone/);
  p.provider.people.push(dora);
  await context.clearCookies();
  await signIn(page, p.url, 'dora');
  await becomes(value, 'accept');
  await context.close();
});

test('a provider that does not answer is not a person who is gone', async () => {
  const { context, value } = await password('tom');
  await p.provider.stop();
  await sleep((EVERY + 2) * 1000);
  assert.equal(await hears(value), 'accept');
  assert.match(p.portal.output, /signin\.not-asked/);
  await context.close();
});
