// Devices that an access point sends here: the running portal with its port
// without TLS, asked as devices ask, and the page in a browser.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectAll, launch, screens, signIn, visitor } from '../lib/browser.mjs';
import { freePort, must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, plain;

before(async () => {
  plain = await freePort();
  // 127.0.0.2 is the open network, 127.0.0.1 is any other
  p = await startPortal({ more: 'hosts = {"wifi.example.org"}', providers: `
captive { networks = {"127.0.0.2"} http_port = ${plain} }
guest { ways = {"code"} }
` });
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); });

const api = async (from) => {
  const out = await must('curl', ['-sS', '-i', '--interface', from, '--cacert', p.ca, `${p.url}/captive-portal/api`]);
  const [head, body] = out.split('\r\n\r\n');
  return { head: head.toLowerCase(), body: JSON.parse(body) };
};
const probe = (from, host, path, method = 'GET', body = '') => new Promise((done, fail) => {
  const rq = request({ host: '127.0.0.1', port: plain, localAddress: from, method, path, headers: { host } }, (r) => {
    let text = '';
    r.setEncoding('utf8');
    r.on('data', (d) => { text += d; });
    r.on('end', () => done({ status: r.statusCode, headers: r.headers, text }));
  });
  rq.on('error', fail);
  rq.end(body);
});

test('the API tells a captive client so, and no other (RFC 8908)', async () => {
  const inside = await api('127.0.0.2'), outside = await api('127.0.0.1');
  assert.deepEqual(inside.body, { captive: true, 'user-portal-url': `${p.url}/captive` });
  assert.deepEqual(outside.body, { captive: false });
  for (const { head } of [inside, outside]) {
    assert.match(head, /content-type: application\/captive\+json/);
    assert.match(head, /cache-control: no-store/);
  }
});

const questions = [
  ['captive.apple.com', '/hotspot-detect.html', 200, /<BODY>Success<\/BODY>/],
  ['connectivitycheck.gstatic.com', '/generate_204', 204, /^$/],
  ['www.msftconnecttest.com', '/connecttest.txt', 200, /^Microsoft Connect Test$/],
  ['detectportal.firefox.com', '/success.txt', 200, /^success\n$/],
  ['network-test.debian.org', '/nm', 200, /^NetworkManager is online\n$/],
];

test('what each system asks without TLS is answered by who asks', async () => {
  for (const [host, path, status, body] of questions) {
    const outside = await probe('127.0.0.1', host, path);
    assert.equal(outside.status, status, host);
    assert.match(outside.text, body);
    const inside = await probe('127.0.0.2', host, path);
    assert.equal(inside.status, 302, host);
    assert.equal(inside.headers.location, `${p.url}/captive`);
    assert.equal(inside.headers['cache-control'], 'no-store');
    assert.equal(inside.headers['set-cookie'], undefined);
  }
});

test('the port without TLS is a signpost and nothing else', async () => {
  const typed = await probe('127.0.0.1', 'wifi.example.org', '/guest?lang=de');
  assert.equal(typed.status, 302);
  assert.equal(typed.headers.location, `${p.url}/guest?lang=de`);
  assert.equal(typed.headers['strict-transport-security'], undefined);
  assert.equal((await probe('127.0.0.1', 'evil.example', '/healthz')).status, 404);
  assert.equal((await probe('127.0.0.2', 'wifi.example.org', '/guest/code', 'POST', 'code=abc')).status, 405);
  const head = await probe('127.0.0.2', 'captive.apple.com', '/hotspot-detect.html', 'HEAD');
  assert.equal(head.status, 302);
  assert.equal(head.text, '');
  // as many at once as a conference in its first minute
  const many = await Promise.all(Array.from({ length: 300 }, () => probe('127.0.0.2', 'x.example', '/generate_204')));
  assert.ok(many.every((r) => r.status === 302));
  assert.equal((await api('127.0.0.1')).body.captive, false);
});

const sent = 'switch_url=https%3A%2F%2Fevil.example%2Flogin.html&ap_mac=00:11:22:33:44:55'
  + '&client_mac=06:aa:00:00:00:31&wlan=Harbour%20open&redirect=http%3A%2F%2Fevil.example%2F';

test('the page that devices are sent to, with what the access point said', async () => {
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/captive`);
  await inspectAll(page, 'captive');
  await page.goto(`${p.url}/captive?${sent}`);
  await page.getByText('Harbour open').waitFor();
  await inspectAll(page, 'captive-told');
  for (const lang of ['de', 'ar']) {
    await page.goto(`${p.url}/captive?lang=${lang}&${sent}`);
    await inspectAll(page, `captive-told-${lang}`);
  }
  assert.equal(await page.locator('a[href*="//evil"], form[action*="//evil"]').count(), 0);
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('its address is kept over the sign-in, and registered when asked for', async () => {
  const { context, page } = await visitor(browser, { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  await signIn(page, p.url, 'ada');
  await page.getByRole('button', { name: /Get/ }).first().click();
  await page.context().clearCookies();
  await page.goto(`${p.url}/captive?lang=en&${sent}`);
  await page.getByRole('link', { name: 'Sign in and register this device' }).click();
  await page.getByRole('link', { name: /Sign in with/ }).click();
  if (await page.getByLabel('Account').count()) {
    await page.getByLabel('Account').fill('ada');
    await page.getByLabel('Password').fill('ada');
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await page.getByRole('heading', { name: 'Register a device' }).waitFor();
  assert.equal(await page.getByLabel('Wi-Fi address (MAC)').inputValue(), '06-aa-00-00-00-31');
  await page.getByLabel('What is it?').fill('My telephone');
  await page.getByRole('button', { name: /Register/ }).click();
  await page.getByText('My telephone').waitFor();

  // blocked: whose it is learns so, and whom to ask; of others' devices nobody does
  const cli = (...args) => must(program('latchkey'), ['-c', p.conf, 'device', ...args]);
  const [{ id }] = JSON.parse(await cli('list', '--person', 'Ada Novak', '--json'));
  await cli('block', id);
  const told = await visitor(browser, { viewport: { width: 390, height: 800 } });
  await told.page.goto(`${p.url}/captive?lang=en&${sent}`);
  await told.page.getByRole('heading', { name: 'Get on the Wi-Fi' }).waitFor();
  await told.page.getByText('Was this device on the Wi-Fi before').click();
  await told.page.screenshot({ path: join(screens, 'captive-maybe-blocked.png'), fullPage: true });
  await told.context.addCookies(await context.cookies(p.url));
  await told.page.goto(`${p.url}/captive?lang=en&${sent}`);
  await told.page.getByRole('heading', { name: 'This device is blocked' }).waitFor();
  assert.match(await told.page.locator('main').textContent(), /06-aa-00-00-00-31.*Whom to ask:\s*Service desk, room 101/s);
  await inspectAll(told.page, 'captive-blocked');
  await told.page.getByRole('link', { name: 'My Wi-Fi' }).last().click();
  await told.page.getByRole('heading', { name: 'A device is blocked' }).waitFor();
  assert.match(await told.page.locator('section[aria-labelledby=barred]').textContent(), /My telephone.*Whom to ask:\s*Service desk, room 101/s);
  await told.page.goto(`${p.url}/?lang=ar`);
  await told.page.screenshot({ path: join(screens, 'home-blocked-ar.png'), fullPage: true });
  assert.deepEqual(told.page.complaints, []);
  await told.context.close();
  await cli('unblock', id);
  await context.close();
});

const small = { javaScriptEnabled: false, viewport: { width: 390, height: 800 }, acceptDownloads: false,
  userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148' };

test('from the small window to a real browser, by six characters', async () => {
  const { context, page } = await visitor(browser, small);
  await page.goto(`${p.url}/captive?lang=de&${sent}`);
  await page.locator('form[action="/captive/code"] button').click();
  const code = (await page.locator('.steps .password').nth(1).textContent()).trim();
  assert.match(code, /^[a-z0-9]{6}$/);
  assert.equal((await page.locator('.steps .password').first().textContent()).trim(), `${new URL(p.url).host}/c`);
  assert.deepEqual((await context.cookies()).map((c) => c.name), ['__Host-language']);
  await context.close();

  const real = await visitor(browser, { viewport: { width: 390, height: 800 } });
  await real.page.goto(`${p.url}/c`);
  await real.page.getByLabel('Code').fill(`${code.slice(0, 3)}-${code.slice(3)}`.toUpperCase());
  await real.page.getByRole('button', { name: 'Go on' }).click();
  // the language has come along, and the device's address survives the sign-in
  assert.equal(await real.page.locator('html').getAttribute('lang'), 'de');
  await real.page.locator('a[href*="/signin/campus"]').click();
  await real.page.getByLabel('Account').fill('ada');
  await real.page.getByLabel('Password').fill('ada');
  await real.page.getByRole('button', { name: 'Sign in' }).click();
  await real.page.waitForURL(/\/key\/.*\/device\?mac=06-aa-00-00-00-31$/);
  assert.deepEqual(real.page.complaints, []);
  await real.context.close();
});

test('the QR code leads to the same, and looking at it uses nothing up', async () => {
  const { context, page } = await visitor(browser, small);
  await page.goto(`${p.url}/signin`);
  await page.getByRole('button', { name: 'Show me how to go on there' }).click();
  const code = (await page.locator('.steps .password').nth(1).textContent()).trim();
  await page.locator('.code').screenshot({ path: `${p.dir}/code.png` });
  const read = await must('zbarimg', ['-q', '--raw', `${p.dir}/code.png`]);
  assert.equal(read.trim(), `${p.url}/c/${code}`);
  await must('curl', ['-sS', '-o', '/dev/null', '--cacert', p.ca, read.trim()]);
  const real = await visitor(browser);
  await real.page.goto(read.trim());
  await real.page.getByRole('button', { name: 'Go on' }).click();
  await real.page.getByRole('heading', { name: 'Get your Wi-Fi password' }).waitFor();
  await real.page.goto(read.trim());
  await real.page.getByRole('button', { name: 'Go on' }).click();
  await real.page.getByRole('alert').waitFor();
  await inspectAll(real.page, 'captive-go-on-wrong');
  await real.context.close();
  await context.close();
});

test('the small window is fine to look at, has a way on, and lets guests in', async () => {
  const { context, page } = await visitor(browser, { ...small, javaScriptEnabled: true });
  await page.goto(`${p.url}/captive?${sent}`);
  await inspectAll(page, 'captive-mini');
  await page.getByRole('button', { name: 'I have an account here' }).click();
  await page.locator('.steps').waitFor();
  await inspectAll(page, 'captive-elsewhere');
  await page.getByRole('link', { name: 'Try it in this window anyway' }).click();
  await page.getByRole('link', { name: /Sign in with/ }).waitFor();
  for (const lang of ['en', 'ar']) {
    await page.goto(`${p.url}/signin?lang=${lang}`);
    await inspectAll(page, `captive-small-${lang}`);
  }
  await page.locator('a[href="/guest"]').click();
  await page.waitForURL(`${p.url}/guest`);
  await page.goto(`${p.url}/c?lang=en`);
  await inspectAll(page, 'captive-go-on');
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('people who are suspended, and those whose time is over, learn whom to ask', async () => {
  const { context, page } = await visitor(browser, { viewport: { width: 390, height: 800 } });
  await signIn(page, p.url, 'anna');
  await p.harness('suspend', 'Anna', 'Please come to the service desk.');
  await page.goto(`${p.url}/`);
  await page.getByRole('heading', { name: 'Your access is suspended' }).waitFor();
  await page.getByText('Please come to the service desk.').waitFor();
  assert.match(await page.locator('main').textContent(), /Whom to ask:\s*Service desk, room 101/);
  await inspectAll(page, 'suspended');
  await p.harness('end', 'Anna', 'Left on 30 June.');
  await page.goto(`${p.url}/signin/campus`);
  await page.getByRole('heading', { name: 'Your account here has ended' }).waitFor();
  await page.getByText('Left on 30 June.').waitFor();
  assert.match(await page.locator('main').textContent(), /Whom to ask:\s*Service desk, room 101/);
  await inspectAll(page, 'ended');
  assert.deepEqual(page.complaints.filter((c) => !/403/.test(c)), []);
  await context.close();
});
