// `latchkey key import` and `person import`: tables of thousands, twice.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { house } from '../lib/house.mjs';

async function furnished() {
  const h = await house();
  assert.equal((await h.latchkey('init')).code, 0);
  await h.json('network', 'add', '--ssid', 'Campus');
  await h.json('plan', 'add', '--name', 'Staff', '--network', 'Campus', '--vlan', '20');
  return h;
}

const count = async (h) => (await h.json('key', 'list')).length;

test('a table is looked at, taken, and taken again without a change', async () => {
  const h = await furnished();
  const table = h.file('keys.csv', 'person;person_name;name;passphrase;not_after\r\n'
    + 'ada@example.org;Ada;Phone;;2099-01-31\r\n'
    + 'ada@example.org;Ada;TV;a passphrase of ours;\r\n'
    + 'bob;Bob;;;\r\n');
  const dry = await h.latchkey('key', 'import', table, '--plan', 'Staff', '--dry-run', 'yes');
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /would be: 3 new, 0 changed, 0 the same/);
  assert.equal(await count(h), 0);
  const result = join(h.dir, 'result.csv');
  const real = await h.latchkey('key', 'import', table, '--plan', 'Staff', '--result', result, '--passphrases', 'yes');
  assert.equal(real.code, 0, real.stderr);
  assert.equal(await count(h), 3);
  assert.equal(statSync(result).mode & 0o777, 0o600);
  const lines = readFileSync(result, 'utf8').trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines[1], /^2,"new","ada@example.org","Phone","[0-9a-z]{26}","[0-9a-z]{26}",""$/);
  assert.ok(!readFileSync(result, 'utf8').includes('a passphrase of ours'));
  // ours are on standard output, each reveal is in the audit
  assert.equal(real.stdout.trim().split('\n').length, 2);
  assert.equal((await h.json('audit', 'list', '--act', 'key.reveal')).length, 2);
  const again = await h.latchkey('key', 'import', table, '--plan', 'Staff');
  assert.match(again.stdout, /imported: 0 new, 0 changed, 3 the same/);
});

test('one wrong row keeps the whole table out, and is named', async () => {
  const h = await furnished();
  const rows = ['person,person_name,name,plan'];
  for (let i = 0; i < 1500; i++) rows.push(`p${i},Person ${i},Phone,${i === 1200 ? 'Stuff' : 'Staff'}`);
  const table = h.file('many.csv', rows.join('\n'));
  const bad = await h.latchkey('key', 'import', table);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /line 1202: plan: There is no such plan\./);
  assert.match(bad.stderr, /1 rows are wrong; nothing was imported/);
  assert.equal((await h.json('person', 'list')).length, 0);
  assert.equal(await count(h), 0);
});

test('a result is never written over, and a table must be one', async () => {
  const h = await furnished();
  const table = h.file('k.csv', 'person,person_name\nada,Ada\n');
  const there = await h.latchkey('key', 'import', table, '--result', table);
  assert.equal(there.code, 1);
  assert.match(there.stderr, /File exists/);
  for (const [text, words] of [
    ['', /nothing in it/],
    ['a,b\n1,2\n', /no column called "a"/],
    ['person\n"x\n', /Line 2: A quotation mark is never closed/],
    ['person\nx\0y\n', /no text in UTF-8/],
  ]) {
    const r = await h.latchkey('key', 'import', h.file('bad.csv', text));
    assert.equal(r.code, 1);
    assert.match(r.stderr, words);
  }
});

test('people come from a table, and templates are tables', async () => {
  const h = await furnished();
  for (const noun of ['key', 'person']) {
    const t = await h.latchkey(noun, 'import', '--template', 'yes');
    const r = await h.latchkey(noun, 'import', h.file(`${noun}.csv`, t.stdout), '--dry-run', 'yes', ...(noun === 'key' ? ['--plan', 'Staff'] : []));
    assert.equal(r.code, 0, r.stderr);
  }
  const table = h.file('people.csv', 'subject,name\nr1,Rosa\nr2,Max\n');
  assert.match((await h.latchkey('person', 'import', table)).stdout, /2 new/);
  assert.match((await h.latchkey('person', 'import', table)).stdout, /0 new, 0 changed, 2 the same/);
});
