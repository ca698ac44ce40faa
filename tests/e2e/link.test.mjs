// People without single sign-on: a link by a real SMTP server, which opens a
// page with a button, once.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
import { mailServer } from '../lib/smtp.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, smtp;
const letters = [];
const cli = async (...args) => must(program('latchkey'), ['-c', p.conf, ...args]);

before(async () => {
  smtp = await mailServer(letters);
  p = await startPortal({ providers: `
mail { url = "${smtp.url}" from = "wifi@example.org" from_name = "Harbour Wi-Fi" links_a_day = 100 }
guest { ways = {"code"} }
` });
  await cli('rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant');
  writeFileSync(join(p.dir, 'residents.csv'), 'subject,name,mail\nflat-7,Mia Keller,mia@example.net\nflat-8,Noor,family@example.net\nflat-8b,Zoë,family@example.net\n');
  await cli('person', 'import', join(p.dir, 'residents.csv'));
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); smtp?.stop(); });

async function asks(page, mail) {
  await page.goto(`${p.url}/signin`);
  await page.getByRole('link', { name: 'Send me a link by mail' }).click();
  await page.getByLabel('Your mail address').fill(mail);
  const answer = page.waitForResponse((r) => r.request().method() === 'POST');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
  await (await answer).finished();
  return (await answer).request().timing().responseStart; // milliseconds
}
const linkFor = async (mail) => {
  const letter = await until(`a letter to ${mail}`, () => letters.find((l) => l.to === mail), 20000);
  const [link] = letter.text.match(/https:\S+\/link\/[\w-]{43}(?:\?\S+)?/);
  assert.ok(letter.html.includes(`href="${link.replaceAll('&', '&amp;')}"`), letter.html);
  return link;
};

test('a resident of an imported list signs in by mail, without script, after a scanner has looked', async () => {
  const phone = await visitor(browser, { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  await asks(phone.page, 'MIA@example.net');
  const link = await linkFor('mia@example.net'); // as the list has it
  for (const how of [['-s'], ['-sI'], ['-s']])
    assert.match(await must('curl', [...how, '--cacert', p.ca, '-w', '%{http_code}', link]), /200$/);
  // the letter was opened on another device
  const { context, page } = await visitor(browser, { javaScriptEnabled: false });
  await page.goto(link);
  assert.deepEqual(await context.cookies(), []);
  await page.getByRole('button', { name: 'Go on as Mia Keller' }).click();
  await page.waitForURL(`${p.url}/`);
  await page.getByRole('button', { name: /Get my password/ }).click();
  await page.locator('[data-value]').first().waitFor({ state: 'attached' });
  assert.ok((await page.locator('[data-value]').first().getAttribute('data-value')).length >= 8);
  assert.equal(await page.getByRole('link', { name: 'Administration' }).count(), 0);
  // used up
  await phone.page.goto(link);
  await phone.page.getByRole('heading', { name: 'This link does not work' }).waitFor();
  const acts = JSON.parse(await cli('audit', 'list', '--json')).map((a) => a.act);
  for (const act of ['person.link', 'person.sign-in', 'session.open', 'key.issue']) assert.ok(acts.includes(act), act);
  await phone.context.close();
  await context.close();
});

test('an address that nobody has is answered alike, in words and time, and gets nothing (W-17); neither does an administrator\'s', async () => {
  const { context, page } = await visitor(browser);
  // other letters may be on their way: that somebody's password was made
  const links = () => letters.filter((l) => l.subject === 'Your link to the Wi-Fi passwords').map((l) => l.to);
  const earlier = links();
  const said = [];
  for (const mail of ['nobody@example.net', 'ada@example.org', 'family@example.net']) {
    assert.ok(await asks(page, mail) >= 400, 'nobody is answered sooner than it may take');
    said.push((await page.locator('main').innerText()).replaceAll(mail, 'X'));
  }
  assert.equal(new Set(said).size, 1, said.join('\n'));
  const link = await linkFor('family@example.net');
  assert.deepEqual(links(), [...earlier, 'family@example.net']);
  const sent = JSON.parse(await cli('outbox', 'list', '--kind', 'mail', '--json'));
  assert.equal(sent.filter((s) => s.about === 'letter.link').length, 2);
  // two people share it: they choose
  await page.goto(link);
  await inspectAll(page, 'link-choose');
  await page.getByRole('button', { name: 'Go on as Zoë' }).click();
  await page.waitForURL(`${p.url}/`);
  assert.match(await page.locator('header').innerText(), /Zoë/);
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('the pages are fine to look at, and bad addresses are told', async () => {
  const { context, page } = await visitor(browser);
  await page.goto(`${p.url}/signin`);
  await inspect(page, 'link-signin');
  await page.goto(`${p.url}/link`);
  await inspectAll(page, 'link-ask');
  await page.getByLabel('Your mail address').fill('mia@localhost,x');
  await page.locator('form[action="/link"]').evaluate((f) => { f.noValidate = true; });
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('alert').waitFor();
  await inspect(page, 'link-wrong');
  await asks(page, 'lea@example.net');
  await inspectAll(page, 'link-sent');
  await page.goBack();
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('alert').getByText('not long ago').waitFor();
  await page.goto(`${p.url}/link/${'x'.repeat(43)}`);
  await inspect(page, 'link-gone');
  await context.close();
});
