// F-03: `latchkey db move`, there and back, with each call to the disk and to
// the server failing once: it says what failed, the old store is whole and still
// the store, nothing is where the new one was to be, and the next try succeeds.
// `latchkey audit export` into a file that stops taking octets anywhere.
// LATCHKEY_LONG=1 takes more calls and more ways to fail.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pgsql } from '../lib/pgsql.mjs';
import { must, program, run, scratch, top } from '../lib/process.mjs';

const { ENOSPC, EIO, ECONNRESET, EINTR } = constants.errno;
const long = Boolean(process.env.LATCHKEY_LONG);
const dir = scratch('moving'), at = join(dir, 'at'), good = join(dir, 'good'), library = join(dir, 'bad.so');
const file = (name) => join(at, name);
let db;

const conf = (engine) => `store { engine = "${engine}" path = "${file('latchkey.db')}" url = "${db.url}" }
keys { master_key = "${file('master.key')}" }\n`;
const latchkey = (engine, args, env = {}) => {
  writeFileSync(file('latchkey.conf'), conf(engine));
  return run(program('latchkey'), ['-c', file('latchkey.conf'), ...args], { env: { ...process.env, ...env } });
};
const whole = async (engine) => {
  const people = await latchkey(engine, ['person', 'list', '--json']);
  return people.code === 0 && JSON.parse(people.stdout).length === 2
    && (await latchkey(engine, ['audit', 'verify'])).code === 0;
};
const tables = () => db.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").then(Number);

before(async () => {
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(top, 'tests/lib/bad_disk.c')]);
  db = await pgsql('moving', { settings: { fsync: 'off' } });
  mkdirSync(at);
  const done = async (...args) => { const r = await latchkey('sqlite', args); assert.equal(r.code, 0, r.stderr); };
  await done('init');
  await done('network', 'add', '--ssid', 'Campus');
  for (const name of ['Ada', 'Bob']) await done('person', 'add', '--name', name);
  await must('sqlite3', [file('latchkey.db'), 'PRAGMA wal_checkpoint(TRUNCATE)']);
  cpSync(at, good, { recursive: true });
}, { timeout: 60000 });
after(() => db?.stop());

const empty = () => db.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
async function inFile() {
  await empty();
  rmSync(at, { recursive: true, force: true });
  cpSync(good, at, { recursive: true });
}
async function onServer() {
  await inFile();
  const r = await latchkey('sqlite', ['db', 'move', '--to', 'pgsql']);
  assert.equal(r.code, 0, r.stderr);
  rmSync(file('latchkey.db.moved'));
}

// Of each kind of call the first, the middle one and the last; of some kinds one.
const some = { pgsql: { 'send a socket': 0.5, 'rename latchkey.db': 0 }, sqlite: { 'write latchkey.db-wal': 1 } };
function chosen(to, calls) {
  const by = new Map();
  calls.forEach((call, i) => by.set(call, [...by.get(call) ?? [], i + 1]));
  return [...by].flatMap(([call, all]) => (long ? [0, 0.5, 1] : [some[to][call]].filter((part) => part !== undefined))
    .map((part) => ({ n: all[Math.round((all.length - 1) * part)], call })));
}

async function sweep(t, from, to, prepare, nothing) {
  const list = join(dir, 'list'), env = { LD_PRELOAD: library, BAD_DISK_DIR: at, BAD_DISK_NET: '1' };
  const counts = { refused: 0, done: 0 };
  await prepare();
  rmSync(list, { force: true });
  const clean = await latchkey(from, ['db', 'move', '--to', to], { ...env, BAD_DISK_LIST: list });
  assert.equal(clean.code, 0, clean.stderr);
  const calls = readFileSync(list, 'utf8').replaceAll(`${at}/`, '').trim().split('\n');
  for (const { n, call } of chosen(to, calls))
    for (const how of call.endsWith('a socket') ? (long ? [ECONNRESET, EINTR, -1] : [ECONNRESET]) : (long ? [ENOSPC, EIO, -1] : [ENOSPC])) {
      const what = `move to ${to}: call ${n} of ${calls.length}, ${call}, fails with ${how}`;
      await prepare();
      const r = await latchkey(from, ['db', 'move', '--to', to], { ...env, BAD_DISK_AT: String(n), BAD_DISK_HOW: String(how) });
      if (r.code === 0) {
        counts.done++;
        assert.ok(await whole(to), `${what}: it says that it is done`);
        continue;
      }
      counts.refused++;
      assert.ok([1, 2, 78].includes(r.code), `${what}: exit ${r.code}`);
      if (process.env.SAY) console.log(what, r.stderr.trim());
      if (/is moved, but/.test(r.stderr)) {
        assert.ok(await whole(to), what);
        continue;
      }
      assert.match(r.stderr, call.endsWith('a socket') ? /server/ : /latchkey\.db|master\.key/, what);
      assert.ok(await nothing(), `${what}: nothing is left at the new place`);
      assert.ok(await whole(from), `${what}: the old store is whole`);
      const next = await latchkey(from, ['db', 'move', '--to', to]);
      assert.equal(next.code, 0, `${what}, then: ${next.stderr}`);
      assert.ok(await whole(to), `${what}, then it says that it is done`);
    }
  t.diagnostic(`move to ${to}: ${calls.length} calls, ${counts.refused} failures said, ${counts.done} without effect`);
  assert.ok(counts.refused > 0);
}

test('a file to a server', (t) => sweep(t, 'sqlite', 'pgsql', inFile, async () => await tables() === 0));

test('a server to a file', (t) => sweep(t, 'pgsql', 'sqlite', onServer,
  () => !readdirSync(at).some((f) => /^latchkey\.db/.test(f))));

test('audit export: a file that takes so many octets and no more', { skip: !existsSync('/usr/bin/prlimit') }, async () => {
  await onServer(); // which writes no file itself
  writeFileSync(file('latchkey.conf'), conf('pgsql'));
  const out = join(dir, 'audit.jsonl');
  const exported = (most) => run('/bin/sh', ['-c', `trap '' XFSZ; exec prlimit --fsize=${most} "$0" -c "$1" audit export > "$2"`,
    program('latchkey'), file('latchkey.conf'), out]);
  assert.equal((await exported(1 << 20)).code, 0);
  const all = readFileSync(out, 'utf8');
  assert.match(all, /\n\{"head":"[0-9a-f]{64}","seq":\d+\}\n$/);
  for (const most of [0, 1, all.length >> 1, all.length - 1]) {
    const r = await exported(most);
    assert.equal(r.code, 1, `${most} octets`);
    assert.match(r.stderr, /standard output cannot be written: File too large/, `${most} octets`);
    assert.ok(all.startsWith(readFileSync(out, 'utf8')), 'what is there is the beginning of it');
  }
  assert.equal((await exported(all.length)).code, 0);
  assert.equal(readFileSync(out, 'utf8'), all);
});
