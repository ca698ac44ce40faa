// W-13: markup in every name that people choose, on every page that shows it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

// each breaks out of another place: text, attribute, script, style, template, cell
const payloads = [
  '<script>pwned()</script>', '"><img src=x onerror=pwned()>', "' onfocus=pwned() autofocus='",
  '</title><svg onload=pwned()>', '{{csrf}}<b>', '--><iframe srcdoc="<script>parent.pwned()">', '</textarea></style><i>',
];
const name = (i) => payloads[i % payloads.length];
let p, browser, id;

const latchkey = (...args) => must(program('latchkey'), ['-c', p.conf, ...args]);
const json = async (...args) => JSON.parse(await latchkey(...args, '--json'));

before(async () => {
  p = await startPortal({ responder: true });
  browser = await launch();
  const secret = join(p.dir, 'x.secret');
  writeFileSync(secret, 'a-secret-of-24-characters', { mode: 0o600 });
  await latchkey('network', 'add', '--ssid', name(0).slice(0, 32), '--name', name(1));
  await latchkey('plan', 'add', '--name', name(2), '--network', name(1));
  await latchkey('rule', 'add', '--value', name(3), '--plan', name(2));
  await latchkey('ap', 'add', '--name', name(4), '--address', '192.0.2.77', '--secret-file', secret);
  const person = await json('person', 'add', '--name', name(5), '--mail', 'ida@example.org');
  const key = await json('key', 'issue', '--person', person.id, '--plan', name(2), '--name', name(6));
  await latchkey('device', 'add', key.id, '02-aa-bb-00-00-01', '--name', name(1));
  await latchkey('person', 'state', person.id, 'suspended', '--reason', name(0));
  id = { person: person.id, key: key.id };
});
after(async () => { await browser?.close(); await p?.stop(); });

// The pages that links on PAGE lead to, below PREFIX; downloads are no pages.
const links = (page, prefix) => page.$$eval('a[href]', (all) => all.map((a) => a.getAttribute('href')))
  .then((all) => all.filter((h) => h.startsWith(prefix) && !/\.(pdf|png|svg|csv|json)|profile|template/.test(h)));

async function quiet(page, path) {
  const r = await page.goto(`${p.url}${path}`);
  assert.ok(r.status() < 500, `${path}: ${r.status()}`);
  assert.deepEqual(page.complaints, [], path);
  assert.equal(await page.evaluate(() => globalThis.wasPwned === true), false, path);
  const odd = await page.$$eval('iframe, script:not([src]), [onerror], [onload], [onfocus], svg svg, img[src="x"]', (all) => all.map((e) => e.outerHTML));
  assert.deepEqual(odd, [], path);
}

test('W-13 administration shows every name as text: no dialog, no report, no element of theirs', async () => {
  const { context, page } = await visitor(browser);
  await page.addInitScript(() => { globalThis.pwned = () => { globalThis.wasPwned = true; alert('pwned'); }; });
  await page.setExtraHTTPHeaders({ 'User-Agent': '<script>pwned()</script>' });
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  const seen = new Set(), todo = ['/admin', `/admin/people/${id.person}`, `/admin/keys/${id.key}`];
  for (let path; (path = todo.shift()) !== undefined && seen.size < 120;) {
    if (seen.has(path)) continue;
    seen.add(path);
    await quiet(page, path);
    for (const l of await links(page, '/admin')) if (!seen.has(l)) todo.push(l);
  }
  assert.ok(seen.size > 20, `${seen.size} pages`);
  // and each name is really there, as it was chosen
  const where = { 1: '/admin/networks', 2: '/admin/plans', 3: '/admin/rules', 4: '/admin/access-points', 5: '/admin/people', 6: '/admin/keys' };
  for (const [i, path] of Object.entries(where)) {
    await page.goto(`${p.url}${path}`);
    const text = await page.evaluate(() => document.documentElement.innerText + [...document.querySelectorAll('[title]')].map((e) => e.title).join('\n'));
    assert.ok(text.includes(name(i)), `${name(i)} on ${path}`);
  }
  await context.close();
});

test("W-13, W-21 one's own pages and what they hand out", async () => {
  const { context, page } = await visitor(browser);
  await page.addInitScript(() => { globalThis.pwned = () => { globalThis.wasPwned = true; alert('pwned'); }; });
  const made = await p.harness('session', name(0), 'staff');
  await context.addCookies([{ name: '__Host-latchkey', value: made.token, url: p.url, secure: true, httpOnly: true }]);
  await quiet(page, '/');
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.getByText('Your new password is ready.').waitFor();
  const password = await page.locator('code.password').first().getAttribute('data-value');
  await ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', tries: 3, passphrase: password });
  const key = (await page.getByRole('link', { name: 'A page to print' }).getAttribute('href')).split('/')[2];
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  const odd = '"><script>pwned()</script>../../x\\y';
  await page.request.post(`${p.url}/key/${key}/name`, { form: { csrf, name: odd }, headers: { Origin: p.url } });
  // what turns a text around is no name (the title of the page would lie)
  const turned = await page.request.post(`${p.url}/key/${key}/name`, { form: { csrf, name: 'a\u202Efdp.b' }, headers: { Origin: p.url } });
  assert.equal(turned.status(), 400);
  for (const path of ['/', `/key/${key}`, '/key/new', '/privacy', `/key/${key}/revoke`, `/key/${key}/device`]) await quiet(page, path);
  assert.ok((await page.request.get(`${p.url}/`).then((r) => r.text())).includes('&lt;script&gt;'), 'the name was taken');

  const kinds = { 'sheet.pdf': /^%PDF/, 'qr.svg': /^<svg/, 'qr.png': /PNG/, 'profile/apple': /plist/, 'profile/windows': /WLANProfile/ };
  for (const [what, starts] of Object.entries(kinds)) {
    const r = await page.request.get(`${p.url}/key/${key}/${what}`);
    if (r.status() === 404 && what.startsWith('profile')) continue;
    assert.equal(r.status(), 200, what);
    const body = await r.body();
    assert.match(body.toString('latin1').slice(0, 400), starts);
    const disposition = r.headers()['content-disposition'];
    // RFC 6266: one plain name, and nothing of what people chose that is more than a name
    assert.match(disposition, /^(attachment|inline); filename="[\w. -]+"(; filename\*=UTF-8''[\w.%-]+)?$/, what);
    assert.equal(r.headers()['x-content-type-options'], 'nosniff');
    if (!what.endsWith('pdf') && !what.endsWith('png')) assert.ok(!body.includes('<script'), what);
  }
  const file = join(p.dir, 'markup.pdf');
  writeFileSync(file, await (await page.request.get(`${p.url}/key/${key}/sheet.pdf`)).body());
  await must('qpdf', ['--check', file]);
  assert.ok(!/\/JavaScript|\/OpenAction|\/Launch/.test(readFileSync(file, 'latin1')));
  await context.close();
});

test('W-28 a line is a line, whatever is in it: refused names, claims, addresses and agents', async () => {
  const before = p.portal.output.length + p.radius.output.length;
  const nasty = 'x\r\n2026-01-01T00:00:00Z latchkey-portal info forged=1\u001b[31mred\u001b]0;title\u0007\u009b31m' + 'y'.repeat(10000);
  const curl = (...args) => must('curl', ['-sS', '-o', '/dev/null', '--cacert', p.ca, ...args]);
  await curl('-A', nasty.slice(0, 2000).replace(/[\r\n]/g, ' '), `${p.url}/signin`);
  await curl('--data-urlencode', `code=${nasty.slice(0, 3000)}`, `${p.url}/guest/code`);
  await curl('-G', '--data-urlencode', `error=${nasty.slice(0, 1000)}`, '--data-urlencode', `error_description=${nasty.slice(0, 2000)}`, `${p.url}/signin/campus/callback`);
  await ask({ port: p.auth, secret: p.secret, ssid: 'x\n\u001b[31m', passphrase: 'wrong password', tries: 1 });
  const lines = (p.portal.output + p.radius.output).split('\n').filter((l) => l);
  assert.ok(p.portal.output.length + p.radius.output.length > before, 'something was logged');
  for (const l of lines) {
    if (/^oidc-provider/.test(l)) continue;
    assert.match(l, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ latchkey-(portal|radius) (debug|info|warn|error) \S+/);
    assert.ok(!/[\x00-\x1f\x7f-\x9f]/.test(l), JSON.stringify(l));
    assert.ok(l.length < 5000, `${l.length} characters`);
  }
  assert.ok(!lines.some((l) => l.startsWith('2026-01-01')), 'a forged line');
});
