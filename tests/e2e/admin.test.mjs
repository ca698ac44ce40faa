// An administrator sets everything up in the browser, and looks after people.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { download, inspect, inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { ask } from '../lib/radius.mjs';
import { must, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
before(async () => { p = await startPortal({ responder: true }); browser = await launch(); });
after(async () => { await browser?.close(); await p?.stop(); });

const fill = async (page, values) => {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`#f-${name}`);
    if (await field.evaluate((f) => f.tagName) === 'SELECT') await field.selectOption({ label: value });
    else await field.fill(value);
  }
  await page.getByRole('button', { name: 'Save' }).click();
};

test('an administrator adds a network, a plan, a rule and an access point', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin`);
  await inspectAll(page, 'admin-home');

  await page.goto(`${p.url}/admin/networks/new`);
  await inspectAll(page, 'admin-network-new');
  await fill(page, { ssid: 'Harbour Guest', name: 'Guests', time_zone: 'Europe/Berlin' });
  await page.waitForURL(/\/admin\/networks\?done=added/);
  await page.getByRole('link', { name: 'Harbour Guest' }).first().waitFor();
  await page.getByRole('status').getByRole('link', { name: 'Plans' }).waitFor(); // what comes next
  await inspectAll(page, 'admin-networks');

  await page.goto(`${p.url}/admin/plans/new`);
  assert.equal(await page.locator('#f-things').inputValue(), '', 'as fits the lifetime');
  await inspectAll(page, 'admin-plan-new');
  await fill(page, { name: 'Visitor', network: 'Guests', vlan: '77', devices: '3' });
  await page.waitForURL(/\/admin\/plans\?done=added/);
  await page.goto(`${p.url}/admin/rules/new`);
  await fill(page, { value: 'visitors', plan: 'Visitor' });
  await page.waitForURL(/\/admin\/rules\?done=added/);
  await page.goto(`${p.url}/admin/access-points/new`);
  await fill(page, { name: 'Lobby', address: '192.0.2.7', dialect: 'hostapd, OpenWrt, OpenWiFi', secret: 'a-secret-of-24-characters' });
  await page.waitForURL(/\/admin\/access-points\?done=added/);
  await inspectAll(page, 'admin-access-points');
  assert.ok(!(await page.content()).includes('a-secret-of-24-characters'));
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('what cannot be saved is said at its field, and nothing typed is lost', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/plans/new`);
  await fill(page, { name: 'Too high', network: 'Guests', vlan: '4095', lifetime_days: '7' });
  await page.locator('#w-vlan').waitFor();
  assert.equal(await page.locator('#f-name').inputValue(), 'Too high');
  assert.equal(await page.locator('#f-vlan').inputValue(), '4095');
  assert.equal(await page.locator('#f-things').inputValue(), '', 'still open');
  await inspect(page, 'admin-plan-wrong');
  // a week is not for ever, and for things neither
  await fill(page, { name: 'Contractor', vlan: '79' });
  await page.waitForURL(/\/admin\/plans\?done=added/);
  const things = async (plan) => {
    await page.goto(`${p.url}/admin/plans`);
    await page.getByRole('link', { name: plan }).click();
    return page.locator('#f-things option:checked').textContent();
  };
  assert.equal(await things('Visitor'), 'never by themselves');
  assert.equal(await things('Contractor'), 'like all others');
  assert.equal(await page.locator('#f-things option').count(), 2);
  await fill(page, { things: 'never by themselves' });
  await page.waitForURL(/done=saved/);
  assert.equal(await things('Contractor'), 'never by themselves');
  await context.close();
});

test('two administrators edit the same plan: the second is told', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/plans`);
  await page.getByRole('link', { name: 'Visitor' }).click();
  const second = await context.newPage();
  await second.goto(page.url());
  await fill(page, { vlan: '78' });
  await page.waitForURL(/done=saved/);
  await fill(second, { vlan: '79' });
  assert.match(await second.locator('[role=alert]').textContent(), /changed/i);
  await context.close();
});

test('staff see passwords masked; showing one is recorded; suspending takes effect', async () => {
  const anna = await visitor(browser);
  await signIn(anna.page, p.url, 'anna');
  await anna.page.goto(p.url);
  const get = anna.page.getByRole('button', { name: /Get/ });
  if (await get.count()) await get.first().click();
  const shown = await anna.page.locator('[data-value]').first().getAttribute('data-value');

  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/people?q=Anna`);
  await inspectAll(page, 'admin-people');
  await page.getByRole('link', { name: 'Anna Berger' }).click();
  await inspectAll(page, 'admin-person');
  await page.locator('tbody a[href^="/admin/keys/"]').first().click();
  assert.ok(!(await page.content()).includes(shown));
  await page.getByRole('button', { name: /Show it/ }).click();
  assert.equal((await page.locator('code.password').textContent()).replace(/\s/g, ''), shown.replace(/\s/g, ''));
  await inspectAll(page, 'admin-key');
  await page.getByLabel('Reason').fill('lost phone');
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.getByText('lost phone').first().waitFor();
  await page.getByRole('link', { name: 'Audit', exact: true }).last().click();
  for (const act of ['Password shown', 'Password suspended']) await page.getByRole('link', { name: act }).first().waitFor();
  await inspectAll(page, 'admin-audit');
  await page.goto(`${p.url}/admin/keys?standing=suspended`);
  await page.getByRole('cell', { name: 'suspended' }).first().waitFor();
  await inspect(page, 'admin-keys');
  assert.deepEqual(page.complaints, []);
  await context.close();
  await anna.context.close();
});

test('the record is narrowed by who, by what and by the day, and stays so on older pages', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  await must('sqlite3', ['-cmd', '.timeout 20000', join(p.dir, 'latchkey.db'), // more than a page of them
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 101) INSERT INTO audit
      SELECT (SELECT max(seq) FROM audit) + i, at, 'cli:lighthouse:', act, noun, id, detail, hash FROM n,
        (SELECT * FROM audit WHERE act = 'plan.add' LIMIT 1); UPDATE chain SET seq = seq + 101 WHERE name = 'audit'`]);
  await must('sqlite3', ['-cmd', '.timeout 20000', '-cmd', 'PRAGMA foreign_keys=ON', join(p.dir, 'latchkey.db'),
    `INSERT INTO device(id, network, key, mac, name, origin, blocked, first_seen, last_seen, version, octets_in, octets_out)
      SELECT '1' || v.n || substr(id, 3), network, id, '02-4b-00-00-00-0' || v.n, 'Reader ' || v.n, 'learnt', v.n - 1, 1767225600, 1767229200, 1, v.n, 7
        FROM (SELECT * FROM wifi_key LIMIT 1), (SELECT 1 AS n UNION SELECT 2) v;
    INSERT INTO visit(id, ap, key, session, mac, "start", "last", stop, octets_in, octets_out, stop_cause, nas, network, reported)
      SELECT '2' || v.n || substr(id, 3), NULL, id, 'session-' || v.n, '02-4b-00-00-00-0' || v.n, 1767200400 + v.n * 86400, 1767204000 + v.n * 86400,
        1767204000 + v.n * 86400, v.n * 100, 9, 1, '', network, 0 FROM (SELECT * FROM wifi_key LIMIT 1), (SELECT 1 AS n UNION SELECT 2) v;
    INSERT INTO unit(id, name, vlan, state, state_reason, created, version) SELECT '3' || substr(id, 2), '=Flat 7', 42, 'active', '', 1767225600, 1
      FROM wifi_key LIMIT 1`]);
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/audit`);
  const rows = page.locator('tbody tr');
  const search = async (fields) => {
    for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Search' }).click();
    return rows.count();
  };
  const text = 'Part of a name or an address';
  assert.equal(await search({ [text]: 'LightHouse' }), 100);
  await page.getByRole('link', { name: 'Older' }).click();
  assert.equal(await rows.count(), 1);
  assert.equal(await page.getByLabel(text).inputValue(), 'LightHouse');
  await inspectAll(page, 'admin-audit-older');
  await page.getByRole('link', { name: 'The newest' }).click();
  assert.equal(await rows.count(), 100);
  // what was done to somebody is found by their name, which stands in no row
  assert.ok(await search({ [text]: 'Guests' }) > 0);
  await page.getByRole('link', { name: 'Network added' }).first().waitFor();
  assert.equal(await search({ Until: '2026-01-01' }), 0);
  await page.getByText('Nothing fits.').waitFor();
  assert.ok(await search({ From: '2026-01-01', Until: '' }) > 0);
  // what was found is taken along; an apostrophe keeps spreadsheets from computing it
  await page.goto(`${p.url}/admin/audit?q=LightHouse`);
  const save = async () => {
    const d = await download(page, () => page.getByRole('button', { name: 'Save as a table (CSV)' }).click());
    return [d.suggestedFilename(), readFileSync(await d.path(), 'utf8').trim().split('\n')];
  };
  const [name, lines] = await save();
  assert.equal(name, 'audit.csv');
  assert.equal(lines[0], 'seq,at,actor,act,noun,id,detail');
  assert.equal(lines.filter((l) => l.includes('"cli:lighthouse:","plan.add"')).length, 101, 'more than a page of them');
  for (const [at, head] of [['people?q=Novak', 'id,name,mail,language,issuer'], ['keys', 'id,name,kind,person,person_name'],
    ['devices?q=nobody', null], ['visits?day=2025-01-01', null]]) {
    await page.goto(`${p.url}/admin/${at}`);
    if (head === null) { assert.equal(await page.getByRole('button', { name: 'Save as a table (CSV)' }).count(), 0, `${at}: of nothing`); continue; }
    const [file, table] = await save();
    assert.equal(file, `${at.split('?')[0]}.csv`);
    assert.ok(table[0].startsWith(head), table[0]);
    assert.ok(table.length > 1);
    if (at.startsWith('people')) assert.ok(table.length === 2 && table[1].includes('"Ada Novak"') && table[1].includes('admin'), table.join('\n'));
  }
  // of each list what it shows, and nothing else
  for (const [at, head, fits] of [
    ['devices', 'id,mac,random,name,person,person_name,key', [/"02-4b-00-00-00-01",.*"Reader 1"/, /"02-4b-00-00-00-02",.*"Reader 2"/]],
    ['devices?which=blocked', 'id,', [/,"02-4b-00-00-00-02","yes","Reader 2",.*,"yes","no","","2026-01-01T00:00:00Z","2026-01-01T01:00:00Z","?2"?,"?7"?$/]],
    ['visits?day=2026-01-01', 'start,stop,mac,device,person', [/^"2026-01-01T17:00:00Z","2026-01-01T18:00:00Z","02-4b-00-00-00-01","Reader 1",.*,"?100"?,"?9"?,"?1"?$/]],
    ['visits?device=02:4B:00:00:00:02', 'start,', [/"02-4b-00-00-00-02","Reader 2"/]],
    ['units', 'id,name,parent,vlan,state', [/,"'=Flat 7","","?42"?,"active","","2026-01-01T00:00:00Z"$/]]]) {
    await page.goto(`${p.url}/admin/${at}`);
    const [file, [first, ...table]] = await save();
    assert.equal(file, `${at.split('?')[0]}.csv`);
    assert.ok(first.startsWith(head), first);
    assert.equal(table.length, fits.length, `${at}: ${table.join('\n')}`);
    for (const f of fits) assert.ok(table.some((l) => f.test(l)), `${at}: ${table.join('\n')}`);
  }
  // what is no day, device or id narrows nothing: it is refused, and not all of it given out
  await page.goto(`${p.url}/admin/visits`);
  for (const [field, value] of [['day', 'soon'], ['device', 'mine'], ['key', 'x'], ['who', 'x'], ['ap', 'x']])
    assert.equal(await page.evaluate(async ([f, v]) => {
      const form = new FormData(document.querySelector('form[action="/admin/table/visits"]'));
      form.set(f, v);
      return (await fetch('/admin/table/visits', { method: 'POST', body: new URLSearchParams(form) })).status;
    }, [field, value]), 400, field);
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/audit?act=store.table`);
  assert.equal(await rows.count(), 8);
  // a search looks at some thousand acts at a time, and goes on from there
  await must('sqlite3', ['-cmd', '.timeout 20000', join(p.dir, 'latchkey.db'),
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5100) INSERT INTO audit
      SELECT (SELECT max(seq) FROM audit) + i, at, 'cli:tower:', act, noun, id, '{}', hash FROM n,
        (SELECT * FROM audit WHERE act = 'plan.add' LIMIT 1); UPDATE chain SET seq = seq + 5100 WHERE name = 'audit'`]);
  await page.goto(`${p.url}/admin/audit?q=LightHouse`);
  await page.getByText(/^Searched back to .*, and not further yet\.$/).waitFor();
  assert.equal(await rows.count(), 0);
  assert.equal(await page.getByText('Nothing fits.').count(), 0);
  await inspectAll(page, 'admin-audit-further');
  await page.getByRole('link', { name: 'Search further back' }).click();
  assert.equal(await rows.count(), 100);
  await page.goto(`${p.url}/admin/audit?since=soon&until=2026-01-01&lang=ar`);
  await page.locator('#since-wrong').waitFor();
  await inspectAll(page, 'admin-audit-wrong-ar');
  await page.goto(`${p.url}/admin/audit?lang=en`);
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('people without the role get nothing of it', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'anna');
  for (const path of ['/admin', '/admin/people', '/admin/keys', '/admin/networks', '/admin/networks/new', '/admin/audit']) {
    const r = await page.goto(`${p.url}${path}`);
    assert.equal(r.status(), 404, path);
  }
  await context.close();
});

test('why a device was refused can be read in the browser', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  const refused = () => ask({ port: p.auth, secret: p.secret, ssid: p.made.ssid ?? 'Harbour; "guest"',
    station: '02-aa-00-00-00-77', passphrase: 'no-password-of-ours', timeout: 5000 });
  await until('a reject', async () => (await refused()).what === 'reject', 20000);
  await page.goto(`${p.url}/admin/why`);
  await page.getByRole('cell', { name: '02-aa-00-00-00-77' }).first().waitFor();
  await inspectAll(page, 'admin-why');
  await page.getByLabel('Address of the device').fill('02:AA:00:00:00:77');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('No key fits what the device proved.').first().waitFor();
  await page.getByLabel('Address of the device').fill('nonsense');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.locator('#device-wrong').waitFor();
  assert.equal(await page.getByText('Nothing was refused of late.').count(), 0, 'nothing was asked');
  await p.radius.stop();
  await page.reload();
  assert.equal(await page.getByText('does not answer on this machine').count(), 0, 'nobody was asked');
  await page.goto(`${p.url}/admin/why`);
  await page.getByText('does not answer on this machine').waitFor();
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('try as: the rules explain themselves', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/try`);
  await page.getByLabel('A JSON object, as an ID token has it').fill('{"groups": ["staff"]}');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByText('Employee (').waitFor();
  await inspectAll(page, 'admin-try');
  await page.getByLabel('A JSON object, as an ID token has it').fill('{"groups": ');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.locator('[role=alert]').waitFor();
  assert.equal(await page.getByLabel('A JSON object, as an ID token has it').inputValue(), '{"groups": ');
  await page.goto(`${p.url}/admin/people?q=Anna`);
  await page.getByRole('link', { name: 'Anna Berger' }).click();
  await page.getByRole('link', { name: /What the rules give/ }).click();
  await page.getByText('Employee (').waitFor();
  await page.goto(`${p.url}/admin/plans`);
  await page.getByRole('link', { name: 'Employee' }).click();
  await page.getByText(/What a change touches: passwords 1, people 1/).waitFor();
  await inspect(page, 'admin-plan-touched');
  await context.close();
});

test('a token is shown once, opens what its scope says, and no more once revoked', async () => {
  const { context, page } = await visitor(browser);
  await signIn(page, p.url, 'ada');
  page.complaints.length = 0;
  await page.goto(`${p.url}/admin/tokens`);
  await inspectAll(page, 'admin-tokens');
  await page.getByLabel('Which machine has it').fill('Billing');
  await page.getByRole('button', { name: 'Make it' }).click();
  const token = (await page.locator('#token').textContent()).trim();
  await inspectAll(page, 'admin-token-made');
  const call = async (path, ...more) => JSON.parse(await must('curl', ['-sS', '--cacert', p.ca, '-w', '{"status":%{http_code}}',
    '-o', '/dev/null', '-H', `Authorization: Bearer ${token}`, ...more, `${p.url}${path}`])).status;
  assert.equal(await call('/api/v1/networks'), 200);
  assert.equal(await call('/api/v1/networks', '-X', 'POST', '-H', 'Content-Type: application/json', '-d', '{"ssid":"x"}'), 403);
  await page.goto(`${p.url}/admin/tokens`);
  assert.ok(!(await page.content()).includes(token));
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await page.getByText('no longer works').waitFor();
  assert.equal(await call('/api/v1/networks'), 401);
  assert.deepEqual(page.complaints, []);
  await context.close();
});
