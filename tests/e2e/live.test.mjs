// The first page of administration while access points ask: charts drawn by the
// server, which change by themselves and say the same as a table.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

// light and wide, dark and narrow; with LATCHKEY_LONG=1 all four
async function look(page, name) {
  if (process.env.LATCHKEY_LONG) return inspectAll(page, name);
  await inspect(page, `${name}-light-1280`);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 320, height: 900 });
  await inspect(page, `${name}-dark-320`);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 900 });
}
let p, browser, ada, passphrase, ap;
const station = (n) => `02-aa-00-00-00-${n.toString(16).padStart(2, '0')}`;
const join = (n, how = {}) => ask({ port: p.auth, secret: p.secret, ssid: ap.ssid, station: station(n), passphrase, timeout: 3000, ...how });

before(async () => {
  p = await startPortal({ responder: true });
  browser = await launch();
  ada = await visitor(browser);
  const { page } = ada;
  await signIn(page, p.url, 'ada');
  await page.goto(`${p.url}/`);
  await page.locator('form[action="/key"] button').first().click();
  await page.goto(`${p.url}/`);
  const card = page.locator('article, .card').first();
  await card.locator('details.secret summary').first().click();
  passphrase = (await page.locator('.password').first().textContent()).replace(/\s/g, '');
  ap = { ssid: (await card.locator('.value').first().textContent()).trim() };
});
after(async () => { await browser?.close(); await p?.stop(); });

// the page asks again soon, not after ten seconds
const soon = (page, every) => page.route('**/admin', async (route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, body: (await answer.text()).replace('data-every="10000"', `data-every="${every}"`) });
});
const numbers = (page, id) => page.locator(`#${id} tbody tr`).evaluateAll((rows) => rows.map((r) =>
  [...r.querySelectorAll('td')].slice(1).map((d) => d.textContent.trim())));
const sum = (rows, at) => rows.reduce((n, r) => n + Number(r[at]), 0);

test('accepts, refusals, searches and access points are on the first page', async () => {
  const { page } = ada;
  await soon(page, 300);
  await page.goto(`${p.url}/admin`);
  await page.getByText('Nobody was, in 24 hours.').waitFor();
  await page.getByText('never').waitFor();
  await until('the key to work', async () => (await join(1)).what === 'accept', 20000);
  for (const n of [2, 3]) assert.equal((await join(n)).what, 'accept');
  assert.equal((await join(9, { passphrase: 'not-the-right-one' })).what, 'reject');
  // nobody reloads: the part is fetched again and put into its place
  await page.locator('#answers-more summary').click();
  await page.getByText('No key fits what the device proved.').waitFor({ timeout: 30000 });
  assert.ok(await page.locator('#answers-more').evaluate((d) => d.open), 'the table stays open');
  const answers = await numbers(page, 'answers-more');
  assert.equal(answers.length, 24);
  assert.ok(sum(answers, 0) >= 3 && sum(answers, 1) >= 1, JSON.stringify(answers));
  assert.ok(await page.locator('svg[aria-labelledby="answers-c-t answers-c-d"] rect.bar-of').count() > 0);
  assert.ok(await page.locator('svg[aria-labelledby="answers-c-t answers-c-d"] rect.bar-bad').count() > 0);
  assert.ok(sum(await numbers(page, 'search-more'), 0) >= 4);
  await page.getByText('All were heard in the last hour.').waitFor();
  await page.getByText('The responder knows of every change.').waitFor();
  assert.equal(await page.locator('#moving time').filter({ hasText: 'UTC' }).count(), 0, 'times are those of the reader');
  await page.unrouteAll({ behavior: 'wait' }); // an answer may be on its way
  await page.goto(`${p.url}/admin`);
  await look(page, 'admin-live');
  assert.deepEqual(page.complaints.filter((c) => !c.includes('favicon')), []);
});

test('without a script it is a page like any other', async () => {
  const state = await ada.context.storageState();
  const { page, context } = await visitor(browser, { javaScriptEnabled: false, storageState: state });
  await page.goto(`${p.url}/admin`);
  await page.getByRole('heading', { name: 'Answers to access points' }).waitFor();
  await page.getByRole('link', { name: 'Look again' }).click();
  await page.locator('#answers-more summary').click();
  assert.ok(sum(await numbers(page, 'answers-more'), 0) >= 3);
  await context.close();
});

test('a page nobody looks at asks nothing', async () => {
  const { context } = ada;
  const page = await context.newPage();
  let asked = 0;
  page.on('request', (r) => { asked += r.url().endsWith('/admin'); });
  await page.addInitScript(() => {
    globalThis.away = true;
    Object.defineProperty(document, 'hidden', { get: () => globalThis.away });
  });
  await soon(page, 20);
  await page.goto(`${p.url}/admin`);
  await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
  assert.equal(asked, 1); // the page itself
  await page.evaluate(() => { globalThis.away = false; });
  await until('the page to ask again', () => asked > 2);
  await page.close();
});

test('without the responder the store is still told of', async () => {
  const { page } = ada;
  await p.radius.stop();
  await page.goto(`${p.url}/admin`);
  await page.getByText('The responder does not answer on this machine.').waitFor();
  await page.getByRole('heading', { name: 'Passwords by state' }).waitFor();
  if (process.env.LATCHKEY_LONG) await inspectAll(page, 'admin-live-alone');
});
