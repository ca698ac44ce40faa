// Vouchers on the pages of administration: made, printed, redeemed, withdrawn.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { download, inspect, inspectAll, launch, screens, signIn, visitor } from '../lib/browser.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({ providers: 'guest { ways = {"code"} }' }); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

test('a batch is made, printed, saved and redeemed; one is withdrawn, then all', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/vouchers`);
  await page.getByLabel('What they are for').fill('Summer fair');
  await page.getByLabel('How many').fill('5001');
  await page.getByRole('button', { name: 'Make them' }).click();
  await page.getByText('A batch has 1 to 5000 vouchers.').waitFor();
  assert.equal(await page.getByLabel('What they are for').inputValue(), 'Summer fair');
  await inspectAll(page, 'admin-vouchers-wrong');
  await page.getByLabel('How many').fill('24');
  await page.getByLabel('Good until').fill('2036-07-31');
  await page.getByRole('button', { name: 'Make them' }).click();
  await page.waitForURL(/done=made/);
  await inspectAll(page, 'admin-vouchers-batch');

  const save = async (button) => {
    const d = await download(page, () => button.click());
    return { name: d.suggestedFilename(), path: await d.path() };
  };
  const pdf = await save(page.getByRole('button', { name: 'Print those that are left' }));
  assert.equal(pdf.name, 'vouchers.pdf');
  const text = execFileSync('pdftotext', ['-q', '-layout', pdf.path, '-']).toString();
  assert.match(text, /Voucher code/);
  const csv = await save(page.getByRole('button', { name: 'Save them as a table' }));
  const rows = readFileSync(csv.path, 'utf8').trim().split('\r\n').slice(1).map((l) => l.replace(/"/g, '').split(','));
  assert.equal(rows.length, 24);
  for (const [, code, link] of rows) {
    assert.ok(text.includes(code), `${code} on the sheet`);
    assert.equal(link, `${p.url}/guest/code/${code}`);
  }
  execFileSync('pdftoppm', ['-q', '-png', '-r', '80', '-f', '1', '-l', '1', pdf.path, join(screens, 'vouchers-sheet')]);
  const one = await save(page.getByRole('button', { name: 'Print number 7', exact: true }));
  assert.ok(execFileSync('pdftotext', ['-q', one.path, '-']).toString().includes(rows[6][1]));

  const guest = await visitor(browser);
  await guest.page.goto(rows[0][2]);
  await guest.page.locator('main form button').first().click();
  await guest.page.getByText('Harbour').first().waitFor();
  await guest.context.close();

  await page.reload();
  await page.getByRole('button', { name: 'Withdraw number 2', exact: true }).click();
  await page.waitForURL(/done=over/);
  await page.goto(`${p.url}/admin/vouchers`);
  await page.getByText('22 of 24').waitFor();
  await inspectAll(page, 'admin-vouchers');
  await page.getByRole('link', { name: 'Summer fair' }).click();
  await inspect(page, 'admin-vouchers-some');
  await page.getByRole('button', { name: 'Withdraw all that are left' }).click();
  await page.waitForURL(/done=over/);
  await page.getByRole('button', { name: 'Print those that are left' }).waitFor({ state: 'detached' });
  await context.close();
});
