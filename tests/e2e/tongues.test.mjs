// The main pages in every language, wide and narrow, read from either side
// (W-36, N-14).
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findings, launch, screens, signIn, unsaid, untranslated, visitor } from '../lib/browser.mjs';
import { startPortal } from '../lib/whole.mjs';
import { must, program, top } from '../lib/process.mjs';

// all of them with LATCHKEY_LONG=1, or some with TONGUES=de,fr; else three (W-36)
const languages = ['en', 'ar', 'cs', 'de', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt', 'sv', 'tr', 'uk', 'zh', 'en-XA']
  .filter((code) => process.env.LATCHKEY_LONG || (process.env.TONGUES ?? 'ar,de,en-XA').split(',').includes(code));
const rtl = ['ar', 'he'];
// those whose pictures are kept to be looked at; the first few walk all of what staff sees
const kept = ['en-XA', 'ar', 'de', 'ja', 'he', 'pl', 'tr', 'zh'];
const all = kept.slice(0, 4);

const anyone = ['/signin', '/signedout', '/guest', '/guest/code', '/guest/mail', '/guest/sponsor', '/link', '/captive', '/c', '/nothing'];
const person = ['/', '/?done=made', '/?wrong=LIMIT', '/key/new', '/privacy', '/guest/mine', '/join/xxxxxxxxxxxxxxxxxxxxxx'];
const staff = ['/desk', '/desk?q=Ana', '/admin', '/admin/audit', '/admin/people', '/admin/keys', '/admin/devices', '/admin/visits', '/admin/units', '/admin/networks', '/admin/plans',
  '/admin/plans/new', '/admin/rules', '/admin/access-points', '/admin/import/keys', '/admin/why', '/admin/system', '/admin/try', '/admin/tokens',
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
    if (code === 'en-XA') wrong.push(...(await untranslated(page)).map((t) => `${path}: not translated: ${t}`));
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

// Every page of administration that can be asked for, with what there is to see.
// What is not ours to say stands in <bdi> (what people and operators named), in
// <code> (addresses, ids, what machines read) or is marked translate="no".
test('nothing of administration stays English', async () => {
  const { page } = ada;
  const post = async (path, fields) => {
    const status = await page.evaluate(async ([to, f]) => (await fetch(to, { method: 'POST', body: new URLSearchParams({ ...f,
      csrf: document.querySelector('input[name=csrf]').value }) })).status, [path, fields]);
    assert.ok(status < 400, `${path}: ${status}`);
  };
  await page.goto(`${p.url}/admin/tokens?lang=en`);
  await post('/admin/webhooks', { name: 'Billing', url: 'https://127.0.0.1:9/hook', events: 'key.*' });
  await post('/admin/tokens', { name: 'Robot', scopes: 'read,keys', days: '30' });
  await page.goto(`${p.url}/admin/vouchers`);
  const plan = await page.locator('#plan option').first().getAttribute('value');
  await post('/admin/vouchers', { name: 'Fair', count: '3', uses: '1', plan, departure: '' });
  await page.goto(`${p.url}/admin/keys`);
  await page.goto(`${p.url}${(await hrefs(page, '^/unit/|^/admin/keys/\\w{26}$'))[0]}`);
  const its = await page.locator('dd bdi').allInnerTexts();
  await page.goto(`${p.url}/admin/rotations`);
  const leaked = await page.locator('#plan option').evaluateAll((all, names) => all.find((o) => names.some((n) => o.label.startsWith(n)))?.value, its);
  await post('/admin/rotations', { name: 'After the leak', overlap: '24', per_hour: '10', plan: leaked, unit: '', hours: '' });
  await page.goto(`${p.url}/admin/plans`);
  await page.goto(`${p.url}${(await hrefs(page, '^/admin/plans/\\w{26}$'))[0]}`);
  await page.locator('#f-pool').fill('700-709');
  await page.locator('#f-vlan').fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/admin/plans*');
  await page.goto(`${p.url}/admin/people`);
  const [who] = await hrefs(page, '^/admin/people/\\w{26}$');
  await page.goto(`${p.url}${who}`);
  const lists = ['people', 'units', 'keys', 'vouchers', 'rotations', 'webhooks', 'networks', 'plans', 'rules', 'access-points'];
  const editors = ['networks', 'plans', 'rules', 'access-points'];
  const paths = new Map(); // a route -> what it shows here
  for (const [, path] of readFileSync(join(top, 'portal/web/routes.def'), 'utf8').matchAll(/^ROUTE\(GET,\s+"(\/admin[^"]*)"/gm)) paths.set(path, []);
  for (const list of lists) {
    await page.goto(`${p.url}/admin/${list}`);
    const [one] = await hrefs(page, `^/admin/${list}/\\w{26}$`);
    assert.ok(one, `nothing in /admin/${list}`);
    if (editors.includes(list)) {
      paths.get('/admin/{word}').push(`/admin/${list}`);
      paths.get('/admin/{word}/new').push(`/admin/${list}/new`);
      paths.get('/admin/{word}/{id}').push(one);
    } else paths.get(`/admin/${list}/{id}`).push(one);
    if (list === 'units') paths.get('/admin/units/{id}/edit').push(`${one}/edit`);
    if (list === 'access-points') paths.get('/admin/access-points/{id}/test').push(`${one}/test`);
  }
  await page.goto(`${p.url}/admin/pools`);
  paths.get('/admin/pools/{id}').push(...await hrefs(page, '^/admin/pools/\\w{26}$'));
  for (const word of ['people', 'keys']) paths.get('/admin/import/{word}').push(`/admin/import/${word}`);
  paths.get('/admin/keys').push('/admin/keys?standing=active');
  paths.get('/admin/try').push(`/admin/try?person=${who.slice(-26)}`);
  paths.delete('/admin/import/{word}/template'); // a file for machines
  paths.delete('/admin/guides/{word}'); // in English, and marked so
  for (const [route, some] of paths) if (!route.includes('{')) some.push(route);
  assert.deepEqual([...paths].filter(([, some]) => some.length === 0).map(([route]) => route), [], 'routes nothing is shown for');
  // scopes are names of the API, and "groups" is that of a claim, too
  const terms = readFileSync(join(top, 'core/model/term.h'), 'utf8').replace(/#define SCOPES[^]*?TERM_DECLARE/, '');
  const closed = [...terms.matchAll(/^\s+X\(\w+,\s+"([^"]+)"/gm)].map((m) => m[1]).filter((w) => w !== 'groups');
  const acts = [...readFileSync(join(top, 'portal/admin/acts.c'), 'utf8').matchAll(/\{"([a-z]+\.[a-z_-]+)"/g)].map((m) => m[1]);
  assert.ok(closed.length > 60 && acts.length > 100);
  const wrong = [];
  await page.goto(`${p.url}/admin?lang=en-XA`);
  for (const path of [...paths.values()].flat()) {
    const answer = await page.goto(`${p.url}${path}`);
    if (answer.status() !== 200) wrong.push(`${path}: ${answer.status()}`);
    wrong.push(...(await untranslated(page)).map((t) => `${path}: not translated: ${t}`));
    wrong.push(...(await unsaid(page, [...closed, ...acts])).map((t) => `${path}: as machines say it: ${t}`));
  }
  assert.deepEqual([...new Set(wrong)], []);
});
