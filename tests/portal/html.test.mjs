// Every page is HTML by its standard: those a walk along all links comes to, as
// a stranger, an administrator and somebody who was locked out, and those that
// browser tests before this one have left, letters among them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, signIn, visitor } from '../lib/browser.mjs';
import { htmlErrors, keepPage, pagesKept } from '../lib/markup.mjs';
import { must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, ada;
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

before(async () => {
  p = await startPortal({ providers: `
mail { url = "smtp://127.0.0.1:9" from = "wifi@example.org" }
guest { ways = {"code", "mail", "sponsor"} sponsor_domains = {"example.org"} plan = "Tenant" }
` });
  browser = await launch();
  await latchkey('rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant');
  ada = await visitor(browser);
  await signIn(ada.page, p.url, 'ada');
  await p.harness('unit', 'Flat 7', 'ada');
  await ada.page.goto(`${p.url}/`);
});
after(async () => { await browser?.close(); await p?.stop(); });

const hrefs = (html) => [...html.matchAll(/\shref="(\/[^"#]*)/g)].map((m) => m[1].replaceAll('&amp;', '&'));
const shape = (path) => path.replace(/\/[a-z0-9]{26}/g, '/x').replace(/=[^&]*/g, '');
const answer = async (context, path, options) => {
  const r = await context.request.fetch(`${p.url}${path}`, { maxRedirects: 0, ...options });
  const html = /^text\/html/.test(r.headers()['content-type'] ?? '') ? await r.text() : '';
  return { status: r.status(), html, ours: html !== '' && keepPage(r.url(), r.status(), html) };
};

// Sends the form for ACTION that stands on PAGE, with FIELDS.
async function post(context, page, action, fields = {}) {
  const { html } = await answer(context, page);
  const [form] = html.match(new RegExp(`<form[^>]*action="${action}".*?</form>`, 's')) ?? [];
  assert.ok(form, `a form for ${action} on ${page}`);
  const hidden = [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]);
  return answer(context, action, { method: 'POST', form: { ...Object.fromEntries(hidden), ...fields }, headers: { Origin: p.url } });
}

// All pages that links lead to, from PATHS on; the number of them.
async function walk(context, ...paths) {
  const seen = new Set();
  let n = 0;
  for (let path; (path = paths.shift()) !== undefined;) {
    if (seen.has(shape(path)) || /^\/static\/|[?&]lang=(?!ar)/.test(path)) continue;
    seen.add(shape(path));
    const { html, ours } = await answer(context, path);
    n += ours;
    paths.push(...hrefs(html));
  }
  return n;
}

test('a walk along all links as an administrator', async () => {
  await post(ada.context, '/', '/key');
  await post(ada.context, '/desk', '/desk/new', { name: 'Ana <Ruiz>', room: '12' });
  await post(ada.context, '/desk/many', '/desk/many', { prefix: 'Room ', start: '1', count: '3', hours: '24' });
  // wrong forms keep what was typed, and are pages, too
  const wrong = [['/desk', '/desk/new', { name: '', arrival: 'soon', departure: '2026-02-30' }], ['/admin/networks/new', '/admin/networks/new', { ssid: '' }],
    ['/admin/plans/new', '/admin/plans/new', { name: '', vlan: '9999' }], ['/admin/access-points/new', '/admin/access-points/new', { address: 'x' }],
    ['/admin/rules/new', '/admin/rules/new', { claim: '' }], ['/admin/units/new', '/admin/units/new', { name: '' }],
    ['/admin/try', '/admin/try', { claims: '{"groups": ["staff"]}' }], ['/admin/vouchers', '/admin/vouchers', { count: '0', departure: 'later' }],
    ['/admin/tokens', '/admin/tokens', { name: '' }], ['/admin/webhooks', '/admin/webhooks', { url: 'ftp://x' }]];
  for (const [page, path, fields] of wrong) {
    const r = await post(ada.context, page, path, fields);
    assert.ok(r.ours, `${path}: ${r.status}`);
  }
  const n = await walk(ada.context, '/', '/desk', '/desk?q=Ana', '/admin', '/privacy', '/nothing', '/admin/import/keys', '/admin/outbox',
    '/admin/export', '/?done=made', '/?wrong=LIMIT', '/admin/why?mac=02-00-00-00-00-01', '/admin/visits?day=soon&device=tv', '/?lang=ar');
  assert.ok(n > 40, `${n} pages`);
});

test('a walk as a stranger, and what a stranger is refused', async () => {
  const { context } = await visitor(browser);
  const n = await walk(context, '/signin', '/signedout', '/guest', '/guest/code', '/guest/mail', '/guest/sponsor', '/captive', '/c', '/c/nothing-of-that-kind',
    '/nothing', '/kiosk', '/guest?lang=ar', '/signin?lang=ja');
  assert.ok(n > 9, `${n} pages`);
  await context.close();
});

test('what the suspended and those without a plan see', async () => {
  for (const [who, group] of [['Sus', 'staff'], ['Nobody', 'none']]) {
    const { context } = await visitor(browser);
    const made = await p.harness('session', who, group);
    if (who === 'Sus') await p.harness('suspend', who, 'lost a bet');
    await context.addCookies([{ name: '__Host-latchkey', value: made.token, url: p.url, secure: true, httpOnly: true }]);
    assert.ok((await answer(context, '/')).ours, who);
    await context.close();
  }
});

test('all of them are valid HTML', async (t) => {
  const bad = join(p.dir, 'bad.html');
  writeFileSync(bad, '<!doctype html>\n<html lang="en"><head><title>x</title></head>\n<body><p><div></div></p></body></html>');
  const files = pagesKept();
  t.diagnostic(`${files.length} pages`);
  assert.ok(files.length > 50);
  const [first, ...wrong] = await htmlErrors([bad, ...files]);
  assert.match(first, /^bad.html:3: .*end tag/, 'the checker works');
  assert.deepEqual(wrong, []);
});
