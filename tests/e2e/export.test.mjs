// What works now, as a file, by those who may and have just proved who they are.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { download, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({}); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

test('an administrator saves the file; it is in the audit', async () => {
  await latchkey('person', 'add', '--name', 'Grace');
  const key = await latchkey('key', 'issue', '--person', 'Grace', '--plan', 'Tenant');
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/keys`);
  await page.getByRole('link', { name: 'Export' }).click();
  await inspectAll(page, 'admin-export');
  for (const [label, name, holds] of [['Passwords for hostapd', 'wpa_psk_file', `keyid=${key.id} `], ['A table', 'passwords.csv', 'Grace']]) {
    await page.getByLabel(label).check();
    const d = await download(page, () => page.getByRole('button', { name: 'Save the file' }).click());
    assert.equal(d.suggestedFilename(), name);
    assert.ok(readFileSync(await d.path(), 'utf8').includes(holds));
  }
  const acts = (await latchkey('audit', 'list')).filter((a) => a.act === 'key.export');
  assert.equal(acts.length, 2);
  assert.match(acts[0].actor, /Ada Novak/);
  await context.close();
});

test('a token needs the scope export, and gets no more by it', async () => {
  const plain = await latchkey('token', 'add', '--name', 'reads', '--scopes', 'read,keys,reveal');
  const may = await latchkey('token', 'add', '--name', 'site', '--scopes', 'export');
  const [network] = await latchkey('network', 'list');
  const call = async (token, path, body) => {
    const args = ['-sS', '-w', '\n%{http_code}', '--cacert', p.ca, '-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json'];
    if (body) args.push('-d', JSON.stringify(body));
    const out = await must('curl', [...args, `${p.url}/api/v1${path}`]);
    const at = out.trimEnd().lastIndexOf('\n');
    return { status: Number(out.trim().slice(at)), body: JSON.parse(out.slice(0, at)) };
  };
  const path = `/networks/${network.id}/export`;
  assert.equal((await call(plain.token, path, { form: 'csv' })).status, 403);
  const r = await call(may.token, path, { form: 'psk-file' });
  assert.equal(r.status, 200);
  assert.equal(r.body.count, 1);
  assert.match(r.body.text, /^keyid=\S+ .*00:00:00:00:00:00 [0-9a-f]{64}\n$/);
  assert.equal((await call(may.token, path, { form: 'pdf' })).status, 400);
  assert.equal((await call(may.token, '/keys')).status, 403);
});
