// Two who are one, and somebody who is to be forgotten.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program, run } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({}); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

test('two rows are merged, and a person is forgotten', async () => {
  const grace = await latchkey('person', 'add', '--name', 'Grace Hopper', '--mail', 'grace@example.org');
  const twice = await latchkey('person', 'add', '--name', 'Grace (imported)', '--mail', 'g.hopper@example.org');
  const key = await latchkey('key', 'issue', '--person', twice.id, '--plan', 'Tenant', '--name', 'Phone');
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/people/${grace.id}`);
  await page.getByLabel('The other one').fill('Grace Hoper');
  await page.getByRole('button', { name: 'Merge into this one' }).click();
  await page.getByText('There is no person called Grace Hoper.').waitFor();
  assert.equal(await page.getByLabel('The other one').inputValue(), 'Grace Hoper');
  await page.getByLabel('The other one').fill('g.hopper@example.org');
  await page.getByRole('button', { name: 'Merge into this one' }).click();
  await page.waitForURL(/done=merged/);
  await page.getByRole('link', { name: 'Phone' }).waitFor();
  await inspectAll(page, 'admin-person-merged');
  assert.equal((await latchkey('person', 'show', twice.id)).state_reason, 'Merged with Grace Hopper');
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.getByText('Tick the box to say that you are sure.').waitFor();
  await page.getByLabel('I am sure').check();
  await page.getByRole('button', { name: 'Forget' }).click();
  await page.waitForURL(/done=forgotten/);
  await inspect(page, 'admin-person-forgotten');
  const gone = await latchkey('person', 'show', grace.id);
  await page.goto(`${p.url}/admin/people?q=${grace.id}`);
  await page.getByRole('link', { name: 'A deleted person' }).click();
  await page.getByRole('heading', { name: 'A deleted person' }).waitFor();
  await page.goto(`${p.url}/admin/people`);
  assert.equal(await page.getByRole('link', { name: '-', exact: true }).count(), 0);
  await inspectAll(page, 'admin-people-deleted');
  assert.deepEqual([gone.name, gone.mail, gone.state], ['-', '', 'ended']);
  assert.equal((await latchkey('key', 'show', key.id)).standing, 'revoked');
  await context.close();
});

test('somebody is added, and given a password that the rules do not give', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/people`);
  await page.getByLabel('Name', { exact: true }).fill('Ida Resident');
  await page.locator('#mail').evaluate((e) => { e.type = 'text'; e.value = 'no address'; });
  await page.getByRole('button', { name: 'Add' }).click();
  await page.locator('#wrong').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Ida Resident');
  await inspectAll(page, 'admin-people-wrong');
  await page.getByLabel('Mail (optional)').fill('ida@example.org');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('heading', { name: 'Ida Resident' }).waitFor();
  await page.getByText('Make a password').click();
  await page.getByLabel('Devices at a time').fill('600');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('Give a number of devices from 1 to 512, or none.').waitFor();
  page.complaints.length = 0; // of the answer 400
  await page.getByText('Make a password').click();
  await page.getByLabel('Plan').selectOption({ label: 'Tenant' });
  await page.getByLabel('What it is for').selectOption('thing');
  await page.getByLabel('Name', { exact: true }).fill('Door lock');
  await inspectAll(page, 'admin-person-key');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('heading', { name: 'Door lock' }).waitFor();
  await page.getByText('no end').first().waitFor();
  await inspectAll(page, 'admin-key-thing');
  const [key] = (await latchkey('key', 'list', 'Door lock'));
  assert.deepEqual([key.kind, key.name, key.devices_max], ['thing', 'Door lock', 1]);
  await page.getByRole('link', { name: 'Ida Resident' }).first().click();
  await page.getByRole('row', { name: /Door lock.*no end/ }).waitFor();
  await inspectAll(page, 'admin-person-thing');
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('from the shell and by the API, too', async () => {
  const [a, b] = [await latchkey('person', 'add', '--name', 'Al'), await latchkey('person', 'add', '--name', 'Albert')];
  const c = await latchkey('person', 'add', '--name', 'Alberto');
  const cli = (...args) => run(program('latchkey'), ['-c', p.conf, ...args]);
  assert.equal((await cli('person', 'merge', 'Al', 'Albert')).code, 0);
  assert.match((await cli('person', 'merge', 'Al', 'Albert')).stderr, /Only people who are active/);
  assert.equal((await cli('person', 'forget', 'Al')).code, 2);
  assert.equal((await cli('person', 'forget', 'Al', '--sure', 'yes')).code, 0);
  assert.equal((await latchkey('person', 'show', a.id)).name, '-');

  const staff = await latchkey('token', 'add', '--name', 'desk', '--scopes', 'people,read');
  const admin = await latchkey('token', 'add', '--name', 'hotel', '--scopes', 'people', '--roles', 'admin');
  const post = (token, path, body) => must('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', p.ca,
    '-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json', '-X', 'POST',
    ...(body ? ['-d', JSON.stringify(body)] : []), `${p.url}/api/v1/people/${path}`]);
  assert.equal(await post(staff.token, `${c.id}/merge`, { id: b.id }), '200');
  assert.equal(await post(staff.token, `${b.id}/forget`), '404');
  assert.equal(await post(admin.token, `${b.id}/forget`), '204');
  assert.equal((await latchkey('person', 'show', b.id)).name, '-');
});
