// `latchkey db move`: the store from a file to a server and back.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { house } from '../lib/house.mjs';
import { must, program, run, start, sleep } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';

let db, h;
const rowsOf = async (file) => {
  const tables = (await must('sqlite3', [file, "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%' AND name<>'schema_version' ORDER BY name"])).trim().split('\n');
  const all = {};
  for (const t of tables) all[t] = (await must('sqlite3', ['-quote', file, `SELECT * FROM "${t}" ORDER BY 1,2`])).split('\n');
  return all;
};
const use = (engine) => writeFileSync(h.conf, readFileSync(h.conf, 'utf8').replace(/engine = "\w+"/, `engine = "${engine}"`));
const file = () => join(h.dir, 'latchkey.db');
async function refused(words, ...args) {
  const r = await h.latchkey(...args);
  assert.notEqual(r.code, 0, r.stdout);
  assert.match(r.stderr, words);
}

before(async () => {
  db = await pgsql('move');
  h = await house();
  writeFileSync(h.conf, readFileSync(h.conf, 'utf8')
    .replace('radius { ', 'radius { user = "root" ').replace('store { ', `store { engine = "sqlite" url = "${db.url}" `));
  await h.json('init');
  const net = await h.json('network', 'add', '--ssid', 'Campus', '--time_zone', 'Europe/Berlin');
  const plan = await h.json('plan', 'add', '--name', 'Staff', '--network', 'Campus', '--vlan', '20');
  // a plan that refers to another one, made later
  const slow = await h.json('plan', 'add', '--name', 'Slow', '--network', 'Campus', '--vlan', '21');
  await h.json('plan', 'set', plan.id, '--quota', '1000000', '--quota_period', 'day', '--quota_plan', slow.id);
  await h.json('rule', 'add', '--value', 'staff', '--plan', 'Staff');
  await h.json('ap', 'add', '--name', 'Hall', '--address', '127.0.0.1', '--secret_file', h.file('ap.secret', 'an-rather-long-shared-secret\n'));
  for (const name of ['Ada Lovelace', 'Zoë "Tab\\n" Müller', '名前 \\. \\N']) {
    const p = await h.json('person', 'add', '--name', name, '--mail', 'x@example.org');
    await h.json('key', 'issue', '--person', p.id, '--plan', plan.id);
  }
  assert.ok(net.id);
});
after(() => db.stop());

test('it is refused while a program has the store open', async () => {
  const radius = start(program('latchkey-radius'), ['-c', h.conf]);
  await radius.says(/radius\.ready/, 20000);
  await sleep(500);
  await refused(/in use: stop Latchkey/, 'db', 'move', '--to', 'pgsql');
  await radius.stop();
  assert.equal(await db.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'wifi_key'"), '0', 'nothing is left of it');
});

test('it is refused to where it is, and to nowhere', async () => {
  await refused(/there already/, 'db', 'move', '--to', 'sqlite');
  await refused(/sqlite or pgsql/, 'db', 'move', '--to', 'oracle');
  await refused(/usage/, 'db', 'move');
});

let moved;
test('every row arrives at the server, and the old file is nobody\'s store', async () => {
  const keys = await h.json('key', 'list');
  await must('sqlite3', [file(), 'PRAGMA wal_checkpoint(TRUNCATE)']);
  copyFileSync(file(), join(h.dir, 'was.db'));
  moved = await h.json('db', 'move', '--to', 'pgsql');
  assert.ok(moved.rows > 40 && moved.tables > 25, JSON.stringify(moved));
  assert.equal(moved.old, `${file()}.moved`);
  assert.ok(!existsSync(file()));
  await refused(/does not exist/, 'key', 'list');
  use('pgsql');
  assert.deepEqual(await h.json('key', 'list'), keys);
  assert.equal((await h.latchkey('audit', 'verify')).code, 0);
  assert.equal((await h.json('audit', 'list', '--limit', '1'))[0].act, 'store.move');
  assert.match((await h.latchkey('key', 'reveal', keys[0].id)).stdout, /passphrase/);
});

test('it is refused while a program has the server open', async () => {
  const radius = start(program('latchkey-radius'), ['-c', h.conf]);
  await radius.says(/radius\.ready/, 20000);
  await sleep(500);
  await refused(/connections of Latchkey are open/, 'db', 'move', '--to', 'sqlite');
  assert.ok(!existsSync(file()), 'nothing is left of it');
  await radius.stop();
});

test('a file in its way is left as it is', async () => {
  renameSync(`${file()}.moved`, file());
  const was = await rowsOf(file());
  await refused(/exists already/, 'db', 'move', '--to', 'sqlite');
  assert.deepEqual(await rowsOf(file()), was);
  renameSync(file(), `${file()}.moved`);
});

test('there and back is the same, but for what was recorded', async () => {
  await h.json('db', 'move', '--to', 'sqlite');
  await refused(/holds no Latchkey store/, 'key', 'list');
  use('sqlite');
  await must('sqlite3', [file(), 'PRAGMA wal_checkpoint(TRUNCATE)']);
  const was = await rowsOf(join(h.dir, 'was.db')), is = await rowsOf(file());
  assert.deepEqual(Object.keys(is), Object.keys(was));
  for (const t of Object.keys(was)) {
    if (['audit', 'chain', 'counter'].includes(t)) continue;
    assert.deepEqual(is[t], was[t], t);
  }
  assert.deepEqual(is.audit.slice(0, was.audit.length - 1), was.audit.slice(0, -1));
  assert.equal((await h.latchkey('audit', 'verify')).code, 0);
});

test('a value that cannot be is named, and nothing is moved', async () => {
  await db.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await must('sqlite3', ['-cmd', '.timeout 20000', file(), "UPDATE plan SET vlan = 'twenty' WHERE name = 'Slow'"]);
  await refused(/plan: a value of the wrong type in column vlan/, 'db', 'move', '--to', 'pgsql');
  assert.equal(await db.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), '0');
  await must('sqlite3', ['-cmd', '.timeout 20000', file(), "UPDATE plan SET vlan = 21 WHERE name = 'Slow'"]);
  assert.equal((await h.json('plan', 'list')).length, 2);
});

test('a row that reads back differently is found, and nothing is moved', async () => {
  const three = await house();
  writeFileSync(three.conf, readFileSync(three.conf, 'utf8').replace('store { ', `store { engine = "pgsql" url = "${db.url}" `));
  await three.json('init');
  // a database that was prepared, and bends what it is given
  await db.sql(`DELETE FROM meta; CREATE FUNCTION bend() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
    CREATE TRIGGER bend BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION bend()`);
  await refused(/person: row \d reads back differently in column name/, 'db', 'move', '--to', 'pgsql');
  assert.equal(await db.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), '0');
  assert.equal((await h.json('plan', 'list')).length, 2);
});

test('one that was killed on its way is done again', async () => {
  for (let ms = 0; ms < 1500; ms += 100) {
    const r = start(program('latchkey'), ['-c', h.conf, 'db', 'move', '--to', 'pgsql']);
    await sleep(ms);
    await r.stop('SIGKILL');
    if (!existsSync(file())) break;
    assert.equal((await h.json('plan', 'list')).length, 2, 'the old store is whole');
  }
  if (existsSync(file())) await h.json('db', 'move', '--to', 'pgsql');
  use('pgsql');
  assert.equal((await h.json('plan', 'list')).length, 2);
  assert.equal((await h.json('key', 'list')).length, 3);
});

test('`init` that was killed on its way is done again', async () => {
  const two = await house();
  let done = 0;
  for (let ms = 0; ms < 400; ms += 10) {
    for (const f of ['master.key', 'latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm'])
      rmSync(join(two.dir, f), { force: true });
    const r = start(program('latchkey'), ['-c', two.conf, 'init']);
    await sleep(ms);
    const { code } = await r.stop('SIGKILL');
    const again = await run(program('latchkey'), ['-c', two.conf, 'init']);
    if (again.code === 0) assert.match(again.stdout, /\/setup\//);
    else { assert.match(again.stderr, /exists already/); done++; }
    assert.equal((await two.latchkey('admin-link')).code, 0, again.stderr);
    if (code === 0 && done > 2) break;
  }
  assert.ok(done > 0);
});
