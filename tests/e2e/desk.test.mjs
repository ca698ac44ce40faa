// The front desk in a real browser: one guest from arrival to departure, groups
// made in the background, paper, and what is written down of it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { download as file, findings, inspectAll, launch, screens, signIn, visitor } from '../lib/browser.mjs';
import { ask } from '../lib/radius.mjs';
import { must, program, scratch, until } from '../lib/process.mjs';
import { mailServer } from '../lib/smtp.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser, desk, smtp, picturePath;
const letters = [];

// A picture, 120 by 60: a blue field and a yellow one.
function logo(path) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    let c, crc = 0xffffffff;
    for (const b of body) for (c = (crc ^ b) & 0xff, crc = [0, 1, 2, 3, 4, 5, 6, 7].reduce((x) => (x & 1 ? 0xedb88320 ^ (x >>> 1) : x >>> 1), c) ^ (crc >>> 8); false;);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(120, 0);
  head.writeUInt32BE(60, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = (y) => Buffer.from([0, ...Array(120).fill(y < 30 ? [0, 87, 183] : [255, 221, 0]).flat()]);
  writeFileSync(path, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: 60 }, (_, y) => row(y))))), chunk('IEND', Buffer.alloc(0))]));
  return path;
}

before(async () => {
  smtp = await mailServer(letters);
  picturePath = logo(join(scratch('logo'), 'logo.png'));
  p = await startPortal({ responder: true, more: `logo = "${picturePath}"\n  colour = "#7a1fa2"\n  welcome = "Welcome to <Harbour> & friends"\n  welcome_de = "Moin im <Hafen>"\n  welcome_ar = "أهلا بكم في الميناء"\n  sheet_note = "Quiet after ten."\n  sheet_note_de = "Ruhe ab zehn."\n  brand_de = "Hafenhaus"`, providers: `
mail { url = "${smtp.url}" from = "wifi@example.org" from_name = "Harbour Wi-Fi" }
` });
  for (const rule of [['--claim', 'issuer', '--value', 'local', '--plan', 'Tenant'],
    ['--claim', 'groups', '--value', 'front-desk', '--roles', 'desk']])
    await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', ...rule]);
  browser = await launch();
  desk = await visitor(browser, { acceptDownloads: true });
  await signIn(desk.page, p.url, 'dora');
  desk.page.complaints.length = 0; // what the provider's pages say
});
after(async () => { await browser?.close(); await p?.stop(); smtp?.stop(); });

const download = async (page, press) => (await file(page, press)).path();
const words = (pdf) => must('pdftotext', ['-layout', pdf, '-']);
const day = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);
const joins = (station, passphrase) => ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', station, passphrase, timeout: 5000 });
const keyOf = async (pdf) => (await must('zbarimg', ['-q', '--raw', '-Sbinary', pdf])).match(/P:([^;]+);/)[1];

async function picture(pdf) {
  const to = join(p.dir, `sheet-${Math.random().toString(36).slice(2)}`);
  await must('pdftoppm', ['-r', '150', '-f', '1', '-l', '1', '-png', '-singlefile', pdf, to]);
  return `${to}.png`;
}

test('one guest: created by keyboard, printed, extended, moved, checked out', async () => {
  const { page } = desk;
  await page.goto(`${p.url}/desk`);
  assert.equal(await page.locator('a[href="/signout"], nav a').first().evaluate((e) => getComputedStyle(e).color), 'rgb(122, 31, 162)', "the operator's colour");
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator(':root').evaluate((e) => getComputedStyle(e).getPropertyValue('--accent')), '#000', 'paper is black on white');
  await page.emulateMedia({ media: null });
  await page.keyboard.type('Ana Pérez'); // the first field has the focus
  await page.keyboard.press('Tab');
  await page.keyboard.type('Room 12');
  await page.getByLabel('Departure', { exact: true }).fill(day(2));
  await page.getByLabel('Language of the sheet').selectOption('es');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ana Pérez' }).waitFor();
  await page.getByText('Print it now').waitFor();
  await page.getByText('What the sheet says').click();
  await page.getByLabel('Heading').fill('Hotel Miramar');
  await page.getByLabel('Further text').fill('Breakfast is at seven.');
  await page.getByLabel('Print as').selectOption('a4');
  const pdf = await download(page, () => page.getByRole('button', { name: 'Print' }).click());
  const text = await words(pdf);
  for (const want of ['Ana Pérez', 'Hotel Miramar', 'Breakfast is at seven.', 'contraseña'])
    assert.ok(text.includes(want), `${want} on the sheet:\n${text}`);
  assert.match(await must('pdfimages', ['-list', pdf]), /image\s+120\s+60\s+rgb/);
  const passphrase = await keyOf(await picture(pdf));
  await until('the responder to know it', async () => (await joins('02-aa-00-00-00-51', passphrase)).what === 'accept', 20000);

  const at = page.url().split('?')[0];
  await page.goto(at);
  await page.getByLabel('Departure', { exact: true }).fill(day(5));
  await page.getByRole('button', { name: 'Save the departure' }).click();
  await page.getByText('Done.').waitFor();
  await page.getByLabel('Room or host').fill('Room 14');
  await page.getByRole('button', { name: 'Move' }).click();
  await page.getByText('Done.').waitFor();
  for (const q of ['room 14', 'pérez']) {
    await page.goto(`${p.url}/desk`);
    await page.getByLabel('Find a guest').fill(q);
    await page.getByLabel('Find a guest').press('Enter');
    await page.locator('section[aria-labelledby=found]').getByRole('link', { name: 'Ana Pérez' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'found'); // what was found is next
  }
  await page.goto(`${p.url}/desk?q=nobody+of+that+name`);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.locator('section[aria-labelledby=arrivals]').getByText('Ana Pérez').waitFor();
  await page.goto(at);
  await inspectAll(page, 'desk-guest');
  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByText('This password has ended').waitFor();
  await until('the password to end', async () => (await joins('02-aa-00-00-00-52', passphrase)).what === 'reject', 20000);

  // and comes again: what is known is filled in, the password is another one
  await page.getByRole('link', { name: 'Another stay' }).click();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Ana Pérez');
  assert.notEqual(await page.getByLabel('Room or host').inputValue(), '');
  await page.getByLabel('Departure', { exact: true }).fill(day(2));
  await page.getByRole('button', { name: 'Create and print' }).click();
  await page.getByText('The password is ready').waitFor();
  assert.notEqual(page.url().split('?')[0], at.split('?')[0]);
  // a password that is no guest's is not one who was here
  const own = JSON.parse(await must(program('latchkey'), ['-c', p.conf, 'key', 'issue', '--person', 'Dora Lindqvist', '--plan', 'Tenant', '--json']));
  assert.equal(await page.evaluate(async (id) => (await fetch(`/desk?again=${id}`)).status, own.id), 404);
  page.complaints.splice(0, 1); // of that answer
  assert.deepEqual(page.complaints, []);
});

test('sent by mail in the guest\'s language, and written down', async () => {
  const { page } = desk;
  await page.goto(`${p.url}/desk`);
  await page.getByLabel('Name', { exact: true }).fill('Jürgen Groß');
  await page.getByLabel('Room or host').fill('Room 9');
  await page.getByLabel('Mail (optional)').fill('juergen@example.net');
  await page.getByLabel('Language of the sheet').selectOption('de');
  await page.getByRole('button', { name: 'Create and print' }).click();
  await page.getByRole('button', { name: 'Send it to juergen@example.net' }).click();
  await page.getByText('The letter is on its way.').waitFor();
  const letter = await until('the letter', () => letters.find((l) => l.to.includes('juergen@example.net')), 20000);
  assert.equal(letter.language, 'de');
  assert.match(letter.text, /[a-z2-9]{4}-?[a-z2-9]{4}-?[a-z2-9]{4}-?[a-z2-9]{4}/);
  assert.equal(letter.files.length, 1);
  assert.equal(letter.files[0].type, 'application/pdf');
  // the house's name, colour and picture, and nothing from anywhere else
  assert.deepEqual([letter.defects, letter.parts], [[], ['multipart/mixed', 'multipart/alternative', 'text/plain',
    'multipart/related', 'text/html', 'image/png', 'application/pdf']]);
  assert.match(letter.text, /\nHafenhaus\n$/);
  const [picture] = letter.pictures;
  assert.deepEqual([letter.pictures.length, picture.id, picture.shown], [1, '<logo@letter>', 'inline']);
  assert.deepEqual(Buffer.from(picture.octets, 'base64'), readFileSync(picturePath));
  const seen = await visitor(browser, { viewport: { width: 390, height: 600 } });
  const fetched = [];
  seen.page.on('request', (r) => fetched.push(r.url()));
  for (const colorScheme of ['light', 'dark']) {
    await seen.page.emulateMedia({ colorScheme });
    await seen.page.setContent(letter.html.replace('cid:logo@letter', `data:image/png;base64,${picture.octets}`));
    assert.equal(await seen.page.locator('img').evaluate((i) => i.naturalWidth), 120);
    const { told, over } = await findings(seen.page, { axe: true });
    // a letter is no page of a site: it has no landmarks and no headings
    assert.deepEqual([told.filter((t) => !/^(landmark|page-has|region)/.test(t)), over], [[], 0]);
    await seen.page.screenshot({ path: join(screens, `letter-pass-de-${colorScheme}.png`), fullPage: true });
  }
  assert.deepEqual(fetched.filter((u) => !u.startsWith('data:')), []);
  await seen.context.close();
  await until('the record', async () => {
    await page.reload();
    return page.getByText('taken by their mail server').count();
  }, 20000);
  const done = await page.locator('section[aria-labelledby=trail] li').allTextContents();
  assert.ok(done.some((t) => /^Sent by mail .*Dora Lindqvist/.test(t.trim())), done.join('\n'));
  await inspectAll(page, 'desk-guest-record');
  assert.deepEqual(page.complaints, []);
});

test('texts of the operator are on the first pages, and on sheets until another is written', async () => {
  const { context, page } = await visitor(browser);
  for (const at of ['/signin', '/captive']) {
    await page.goto(`${p.url}${at}`);
    await page.getByText('Welcome to <Harbour> & friends', { exact: true }).waitFor();
  }
  await inspectAll(page, 'captive-welcome');
  // in the reader's language where there are words in it; French has those for all
  for (const [code, words, brand] of [['de', 'Moin im <Hafen>', 'Hafenhaus'], ['ar', 'أهلا بكم في الميناء', 'Harbour Campus'],
    ['fr', 'Welcome to <Harbour> & friends', 'Harbour Campus']]) {
    await page.goto(`${p.url}/captive?lang=${code}`);
    await page.getByText(words, { exact: true }).waitFor();
    assert.equal((await page.locator('.brand').innerText()).trim(), brand);
    if (code === 'ar') await inspectAll(page, 'captive-welcome-ar');
  }
  await context.close();
  await desk.page.goto(`${p.url}/desk`);
  await desk.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Nora Note');
  await desk.page.getByRole('button', { name: 'Create and print' }).click();
  await desk.page.getByText('Print it now').waitFor();
  assert.match(await words(await download(desk.page, () => desk.page.getByRole('button', { name: 'Print' }).click())), /Quiet after ten\./);
  await desk.page.getByText('What the sheet says').click();
  assert.equal(await desk.page.getByLabel('Further text').inputValue(), 'Quiet after ten.');
  // it stood there in the desk's language; the sheet is in the guest's
  await desk.page.locator('#s-lang').selectOption('de');
  const german = await words(await download(desk.page, () => desk.page.getByRole('button', { name: 'Print' }).click()));
  assert.match(german, /Ruhe ab zehn\./);
  assert.match(german, /HAFENHAUS|Hafenhaus/);
  assert.doesNotMatch(german, /Quiet after ten/);
  await desk.page.getByLabel('Further text').fill('');
  assert.doesNotMatch(await words(await download(desk.page, () => desk.page.getByRole('button', { name: 'Print' }).click())), /Quiet after ten/);
});

test('a sheet is looked at before it is printed', async () => {
  const { page } = desk;
  await page.goto(`${p.url}/desk`);
  await page.getByLabel('Find a guest').fill('jürgen');
  await page.getByLabel('Find a guest').press('Enter');
  await page.getByRole('link', { name: 'Jürgen Groß' }).first().click();
  await page.getByText('What the sheet says').click();
  const image = page.getByAltText('How the sheet looks');
  const drawn = () => image.evaluate((i) => i.complete && i.naturalWidth > 0 && i.src);
  for (const layout of ['a6', 'a4', 'a4-20', 'letter-8', 'receipt']) {
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.url().includes(`/desk/preview?layout=${layout}&`) && r.url().includes('Miramar')),
      page.getByLabel('Print as').selectOption(layout).then(() => page.getByLabel('Heading').fill(`Miramar ${layout}`)),
    ]);
    assert.equal(answer.status(), 200);
    assert.match(await answer.text(), /Miramar/);
    await until('the picture', drawn, 10000);
    assert.match(await answer.text(), layout === 'a4-20' ? /<svg/ : /data:image\/png;base64,iVBOR/);
    await page.locator('form[action$="/sheet"]').screenshot({ path: join(screens, `desk-preview-${layout}.png`) });
  }
  assert.equal(await page.locator('.brand img').evaluate((i) => i.naturalWidth), 120);
  const [bare] = await Promise.all([page.waitForResponse((r) => r.url().includes('sheet_logo=no')),
    page.getByLabel('Logo').selectOption('no')]);
  assert.doesNotMatch(await bare.text(), /data:image/);
  await page.getByLabel('Logo').selectOption('yes');
  await page.locator('#s-lang').selectOption('ar');
  await page.getByLabel('Further text').fill('الإفطار في السابعة <b>');
  await page.waitForTimeout(800);
  await until('the picture', drawn, 10000);
  // what was typed and cannot be printed is said, and no longer when it is gone
  const told = page.locator('form[action$="/sheet"] .squares');
  await page.getByLabel('A page printed once').fill('\u1b28\u1b2b\u1b32\u1b44\u1b22\u1b3e');
  await told.getByText(/A page printed once: .* – \u1b28 \u1b2b \u1b32/).waitFor();
  await inspectAll(page, 'desk-preview');
  await page.getByLabel('A page printed once').fill('Welcome');
  await told.waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
});

test('who prints is told which characters no font has, and it is written down', async () => {
  const { page } = desk;
  const told = page.locator('.squares');
  await page.goto(`${p.url}/desk`);
  await page.getByLabel('Name', { exact: true }).fill('Priya \u092a\u094d\u0930\u093f\u092f\u093e \u1b27\u1b44\u1b2d\u1b36\u1b2c\u1b35');
  await page.getByLabel('Room or host').fill('Room 21');
  await page.getByRole('button', { name: 'Create and print' }).click();
  await page.getByText('Print it now').waitFor();
  assert.match(await told.textContent(), /no font on this server has them\..*Name: Priya .* – \u1b27 \u1b44 \u1b2d \u1b36 \u1b2c \u1b35.*or by hand/s);
  assert.doesNotMatch(await told.textContent(), /Room|Quiet/);
  await inspectAll(page, 'desk-squares');
  const text = await words(await download(page, () => page.getByRole('button', { name: 'Print' }).click()));
  assert.match(text, /Priya \u092a\u094d\u0930\u093f\u092f\u093e \u25a1{6}/);
  await page.goto(`${page.url().split('?')[0]}?lang=ar`);
  assert.match(await told.textContent(), /مربعات/);
  await page.screenshot({ path: join(screens, 'desk-squares-ar.png'), fullPage: true });
  await page.goto(`${page.url().split('?')[0]}?lang=en`);
  const done = await page.locator('section[aria-labelledby=trail] li').allTextContents();
  assert.ok(done.some((t) => /^Printed 6 characters as squares .*Dora Lindqvist/.test(t.trim())), done.join('\n'));
  // of a group the number, and the first of them
  await page.goto(`${p.url}/desk/many`);
  await page.getByLabel('Name of the group').nth(1).fill('Yoga');
  await page.getByLabel('Or pasted text').fill(`name,room\nAnne,Room \u1b05\n${Array.from({ length: 8 }, (_, i) => `\u1b13${i},Room ${i}`).join('\n')}\nBob,Room 9\n`);
  await page.getByRole('button', { name: 'Make them' }).nth(1).click();
  await page.getByText('10 of 10 are made').waitFor();
  await page.getByText('The passwords are ready').waitFor();
  assert.match(await told.textContent(), /On the sheets of 9 guests.*Room or host: Room \u1b05.*There are more than are shown here/s);
  assert.equal(await told.locator('li').count(), 6);
  await inspectAll(page, 'desk-squares-batch');
  await page.goto(`${p.url}/desk`);
  await told.getByText('On the sheets of 10 guests').waitFor();
  assert.deepEqual(page.complaints, []);
});

test('a group by number, on paper in its order', async () => {
  const { page } = desk;
  await page.goto(`${p.url}/desk`);
  await page.getByRole('link', { name: /passwords by number/ }).click();
  await page.getByLabel('Name of the group').first().fill('Conference');
  await page.getByLabel('First number').fill('7');
  await page.getByLabel('How many').fill('30');
  await page.getByRole('button', { name: 'Make them' }).first().click();
  await page.getByText('30 of 30 are made').waitFor();
  await page.getByText('The passwords are ready').waitFor();
  for (const [layout, pages] of [['a4-8', 4], ['a4-20', 2], ['letter-10', 3], ['a6', 30]]) {
    await page.getByLabel('Print as').selectOption(layout);
    const pdf = await download(page, () => page.getByRole('button', { name: 'Print all of them' }).click());
    assert.match(await must('pdfinfo', [pdf]), new RegExp(`Pages:\\s+${pages}\\n`));
    if (layout !== 'a4-8') continue;
    const text = await words(pdf);
    for (let i = 7; i < 37; i++) assert.match(text, new RegExp(`Conference ${i}\\b`));
  }
  // the rules of the house once, behind all of them
  await page.getByText('What the sheet says').click();
  await page.getByLabel('A page printed once').fill('Be kind.\nNo servers, please.');
  for (const [layout, pages] of [['a4-8', 5], ['receipt', 31]]) {
    await page.getByLabel('Print as').selectOption(layout);
    const pdf = await download(page, () => page.getByRole('button', { name: 'Print all of them' }).click());
    assert.match(await must('pdfinfo', [pdf]), new RegExp(`Pages:\\s+${pages}\\n`));
    const text = await words(pdf);
    assert.equal(text.split('No servers, please.').length, 2);
    assert.ok(text.lastIndexOf('Be kind.') > text.lastIndexOf('Conference 36'));
  }
  await page.getByLabel('A page printed once').fill('');
  // just one of them again
  await page.getByRole('link', { name: 'Conference 9', exact: true }).click();
  const single = await words(await download(page, () => page.getByRole('button', { name: 'Print' }).click()));
  assert.match(single, /Conference 9\b/);
  assert.doesNotMatch(single, /Conference 8\b/);
  await page.goBack();
  await page.getByLabel('Print as').selectOption('escpos');
  const raw = readFileSync(await download(page, () => page.getByRole('button', { name: 'Print all of them' }).click()));
  assert.equal(raw.subarray(0, 2).toString('latin1'), '\x1b@');
  await inspectAll(page, 'desk-batch-done');
  assert.deepEqual(page.complaints, []);
});

test('five thousand from a table, in the background, with wrong lines told apart', async () => {
  const { page } = desk;
  const lines = ['name,room,departure'];
  for (let i = 1; i <= 5000; i++)
    lines.push(i % 1000 === 0 ? `Guest ${i},Room ${i},soon` : `Guest ${i},Room ${i},${day(3)}`);
  const file = join(p.dir, 'guests.csv');
  writeFileSync(file, `${lines.join('\r\n')}\r\n`);
  await page.goto(`${p.url}/desk/many`);
  await page.getByLabel('Name of the group').nth(1).fill('Summer school');
  await page.getByLabel('A file').setInputFiles(file);
  const begun = Date.now();
  await page.getByRole('button', { name: 'Make them' }).nth(1).click();
  await page.getByText('Passwords are being made').waitFor();
  const answered = Date.now() - begun;
  await inspectAll(page, 'desk-batch-running');
  // others work meanwhile
  const other = await visitor(browser);
  await other.page.goto(`${p.url}/signin`);
  await other.page.getByRole('heading', { name: 'Get your Wi-Fi password' }).waitFor();
  await other.context.close();
  await page.getByText('The passwords are ready').waitFor({ timeout: 240000 });
  const took = Date.now() - begun;
  await page.getByText('4995 of 5000 are made').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: '5 rows were not made' }).waitFor();
  await page.getByText('Row 1 is the first below the names of the columns.').waitFor();
  await page.getByText('Row 3000: Guest 3000').waitFor();
  await inspectAll(page, 'desk-batch-wrong');
  const wrong = readFileSync(await download(page, () => page.getByRole('link', { name: 'Get them as a file' }).click()), 'utf8');
  assert.equal(wrong.trim().split('\n').length, 6);

  // put right, they are taken as a table of their own
  await page.goto(`${p.url}/desk/many`);
  await page.getByLabel('Or pasted text').fill(wrong.replace(/,"Write dates[^\n]*/g, ','));
  await page.getByRole('button', { name: 'Make them' }).nth(1).click();
  await page.getByText('5 of 5 are made').waitFor();

  await page.goto(`${p.url}/desk/many`);
  await page.getByRole('link', { name: 'Summer school' }).click();
  await page.getByLabel('Print as').selectOption('a4-20');
  const from = Date.now();
  const pdf = await download(page, () => page.getByRole('button', { name: 'Print all of them' }).click());
  assert.match(await must('pdfinfo', [pdf]), /Pages:\s+250\n/);
  console.log(`# 5,000 guests: answered after ${answered} ms, made after ${took} ms, printed in ${Date.now() - from} ms`);
  const shown = await must(program('latchkey'), ['-c', p.conf, 'audit', 'verify']);
  assert.ok(shown);
  assert.deepEqual(page.complaints, []);
});

test('pages for groups say what is wrong, and are fine to look at', async () => {
  const { page } = desk;
  await page.goto(`${p.url}/desk/many`);
  await inspectAll(page, 'desk-many');
  await page.getByRole('button', { name: 'Make them' }).nth(1).click();
  await page.getByText('Choose a file, or paste its text.').waitFor();
  await page.getByLabel('Or pasted text').fill('shoes\n42\n');
  await page.getByRole('button', { name: 'Make them' }).nth(1).click();
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').textContent(), /names the columns/);
  assert.equal((await page.getByLabel('Or pasted text').inputValue()).trim(), 'shoes\n42');
  await inspectAll(page, 'desk-many-wrong');
  await page.goto(`${p.url}/desk`);
  await inspectAll(page, 'desk-home');
  await page.goto(`${p.url}/desk?lang=ar`);
  await inspectAll(page, 'desk-home-ar');
  await page.goto(`${p.url}/desk/many?lang=ar`);
  await inspectAll(page, 'desk-many-ar');
  await page.goto(`${p.url}/desk?lang=en`);
  assert.deepEqual(page.complaints, []);
});

test('without script a group is made and looked at again by hand', async () => {
  const { context, page } = await visitor(browser, { javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  await signIn(page, p.url, 'dora');
  await page.goto(`${p.url}/desk/many`);
  await page.getByLabel('Name of the group').first().fill('Class');
  await page.getByLabel('How many').fill('400');
  await page.getByRole('button', { name: 'Make them' }).first().click();
  await until('all of them', async () => {
    if (await page.getByText('400 of 400 are made').count()) return true;
    const again = page.getByRole('link', { name: 'Look again' });
    if (await again.count()) await again.click();
    return false;
  }, 60000);
  // one that is stopped
  await page.goto(`${p.url}/desk/many`);
  await page.getByLabel('Name of the group').first().fill('Too many');
  await page.getByLabel('How many').fill('5000');
  await page.getByRole('button', { name: 'Make them' }).first().click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('This was stopped').waitFor();
  await context.close();
});

test('when a stay begins and when it ends are said in the time of the network, wherever the desk is', async () => {
  const far = await visitor(browser, { timezoneId: 'Pacific/Auckland' }), { page } = far;
  await far.context.addCookies(await desk.context.cookies(p.url));
  const there = (date, time) => new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', day: 'numeric', month: 'long', year: 'numeric', ...time })
    .formatToParts(date).reduce((all, { type, value }) => ({ ...all, [type]: value }), {});
  const said = (date) => { const d = there(date, {}); return `${d.day} ${d.month} ${d.year}`; };
  const cell = (name) => page.locator('dl.cells div', { has: page.locator('dt', { hasText: name }) }).locator('dd').textContent();
  for (const arrives of [0, 3]) {
    await page.goto(`${p.url}/desk`);
    await page.getByLabel('Name', { exact: true }).fill(`Zoe ${arrives}`);
    if (arrives) await page.getByLabel('Arrival', { exact: true }).fill(day(arrives));
    await page.getByLabel('Departure', { exact: true }).fill(day(5));
    const before = new Date();
    await page.getByRole('button', { name: 'Create and print' }).click();
    await page.getByRole('heading', { name: `Zoe ${arrives}` }).waitFor();
    assert.equal(await cell('Until'), said(new Date(`${day(5)}T12:00Z`)));
    if (arrives) assert.equal(await cell('From'), said(new Date(`${day(3)}T12:00Z`)));
    const whole = (d) => { const t = there(d, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }); return `${said(d)}, ${t.hour}:${t.minute}`; };
    if (!arrives) assert.ok([whole(before), whole(new Date())].includes(await cell('From')), await cell('From'));
  }
  await inspectAll(page, 'desk-guest-zone');
  await far.context.close();
});

// G-06: whose rule names a plan, sees its guests and no others.
test('a front desk of one house has the guests of its plan, and no others', async () => {
  const latchkey = (...args) => must(program('latchkey'), ['-c', p.conf, ...args]);
  await latchkey('plan', 'add', '--name', 'House B', '--network', 'Harbour; "guest"', '--lifetime', 'end-of-day');
  await latchkey('rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'House B');
  const admin = await visitor(browser);
  await signIn(admin.page, p.url, 'ada');
  await admin.page.goto(`${p.url}/admin/rules/new`);
  await admin.page.locator('#f-value').fill('tenants');
  await admin.page.locator('#f-roles').fill('sponsor');
  await admin.page.getByLabel('Front desk for guests of').selectOption({ label: 'House B' });
  await admin.page.getByRole('button', { name: 'Save' }).click();
  await admin.page.locator('#w-desk').waitFor();
  await inspectAll(admin.page, 'admin-rule-desk-wrong');
  assert.equal(await admin.page.locator('#f-value').inputValue(), 'tenants');
  await admin.page.locator('#f-roles').fill('desk');
  await admin.page.getByRole('button', { name: 'Save' }).click();
  await admin.page.waitForURL(/\/admin\/rules\?done=added/);
  await inspectAll(admin.page, 'admin-rules-desk');

  const make = async ({ page }, name) => {
    await page.goto(`${p.url}/desk`);
    await page.getByLabel('Name', { exact: true }).fill(name);
    const tenant = page.locator('#plan option', { hasText: 'Tenant' });
    if (name === 'Dan of A') await page.locator('#plan').selectOption(await tenant.getAttribute('value'));
    await page.getByRole('button', { name: 'Create and print' }).click();
    await page.getByRole('heading', { name }).waitFor();
    return page.url().split('?')[0];
  };
  const other = await visitor(browser);
  await signIn(other.page, p.url, 'tom');
  other.page.complaints.length = 0;
  const theirs = await make(desk, 'Dan of A'), own = await make(other, 'Ben of B');
  const shown = async ({ page }, q) => {
    await page.goto(`${p.url}/desk?q=${encodeURIComponent(q)}`);
    return page.locator('main').innerText();
  };
  assert.match(await shown(desk, ' of '), /Dan of A[^]*Ben of B|Ben of B[^]*Dan of A/);
  const mine = await shown(other, ' of ');
  assert.ok(mine.includes('Ben of B') && !mine.includes('Dan of A'), mine);
  await inspectAll(other.page, 'desk-of-one-house');
  await other.page.goto(`${p.url}/desk`);
  assert.match(String(await other.page.locator('#plan option').allInnerTexts()), /^[^,]*House B[^,]*$/);
  await other.page.goto(own);
  const csrf = await other.page.locator('[name=csrf]').first().inputValue();
  const post = (at, what) => other.page.evaluate(async ([to, token]) => (await fetch(to, { method: 'POST',
    body: new URLSearchParams({ csrf: token, departure: '2099-01-01', room: '9', devices_max: '1', as: 'a4' }) })).status, [`${at}/${what}`, csrf]);
  other.page.complaints.length = 0;
  assert.equal((await other.page.goto(theirs)).status(), 404);
  for (const what of ['sheet', 'send', 'extend', 'devices', 'move', 'out']) assert.equal(await post(theirs, what), 404, what);
  await desk.page.goto(theirs);
  await desk.page.getByRole('button', { name: 'Check out' }).waitFor();

  await admin.page.goto(`${p.url}/admin/people?q=Tom`);
  await admin.page.getByRole('link', { name: 'Tom Óscarsson' }).click();
  await admin.page.locator('dl.cells div', { hasText: 'Front desk for guests of' }).getByText('House B').waitFor();
  await inspectAll(admin.page, 'admin-person-desk');
  await admin.page.getByRole('link', { name: 'What the rules give, and why' }).click();
  await admin.page.locator('dl.cells div', { hasText: 'Front desk for guests of' }).getByText('House B').waitFor();
  await inspectAll(admin.page, 'admin-try-desk');
  await admin.context.close();
  await other.context.close();
});
