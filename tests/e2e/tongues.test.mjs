// The main pages in every language, wide and narrow, read from either side
// (W-36, N-14).
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findings, launch, screens, signIn, untranslated, visitor } from '../lib/browser.mjs';
import { startPortal } from '../lib/whole.mjs';
import { must, program } from '../lib/process.mjs';

// all of them with LATCHKEY_LONG=1, or some with TONGUES=de,fr; else four (W-36)
const languages = ['en', 'ar', 'cs', 'de', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt', 'sv', 'tr', 'uk', 'zh', 'en-XA']
  .filter((code) => process.env.LATCHKEY_LONG || (process.env.TONGUES ?? 'ar,de,ja,en-XA').split(',').includes(code));
const rtl = ['ar', 'he'];
// those whose pictures are kept to be looked at; the first few walk all of what staff sees
const kept = ['en-XA', 'ar', 'de', 'ja', 'he', 'pl', 'tr', 'zh'];
const all = kept.slice(0, 4);

const anyone = ['/signin', '/signedout', '/guest', '/guest/code', '/guest/mail', '/guest/sponsor', '/link', '/captive', '/c', '/nothing'];
const person = ['/', '/?done=made', '/?wrong=LIMIT', '/key/new', '/privacy', '/guest/mine', '/join/xxxxxxxxxxxxxxxxxxxxxx'];
const staff = ['/desk', '/desk?q=Ana', '/admin', '/admin/audit', '/admin/people', '/admin/keys', '/admin/units', '/admin/networks', '/admin/plans',
  '/admin/plans/new', '/admin/rules', '/admin/access-points', '/admin/import/keys', '/admin/why', '/admin/try', '/admin/tokens',
  '/admin/vouchers', '/admin/rotations', '/admin/pools'];
const main = ['/desk', '/admin', '/admin/people'];
let p, browser, ada;

const hrefs = (page, pattern) => page.locator('a').evaluateAll((all, re) => [...new Set(all.map((a) => a.getAttribute('href'))
  .filter((h) => h && new RegExp(re).test(h)))], pattern);

before(async () => {
  p = await startPortal({ responder: false, providers: `
mail { url = "smtp://127.0.0.1:9" from = "wifi@example.org" links_a_day = 100 }
guest { ways = {"code", "mail", "sponsor"} sponsor_domains = {"example.org"} plan = "Tenant" }
` });
  await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant']);
  browser = await launch();
  ada = await visitor(browser);
  const { page } = ada;
  await signIn(page, p.url, 'ada');
  await p.harness('unit', 'Flat 7', 'ada');
  const get = page.locator('form[action="/key"] button');
  await page.goto(`${p.url}/`);
  if (await get.count() > 0) await get.first().click();
  await page.goto(`${p.url}/`);
  const [key] = await hrefs(page, '^/key/\\w{26}$');
  const [unit] = await hrefs(page, '^/unit/');
  person.push(key, `${key}/rotate`, `${key}/revoke`, `${key}/device`, unit);
  await page.goto(`${p.url}/desk`);
  await page.locator('#name').fill('Ana Ruiz');
  // the answer is a sheet to print
  assert.equal(await page.evaluate(async () => (await fetch('/desk/new', { method: 'POST',
    body: new URLSearchParams(new FormData(document.querySelector('form[action="/desk/new"]'))) })).status), 200);
  await page.goto(`${p.url}/desk?q=Ana`);
  staff.push((await hrefs(page, '^/desk/guest/'))[0]);
  await page.goto(`${p.url}/admin/people`);
  staff.push((await hrefs(page, '^/admin/people/\\w{26}$'))[0]);
  await page.goto(`${p.url}/admin/keys`);
  staff.push((await hrefs(page, '^/admin/keys/\\w{26}$'))[0]);
  mkdirSync(screens, { recursive: true });
});
after(async () => { await browser?.close(); await p?.stop(); });

const name = (path) => path.replace(/\w{26}/g, 'x').replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'home';

async function walk(page, code, paths) {
  const wrong = [];
  for (const path of paths) {
    await page.goto(`${p.url}${path}`);
    const html = page.locator('html');
    if (await html.getAttribute('lang') !== code) wrong.push(`${path}: lang ${await html.getAttribute('lang')}`);
    if (await html.getAttribute('dir') !== (rtl.includes(code) ? 'rtl' : 'ltr')) wrong.push(`${path}: dir`);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      const { told, over } = await findings(page, { axe: width === 320 });
      wrong.push(...told.map((t) => `${path} at ${width}: ${t}`));
      if (over > 0) wrong.push(`${path} at ${width}: ${over} px too wide`);
      if (kept.includes(code)) await page.screenshot({ path: join(screens, `tongue-${code}-${name(path)}-${width}.png`), fullPage: true });
    }
    // administration still shows names of fields and acts as machines say them
    if (code === 'en-XA' && !path.startsWith('/admin')) wrong.push(...(await untranslated(page)).map((t) => `${path}: not translated: ${t}`));
  }
  return wrong;
}

for (const code of languages)
  test(`${code}: what people, guests and staff see`, async () => {
    const stranger = await visitor(browser);
    await stranger.page.goto(`${p.url}/signin?lang=${code}`);
    const wrong = await walk(stranger.page, code, anyone);
    await stranger.context.close();
    await ada.page.goto(`${p.url}/?lang=${code}`);
    wrong.push(...await walk(ada.page, code, [...person, ...(all.includes(code) ? staff : main)]));
    assert.deepEqual(wrong, []);
  });
