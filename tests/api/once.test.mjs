// A portal is killed in the middle of a request that has an Idempotency-Key:
// it is not done twice, and not stuck for a day.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { must, program, run, start, until } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';
import { startPortal } from '../lib/whole.mjs';

let db, p, portal, token;
before(async () => {
  db = await pgsql('once');
  p = await startPortal({ store: `engine = "pgsql" url = "${db.url}"` });
  portal = p.portal;
  token = JSON.parse(await must(program('latchkey'), ['-c', p.conf, 'token', 'add', '--name', 'desk', '--scopes', 'people', '--json'])).token;
});
after(async () => { await portal?.stop(); await p?.stop(); await db?.stop(); });

const args = (once, name) => ['-sS', '-m', '30', '-w', '\n%{http_code}', '--cacert', p.ca, `${p.url}/api/v1/people`,
  '-H', `Authorization: Bearer ${token}`, '-H', `Idempotency-Key: ${once}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify({ name })];
async function add(once, name) {
  const [body, status] = (await must('curl', args(once, name))).split(/\n(?=\d+$)/);
  return { status: Number(status), body: JSON.parse(body) };
}
const people = (name) => db.sql(`SELECT count(*) FROM person WHERE name = '${name}'`);
const marks = (once) => db.sql(`SELECT status FROM idempotency WHERE name = '${once}'`);

// Every process of the portal, at once and without a word; then it starts anew.
async function killed() {
  const children = (await must('ps', ['-o', 'pid=', '--ppid', String(portal.child.pid)])).trim().split(/\s+/).map(Number);
  for (const pid of [portal.child.pid, ...children]) process.kill(pid, 'SIGKILL');
  await portal.exit;
  await until('its transactions to be undone', async () => (await db.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'latchkey'`)) === '');
  await db.sql('DROP FUNCTION hold() CASCADE');
  portal = start(program('latchkey-portal'), ['-c', p.conf]);
  await portal.says(/portal\.ready/, 20000);
}
// A request that does not come further than WHEN; the portal is killed there.
async function dies(once, name, when) {
  await db.sql(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(25); RETURN NEW; END';
    CREATE TRIGGER hold BEFORE ${when} EXECUTE FUNCTION hold()`);
  const asked = run('curl', args(once, name));
  await until('the request to be held up', async () => (await db.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")) === '1');
  await killed();
  assert.notEqual((await asked).code, 0);
}

test('killed before it was done: free after a minute, and done once', async () => {
  await dies('one', 'Ada', 'INSERT ON person FOR EACH ROW');
  assert.deepEqual([await people('Ada'), await marks('one')], ['0', '0']);
  const soon = await add('one', 'Ada');
  assert.equal(soon.status, 409);
  assert.match(soon.body.detail, /still being answered/);
  await db.sql("UPDATE idempotency SET created = created - 60 WHERE name = 'one'");
  assert.equal((await add('one', 'Ada')).status, 201);
  assert.equal((await add('one', 'Ada')).status, 201);
  assert.equal(await people('Ada'), '1');
});

test('killed after it was done, before the answer was kept: not done again', { skip: !process.env.LATCHKEY_LONG && 'LATCHKEY_LONG; api_test.c has it without a kill' }, async () => {
  await dies('two', 'Grace', 'UPDATE ON idempotency FOR EACH ROW WHEN (NEW.status > 1)');
  assert.deepEqual([await people('Grace'), await marks('two')], ['1', '1']);
  await db.sql("UPDATE idempotency SET created = created - 3600 WHERE name = 'two'");
  const late = await add('two', 'Grace');
  assert.equal(late.status, 409);
  assert.equal(late.body.code, 'exists');
  assert.match(late.body.detail, /carried out/);
  assert.equal(await people('Grace'), '1');
  assert.equal((await add('two', 'Grace Hopper')).status, 422);
});
