// A machine is told what happens, over TLS, by the running portal: verified by
// the rules of Standard Webhooks, in order, again after it was away, and again
// from the log.
// waits: letters of a killed portal to be let go
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:https';
import { chmodSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, run, scratch, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';
import { authority } from '../lib/tls.mjs';

let p, server, secret, browser;
const heard = [];
let verdict = () => 200;

// What a receiver does: the window of five minutes, then the signature.
function verified(headers, body) {
  const at = Number(headers['webhook-timestamp']);
  if (Math.abs(Date.now() / 1000 - at) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${headers['webhook-id']}.${at}.${body}`).digest('base64');
  return headers['webhook-signature'].split(' ').includes(`v1,${mac}`);
}

const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
const told = (type, id) => heard.filter((h) => h.body.type === type && (!id || h.body.data.id === id));

before(async () => {
  const dir = scratch('hooks');
  chmodSync(dir, 0o755); // the portal runs as somebody else
  const { ca, issue } = await authority(dir);
  const { cert, key } = await issue('hook', { hosts: ['localhost'] });
  server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (rq, rp) => {
    let body = '';
    rq.on('data', (d) => { body += d; });
    rq.on('end', () => {
      const h = { headers: rq.headers, good: verified(rq.headers, body), body: JSON.parse(body), path: rq.url };
      h.status = verdict(h);
      if (h.status === 200) heard.push(h);
      rp.writeHead(h.status).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  p = await startPortal({ providers: `webhook { allow_loopback = yes ca_file = "${ca}" }` });
  const made = await latchkey('webhook', 'add', '--name', 'billing', '--url', `https://localhost:${server.address().port}/in`,
    '--events', 'key.*,person.*');
  secret = made.secret;
});
after(async () => { await browser?.close(); await p?.stop(); server?.close(); });

test('acts arrive signed within two seconds, those about one password in order', async () => {
  const person = await latchkey('person', 'add', '--name', 'Ada');
  const t = Date.now();
  const key = await latchkey('key', 'issue', '--person', person.id, '--plan', 'Tenant');
  await must(program('latchkey'), ['-c', p.conf, 'key', 'suspend', key.id]);
  await must(program('latchkey'), ['-c', p.conf, 'key', 'restore', key.id]);
  await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', key.id]);
  await until('all of it', () => told('key.revoke', key.id).length, 10000);
  assert.ok(Date.now() - t < 4000, `${Date.now() - t} ms`);
  assert.ok(heard.every((h) => h.good), 'a signature was wrong');
  assert.deepEqual(heard.filter((h) => h.body.data.id === key.id).map((h) => h.body.type),
    ['key.issue', 'key.suspend', 'key.restore', 'key.revoke']);
  assert.equal(told('person.add', person.id).length, 1);
  assert.ok(!JSON.stringify(heard).includes('passphrase'));
});

test('what it did not take waits, and is in the log; what it took is told again when asked', async () => {
  verdict = () => 503;
  const person = await latchkey('person', 'add', '--name', 'Bob');
  const waiting = await until('a try', async () => {
    const log = await latchkey('webhook', 'log', 'billing', '--state', 'waiting');
    return log[0]?.tries > 0 && log[0];
  });
  assert.equal(waiting.cause, 503);
  assert.equal(waiting.answer, 'it answered 503');
  verdict = () => 200;
  await must(program('latchkey'), ['-c', p.conf, 'outbox', 'retry', waiting.id]);
  const [first] = await until('it', () => told('person.add', person.id).length === 1 && told('person.add', person.id));
  const done = (await latchkey('webhook', 'log', 'billing', '--state', 'done'))[0];
  await must(program('latchkey'), ['-c', p.conf, 'outbox', 'retry', done.id]);
  const [, again] = await until('it again', () => told('person.add', person.id).length === 2 && told('person.add', person.id));
  assert.equal(again.headers['webhook-id'], first.headers['webhook-id']);
  assert.ok(again.good);
  assert.deepEqual(again.body, first.body);
});

test('a portal that is killed while it tells tells again when it is back', async () => {
  let killed = 0;
  verdict = () => {
    if (!killed) {
      killed = Number(p.portal.output.match(/portal\.ready.*pid=(\d+)/)[1]);
      process.kill(killed, 'SIGKILL');
    }
    return 500;
  };
  const person = await latchkey('person', 'add', '--name', 'Cleo');
  await until('it to be killed', () => killed);
  verdict = () => 200;
  // whoever held it loses it after 45 seconds
  await until('it', () => told('person.add', person.id).length, 75000);
  assert.equal(p.portal.output.match(/portal\.ready/g).length, 2);
  assert.ok(told('person.add', person.id).every((h) => h.good));
});

test('a test by name, and an address that cannot be', async () => {
  const bad = await run(program('latchkey'), ['-c', p.conf, 'webhook', 'add', '--name', 'x', '--url', 'http://example.org/']);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /https:\/\//);
  const none = await run(program('latchkey'), ['-c', p.conf, 'webhook', 'test', 'nobody']);
  assert.match(none.stderr, /there is no webhook called nobody/);
});

test('an administrator adds one, sees its log, tells again, pauses and removes it', async () => {
  verdict = () => 200;
  browser = await launch();
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/webhooks`);
  await page.getByLabel('Which machine it is').fill('Front desk');
  await page.getByLabel('Where it listens').fill('http://example.org/x');
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('alert').waitFor();
  page.complaints.length = 0; // the browser notes the 400
  assert.equal(await page.getByLabel('Which machine it is').inputValue(), 'Front desk');
  await page.getByLabel('Where it listens').fill(`https://localhost:${server.address().port}/desk`);
  await page.getByRole('button', { name: 'Add it' }).click();
  secret = await page.locator('#secret').textContent();
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  await inspectAll(page, 'admin-webhooks');

  await page.locator('#main').getByRole('link', { name: 'Front desk' }).click();
  await page.getByRole('button', { name: 'Test it' }).click();
  await until('the test', () => told('webhook.test').length);
  assert.ok(told('webhook.test')[0].good);
  await page.reload();
  await page.getByText('Arrived').first().waitFor();
  await page.getByRole('button', { name: 'Send again' }).first().click();
  await until('it again', () => told('webhook.test').length === 2);
  await page.goto(page.url().replace(/\?.*/, ''));
  verdict = (h) => (h.path === '/desk' ? 500 : 200);
  await latchkey('person', 'add', '--name', 'Dora');
  await until('a failed try', async () =>
    (await latchkey('webhook', 'log', 'Front desk', '--state', 'waiting'))[0]?.tries > 0);
  await page.reload();
  await page.getByText('it answered 500').first().waitFor();
  await inspectAll(page, 'admin-webhook');
  await page.getByRole('button', { name: 'Pause it' }).click();
  await page.getByText('Paused').first().waitFor();
  await page.goto(`${p.url}/admin/outbox`);
  await inspectAll(page, 'admin-outbox');
  await page.goto(`${p.url}/admin/webhooks`);
  await page.locator('#main').getByRole('link', { name: 'Front desk' }).click();
  await page.getByRole('button', { name: 'Remove it and its log' }).click();
  await page.waitForURL(/done=removed/);
  assert.deepEqual(page.complaints, []);
  await context.close();
});
