// Guests read and accept the terms where they ask for their password: text
// messages by a gateway, with and without a script, in two languages.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect, launch, untranslated, visitor } from '../lib/browser.mjs';
import { must, program, scratch, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

const latchkey = (...args) => must(program('latchkey'), ['-c', p.conf, '--json', ...args]).then(JSON.parse);
const accepted = async () => (await latchkey('audit', 'list')).filter((a) => a.act === 'person.terms');
const messages = [];
let p, browser, gateway, back;

before(async () => {
  gateway = createServer((rq, rp) => {
    let body = '';
    rq.on('data', (d) => { body += d; });
    rq.on('end', () => { messages.push(JSON.parse(body)); rp.writeHead(200).end('{}'); });
  });
  await new Promise((done) => gateway.listen(0, '127.0.0.1', done));
  const file = join(scratch('terms'), 'terms.txt');
  writeFileSync(file, 'Use this Wi-Fi as you would use your own.\n\nWhat is against the law at home is against it here.\nWe keep who used which password for 30 days.\n');
  writeFileSync(file.replace('.txt', '.ar.txt'), 'استخدم هذه الشبكة كما تستخدم شبكتك.\n\nما يمنعه القانون خارجها يمنعه هنا.\n');
  p = await startPortal({ more: `terms_file = "${file}" terms_version = "2026-12"`, providers: `
sms { url = "http://127.0.0.1:${gateway.address().port}/send" allow_loopback = yes }
guest { ways = {"phone", "code"} country = "+49" plan = "Tenant" }
` });
  await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant']);
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); gateway?.close(); });

const digitsFor = async (number) => {
  const said = await until(`a message to ${number}`, () => messages.find((m) => m.to === number), 20000);
  return said.text.match(/\b\d{6}\b/)[0];
};

for (const javaScriptEnabled of [false, true])
  test(`terms are read and accepted with the number, ${javaScriptEnabled ? 'with' : 'without'} a script`, async () => {
    const { context, page } = await visitor(browser, { javaScriptEnabled, viewport: { width: 390, height: 800 } });
    const look = (name) => (javaScriptEnabled ? inspect(page, `terms-${name}`) : null);
    const number = javaScriptEnabled ? '0170 5550001' : '0170 5550002', full = `+49${number.replace(/\s/g, '').slice(1)}`;
    const had = (await accepted()).length;
    await page.goto(`${p.url}/guest`);
    await look('guest');
    await page.getByRole('link', { name: /by text message/ }).click();
    await page.getByText('Read the terms').click();
    await page.getByText('We keep who used which password for 30 days.').waitFor();
    await look('phone');
    await page.getByLabel('Your name').fill('Mia Noor');
    await page.getByLabel('Your telephone number').fill(number);
    // a browser that does not insist on the tick: what was typed is kept
    await page.locator('form').evaluate((f) => { f.noValidate = true; });
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByRole('alert').filter({ hasText: 'Please accept the terms of use.' }).waitFor();
    assert.equal(await page.getByLabel('Your telephone number').inputValue(), number);
    await look('phone-wrong');
    await page.getByLabel('I accept the terms of use').check();
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('Six digits').waitFor();
    await look('digits');
    await page.getByLabel('Six digits').fill(await digitsFor(full));
    await page.getByRole('button', { name: 'Get my Wi-Fi password' }).click();
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await look('welcome');
    back = (await page.locator('code', { hasText: /^\w{5}-\w{5}$/ }).first().textContent()).trim();
    const now = await accepted();
    assert.equal(now.length, had + 1);
    assert.match(JSON.stringify(now[0]), /2026-12/);
    if (javaScriptEnabled) assert.deepEqual(page.complaints.filter((c) => !c.includes('favicon')), []);
    await context.close();
  });

test('coming back with the code accepts nothing twice', async () => {
  const { context, page } = await visitor(browser, { javaScriptEnabled: false });
  const had = (await accepted()).length;
  await page.goto(`${p.url}/guest/code`);
  await page.getByLabel('Code', { exact: true }).fill(back);
  await page.getByLabel('I accept the terms of use').check();
  await page.getByRole('button', { name: 'Get my Wi-Fi password' }).click();
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  assert.equal((await accepted()).length, had);
  await context.close();
});

test('in Arabic they are read from the right and in Arabic; German sees what is for all', async () => {
  const { context, page } = await visitor(browser, { viewport: { width: 390, height: 800 } });
  await page.goto(`${p.url}/guest/phone?lang=ar`);
  await page.locator('#terms-text summary').click();
  await page.locator('p[lang=ar]').getByText('استخدم هذه الشبكة كما تستخدم شبكتك.').waitFor();
  await inspect(page, 'terms-phone-ar');
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  await page.goto(`${p.url}/terms/text?lang=de`);
  await page.getByText('We keep who used which password for 30 days.').waitFor();
  await page.goto(`${p.url}/guest/phone?lang=en-XA`);
  assert.deepEqual(await untranslated(page), []);
  await page.goto(`${p.url}/terms/text?lang=en`);
  await page.getByText('Version 2026-12').waitFor();
  await inspect(page, 'terms-text');
  await context.close();
});
