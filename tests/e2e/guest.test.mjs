// A guest without an account: six digits by a real SMTP server, no script, no
// cookie, the password on the screen, and back again with the code.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { ask } from '../lib/radius.mjs';
import { must, program, until } from '../lib/process.mjs';
import { mailServer } from '../lib/smtp.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, smtp, gateway;
const letters = [], messages = [];
let verdict = 200;

before(async () => {
  smtp = await mailServer(letters);
  gateway = createServer((rq, rp) => {
    let body = '';
    rq.on('data', (d) => { body += d; });
    rq.on('end', () => {
      const status = verdict;
      verdict = 200;
      if (status === 200) messages.push({ headers: rq.headers, body: JSON.parse(body) });
      rp.writeHead(status).end('{}');
    });
  });
  await new Promise((done) => gateway.listen(0, '127.0.0.1', done));
  p = await startPortal({ responder: true, providers: `
mail { url = "${smtp.url}" from = "wifi@example.org" from_name = "Harbour Wi-Fi" }
sms { url = "http://127.0.0.1:${gateway.address().port}/send" more = {"from=Harbour"} text = "body" allow_loopback = yes }
guest { ways = {"mail", "code", "phone"} country = "+49" plan = "Tenant" }
` });
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); smtp?.stop(); gateway?.close(); });

const digitsFor = async (mail) => {
  const letter = await until(`a letter to ${mail}`, () => letters.find((l) => l.to === mail), 20000);
  const digits = letter.text.match(/\b\d{6}\b/)[0];
  assert.match(letter.html, new RegExp(`<html lang="en"[^]*<strong[^>]*>${digits}</strong>`));
  assert.ok(!letter.text.includes('<'));
  return digits;
};
const phone = { javaScriptEnabled: false, viewport: { width: 390, height: 800 } };

test('without a plan for guests no letter is sent', async () => {
  const { context, page } = await visitor(browser, phone);
  await page.goto(`${p.url}/guest/mail`);
  await page.getByLabel('Your name').fill('Early');
  await page.getByLabel('Your mail address').fill('early@example.net');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByText(/not entitled/).waitFor();
  assert.equal(letters.length, 0);
  await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant']);
  await context.close();
});

test('six digits by mail, without script or cookies: a password that the responder knows (G-10)', async () => {
  const { context, page } = await visitor(browser, phone);
  await page.goto(`${p.url}/guest`);
  await page.getByRole('link', { name: 'Send me a code by mail' }).click();
  await page.getByLabel('Your name').fill('Ana <b>Ruiz</b>');
  await page.getByLabel('Your mail address').fill('ana@example.net');
  const asked = Date.now();
  await page.getByRole('button', { name: 'Send the code' }).click();
  const digits = await digitsFor('ana@example.net');
  assert.ok(Date.now() - asked < 3000, `the letter took ${Date.now() - asked} ms`);
  const wrong = digits === '000000' ? '111111' : '000000';
  await page.getByLabel('Six digits').fill(wrong);
  await page.getByRole('button', { name: 'Get my Wi-Fi password' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Six digits').fill(digits);
  await page.getByRole('button', { name: 'Get my Wi-Fi password' }).click();
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  assert.deepEqual(await context.cookies(), []);
  const passphrase = await page.locator('[data-value]').first().getAttribute('data-value');
  const ssid = await page.locator('.card code.value').textContent();
  const answer = await until('the responder to know it', async () => {
    const a = await ask({ port: p.auth, secret: p.secret, ssid, station: '02-aa-00-00-00-31', passphrase, timeout: 5000 });
    return a.what === 'accept' && a;
  }, 20000);
  assert.ok(answer.vlan);

  // closed and come back on another device, with the code of the page
  const code = (await page.locator('section[aria-labelledby=next] code.password').textContent()).trim();
  const other = await visitor(browser, phone);
  await other.page.goto(`${p.url}/guest/code`);
  await other.page.locator('input[name=code]').fill(code);
  await other.page.locator('main form button').first().click();
  await other.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  assert.equal(await other.page.locator('[data-value]').first().getAttribute('data-value'), passphrase);
  assert.deepEqual(await other.context.cookies(), []);
  await other.context.close();
  await context.close();
});

test('six digits by text message, also when the gateway is busy at first', async () => {
  const { context, page } = await visitor(browser, phone);
  await page.goto(`${p.url}/guest`);
  await page.getByRole('link', { name: 'Send me a code by text message' }).click();
  await page.getByLabel('Your name').fill('Cem');
  await page.getByLabel('Your telephone number').fill('12345');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Cem');
  verdict = 503;
  await page.getByLabel('Your telephone number').fill('0170 / 123 45-67');
  await page.getByRole('button', { name: 'Send the code' }).click();
  const [message] = await until('the message', () => messages.length && messages, 40000);
  assert.equal(message.body.to, '+491701234567');
  assert.equal(message.body.from, 'Harbour');
  assert.ok(message.headers['idempotency-key']);
  const digits = message.body.body.match(/^(\d{6}) is your Wi-Fi code/)[1];
  assert.ok(message.body.body.trim().endsWith(`@localhost:${p.port} #${digits}`), message.body.body);
  await page.getByLabel('Six digits').fill(digits);
  await page.getByRole('button', { name: 'Get my Wi-Fi password' }).click();
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  const sent = JSON.parse(await must(program('latchkey'), ['-c', p.conf, 'outbox', 'list', '--kind', 'sms', '--json']));
  assert.deepEqual(sent.map((s) => [s.target, s.state, s.tries]), [['...4567', 'done', 2]]);
  await context.close();
});

test('people have their own password mailed, with the page to print, to a proven address only', async () => {
  const anna = await visitor(browser);
  await signIn(anna.page, p.url, 'anna');
  await anna.page.getByRole('button', { name: /Get my password/ }).click();
  const password = await anna.page.locator('code.password').first().getAttribute('data-value');
  await anna.page.getByRole('link', { name: 'Rename, replace or revoke' }).click();
  await anna.page.getByRole('button', { name: 'Send it to my mail address' }).click();
  await anna.page.getByText('It is on its way').waitFor();
  const letter = await until('the letter', () => letters.find((l) => l.files.length), 10000);
  assert.ok(letter.text.includes(password));
  assert.deepEqual(letter.files.map((f) => [f.name, f.type]), [['wifi.pdf', 'application/pdf']]);
  assert.ok(letter.files[0].size > 5000);
  await inspect(anna.page, 'key-mailed');
  await anna.context.close();
  const udo = await visitor(browser);
  await signIn(udo.page, p.url, 'udo');
  await udo.page.getByRole('button', { name: /Get my password/ }).click();
  await udo.page.getByRole('link', { name: 'Rename, replace or revoke' }).click();
  assert.equal(await udo.page.getByRole('button', { name: 'Send it to my mail address' }).count(), 0);
  await udo.context.close();
});

test('letters speak the language of the browser, until another one is chosen', async () => {
  const { context, page } = await visitor(browser, { locale: 'de-DE' });
  const to = (n) => until('the letter', () => letters.filter((l) => l.to === 'tom@example.org')[n], 10000);
  await page.goto(`${p.url}/signin/campus`);
  await page.getByLabel('Account').fill('tom');
  await page.getByLabel('Password').fill('tom');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /Mein Passwort für/ }).first().click();
  assert.match((await to(0)).html, /<html lang="de"/);
  await page.goto(`${p.url}/?lang=fr`);
  await page.locator('a[href^="/key/"].button').first().click();
  await page.locator('form[action$="/mail"] button').click();
  assert.match((await to(1)).html, /<html lang="fr"/);
  await context.close();
});

test('every guest page is fine to look at', async () => {
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/guest`);
  await inspectAll(page, 'guest-home');
  await page.goto(`${p.url}/guest/code`);
  await inspectAll(page, 'guest-code');
  await page.locator('input[name=code]').fill('nono-nono-nono');
  await page.locator('main form button').first().click();
  await page.getByRole('alert').waitFor();
  await inspect(page, 'guest-code-wrong');
  assert.deepEqual(page.complaints, []);
  await page.goto(`${p.url}/guest/phone`);
  await inspectAll(page, 'guest-phone');
  await page.goto(`${p.url}/guest/mail`);
  await inspectAll(page, 'guest-mail');
  await page.getByLabel('Your name').fill('Bo');
  await page.getByLabel('Your mail address').fill('bo@example.net');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByLabel('Six digits').waitFor();
  await inspectAll(page, 'guest-digits');
  await page.getByLabel('Six digits').fill(await digitsFor('bo@example.net'));
  await page.getByRole('button', { name: 'Get my Wi-Fi password' }).click();
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  await inspectAll(page, 'guest-key');
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('looking at a link redeems nothing, and ways that are off do not exist', async () => {
  const { context, page } = await visitor(browser);
  const before_ = letters.length;
  for (const path of ['/guest', '/guest/code', '/guest/code/abcd-efgh-jkmn', '/guest/mail'])
    assert.ok((await page.goto(`${p.url}${path}`)).status() < 500, path);
  assert.equal(letters.length, before_);
  assert.equal((await page.goto(`${p.url}/guest/sponsor`)).status(), 404);
  await context.close();
});
