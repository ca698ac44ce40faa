// Tables come in by the browser: a file, pasted text, what is wrong, the result.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { download, inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({}); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

const PLAN = 'Plan of rows that name none';

test('a file is looked at, what is wrong is named by line, and the mended one goes in', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/keys`);
  await page.getByRole('link', { name: 'Import' }).click();
  await inspectAll(page, 'admin-import');
  const send = async (text) => {
    await page.getByLabel('A file').setInputFiles({ name: 'k.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByLabel(PLAN).selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Look at it' }).click();
  };
  await send('person,person_name,passphrase,not_after\nr1,Rosa,,\nr2,,,\nr3,Max,short,\nr4,Eve,,2027-02-30\n');
  await page.getByText('3 rows are wrong. Nothing was imported.').waitFor();
  await page.getByText('The names of the columns are line 1.').waitFor();
  for (const line of ['Line 3', 'Line 4', 'Line 5']) await page.getByText(line).waitFor();
  await inspectAll(page, 'admin-import-wrong');
  await send('person,person_name,name\nr1,Rosa Lux,Phone\nr2,Max,Laptop\n');
  await page.getByText('What would happen').waitFor();
  await inspectAll(page, 'admin-import-look');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('heading', { name: 'Imported' }).waitFor();
  await inspect(page, 'admin-import-done');
  await page.goto(`${p.url}/admin/keys?q=Rosa`);
  await page.getByRole('link', { name: 'Phone' }).first().waitFor();
  await context.close();
});

test('pasted people go in, and the result is a file', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  await page.goto(`${p.url}/admin/import/people`);
  await page.getByLabel('Or pasted text').fill('subject\tname\nx-1\tZoe\n');
  await page.getByRole('button', { name: 'Look at it' }).click();
  const file = await download(page, () => page.getByRole('button', { name: /save the result/ }).click());
  assert.equal(file.suggestedFilename(), 'people-result.csv');
  assert.match(readFileSync(await file.path(), 'utf8'), /2,"new","x-1","Zoe"/);
  await context.close();
});
