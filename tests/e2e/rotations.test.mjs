// Many passwords are renewed by the running responder, and pages tell how far.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({ responder: true }); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

test('all passwords of a plan are renewed, one can be looked at, and it can be stopped', async () => {
  for (let i = 1; i <= 6; i++) {
    await latchkey('person', 'add', '--name', `Guest ${i}`);
    await latchkey('key', 'issue', '--person', `Guest ${i}`, '--plan', 'Tenant');
  }
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/keys`);
  await page.getByRole('link', { name: 'Renew many' }).click();
  await page.getByLabel('Why').fill('After the leak');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('Say whose passwords').waitFor();
  await page.getByLabel('Only in these hours').fill('noon');
  await page.getByLabel('Plan').selectOption({ label: 'Tenant' });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('[role=alert]').waitFor();
  assert.equal(await page.getByLabel('Why').inputValue(), 'After the leak');
  await inspectAll(page, 'admin-rotations-wrong');
  await page.getByLabel('Only in these hours').fill('');
  await page.getByLabel('Passwords an hour').fill('3600');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/done=started/);
  const id = page.url().match(/rotations\/([a-z0-9]+)/)[1];
  await until('two to be renewed', async () => (await latchkey('rotation', 'show', id)).rotated >= 2, 20000);
  await page.getByRole('button', { name: 'Stop for now' }).click();
  await page.waitForURL(/done=stop/);
  await inspectAll(page, 'admin-rotation');
  const stopped = await latchkey('rotation', 'show', id);
  assert.equal(stopped.state, 'stopped');
  await page.getByRole('button', { name: 'Go on' }).click();
  await until('all to be renewed', async () => (await latchkey('rotation', 'show', id)).state === 'moving', 30000);
  const keys = await latchkey('rotation', 'keys', id);
  assert.equal(keys.length, 6);
  assert.ok(keys.every((k) => k.state === 'rotated' && k.after && k.ends));
  await page.reload();
  await page.getByText('6 of 6 passwords renewed').waitFor();
  // the old ones end, and the rotation with them
  for (const k of keys) await must(program('latchkey'), ['-c', p.conf, 'key', 'revoke', k.key]);
  await until('it to be done', async () => (await latchkey('rotation', 'show', id)).state === 'done', 90000);
  await page.reload();
  await page.getByRole('heading', { name: 'Finished' }).waitFor();
  await inspect(page, 'admin-rotation-done');
  await page.goto(`${p.url}/admin/rotations`);
  await inspectAll(page, 'admin-rotations');
  await context.close();
});
