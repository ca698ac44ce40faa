// F-03: every file that a command writes, with each of its calls to the disk
// failing once: the error names the file and what the disk said, what was there
// before is there as it was, nothing half-made is left, and the next try
// succeeds. Of the calls that SQLite makes on its files a few, as power_test has
// all of them; LATCHKEY_LONG=1 takes every one, and more ways to fail.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { constants } from 'node:os';
import { join } from 'node:path';
import { must, program, run, scratch, start, top } from '../lib/process.mjs';

const { ENOSPC, EIO, EROFS, EDQUOT } = constants.errno;
const long = Boolean(process.env.LATCHKEY_LONG);
const said = { [ENOSPC]: /No space left/, [EIO]: /Input\/output error/, [EROFS]: /Read-only file system/, [EDQUOT]: /quota exceeded/ };
// SQLite has words of its own for some
const sqlite = /disk is full|disk I\/O error|readonly database|unable to open/;
const isDb = (call) => /\.db(\.prepared|\.restoring)*(-wal|-shm|-journal)?$/.test(call);
const dir = scratch('writes', '/dev/shm'), // thousands of commands wait for no disk
  at = join(dir, 'at'), good = join(dir, 'good'), library = join(dir, 'bad.so');
const file = (name) => join(at, name);
const read = (name) => createHash('sha256').update(readFileSync(file(name))).digest('hex');

const latchkey = (args, env = {}) => run(program('latchkey'), ['-c', file('latchkey.conf'), ...args],
  { env: { ...process.env, ...env } });
const sound = async (db) => (await must('sqlite3', [file(db), 'PRAGMA integrity_check'])).trim() === 'ok';
const people = async (db) => Number(await must('sqlite3', [file(db), 'SELECT count(*) FROM person']));

before(async () => {
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(top, 'tests/lib/bad_disk.c')]);
  mkdirSync(at);
  writeFileSync(file('latchkey.conf'), `store { path = "${file('latchkey.db')}" }\nkeys { master_key = "${file('master.key')}" }\n`);
  const done = async (...args) => { const r = await latchkey(args); assert.equal(r.code, 0, r.stderr); };
  await done('init');
  await done('network', 'add', '--ssid', 'Campus');
  await done('plan', 'add', '--name', 'Staff', '--network', 'Campus');
  await done('person', 'add', '--name', 'Ada');
  await done('key', 'issue', '--person', 'Ada', '--plan', 'Staff');
  await done('backup', file('older.db'));
  await done('person', 'add', '--name', 'Bob');
  await done('export', '--network', 'Campus', '--out', file('psk'));
  await done('key', 'issue', '--person', 'Bob', '--plan', 'Staff');
  await must('sqlite3', [file('latchkey.db'), 'PRAGMA wal_checkpoint(TRUNCATE)']);
  cpSync(at, good, { recursive: true });
});

function fresh(empty) {
  rmSync(at, { recursive: true, force: true });
  if (empty) mkdirSync(at);
  else cpSync(good, at, { recursive: true });
}

// Names that differ from run to run are one: master.key.1f00ba12
const plain = (line) => line.replace(/\.key\.[0-9a-f]{8}$/, '.key.*');

// Which of the CALLS to fail: [{n, call}].
function chosen(calls) {
  const by = new Map();
  calls.forEach((call, i) => by.set(call, [...by.get(call) ?? [], i + 1]));
  const some = (call, all) => (isDb(call) ? (/^(write|fsync) .*(db|restoring|prepared)$/.test(call) ? [all[0]]
    : call === 'open latchkey.db' ? [...new Set([all[0], all.at(-1)])]
      : call === 'write latchkey.db-wal' ? [all.at(-1)] : [])
    : /^close/.test(call) ? [] : [...new Set([all[0], all.at(-1)])]);
  return [...by].flatMap(([call, all]) => (long ? all : some(call, all)).map((n) => ({ n, call })));
}

// ACT is {args, empty, first, is, was, may, after, there}: the command; whether it
// starts with nothing; what is to be made before; what is true once it has
// succeeded; what stays as it was when it has not; which names it may leave; what
// it says when it was done all the same, and what is true then.
async function sweep(t, act) {
  const list = join(dir, 'list'), env = { LD_PRELOAD: library, BAD_DISK_DIR: at };
  const counts = { refused: 0, done: 0 };
  fresh(act.empty);
  rmSync(list, { force: true });
  await act.first?.();
  const clean = await latchkey(act.args, { ...env, BAD_DISK_LIST: list });
  assert.equal(clean.code, 0, clean.stderr);
  assert.ok(await act.is(clean));
  const calls = readFileSync(list, 'utf8').replaceAll(`${at}/`, '').trim().split('\n').map(plain);
  const hows = long ? [ENOSPC, EIO, EROFS, EDQUOT, -1] : [ENOSPC];
  for (const { n, call } of chosen(calls))
    for (const how of hows) {
      const what = `${act.args[0]}: call ${n}, ${call}, fails with ${how}`;
      fresh(act.empty);
      await act.first?.();
      const names = readdirSync(at), was = await act.was();
      const r = await latchkey(act.args, { ...env, BAD_DISK_AT: String(n), BAD_DISK_HOW: String(how) });
      if (r.code === 0) { // it did not need that call, or made it again
        counts.done++;
        assert.ok(await act.is(r), `${what}: it says that it is done`);
        continue;
      }
      counts.refused++;
      assert.ok([1, 2, 78].includes(r.code), `${what}: exit ${r.code}`);
      assert.ok(r.stderr.includes(at), `${what}: which file? ${r.stderr}`);
      if (how > 0) assert.match(r.stderr, isDb(call) ? new RegExp(`${said[how].source}|${sqlite.source}`) : said[how], what);
      if (act.after?.test(r.stderr)) { // all was done but the last of it
        assert.ok(act.there ? await act.there() : await act.is(r), what);
        continue;
      }
      assert.deepEqual(await act.was(), was, what);
      assert.deepEqual(readdirSync(at).filter((f) => !names.includes(f) && !act.may?.test(f)), [], what);
      const next = await latchkey(act.args);
      assert.equal(next.code, 0, `${what}, then: ${next.stderr}`);
      assert.ok(await act.is(next), `${what}, then it says that it is done`);
    }
  t.diagnostic(`${act.args[0]}: ${calls.length} calls, ${counts.refused} failures said, ${counts.done} without effect`);
  assert.ok(counts.refused > 0);
}

test('export: the file of before, or the new one', (t) => sweep(t, {
  args: ['export', '--network', 'Campus', '--out', file('psk')],
  is: () => readFileSync(file('psk'), 'utf8').split('\n').length === 3,
  was: () => read('psk'),
  may: /-(wal|shm)$/,
}));

test('backup: a whole one, or none', (t) => sweep(t, {
  args: ['backup', file('copy.db')],
  is: async () => await sound('copy.db') && await people('copy.db') === 2,
  was: () => existsSync(file('copy.db')),
  may: /-(wal|shm)$/,
}));

test('restore: the store of before, or the one of the backup', (t) => sweep(t, {
  args: ['restore', file('older.db')],
  is: async () => await sound('latchkey.db') && await people('latchkey.db') === 1,
  was: async () => [await sound('latchkey.db'), await people('latchkey.db'), read('older.db')],
  after: /latchkey.db is in place, but the disk may not have it yet/,
  may: /-(wal|shm)$/,
}));

test('ring rotate: every row opens, whatever failed', (t) => sweep(t, {
  args: ['ring', 'rotate', '--wait', '0'],
  is: async () => (await latchkey(['doctor'])).stdout.includes('master key: 1 in the ring')
    && (await latchkey(['export', '--network', 'Campus'])).stdout.split('\n').length === 3,
  was: () => null, // it goes on where it was cut short
  may: /-(wal|shm)$/,
}));

test('import: what was made is in the result, or it is said that it is not', (t) => sweep(t, {
  args: ['person', 'import', file('people.csv'), '--result', file('result.csv')],
  first: () => writeFileSync(file('people.csv'), 'name,email\nKim,kim@example.org\nMax,max@example.org\n'),
  is: async () => await people('latchkey.db') === 4 && readFileSync(file('result.csv'), 'utf8').trim().split('\n').length === 3,
  was: () => existsSync(file('result.csv')),
  after: /result.csv: .*: not all of the result is in it, but the rows were imported/,
  there: async () => await people('latchkey.db') === 4,
  may: /-(wal|shm)$/,
}));

test('init: all of it, or it goes on where it was', (t) => sweep(t, {
  args: ['init'], empty: true,
  first: () => writeFileSync(file('latchkey.conf'), readFileSync(join(good, 'latchkey.conf'))),
  is: async (r) => r.stdout.includes('/setup/') && await sound('latchkey.db'),
  was: () => readFileSync(file('latchkey.conf'), 'utf8'),
  after: /all was made but the link/,
  there: async () => (await latchkey(['admin-link'])).stdout.includes('/setup/'),
  may: /^master\.key$|^latchkey\.db$|-(wal|shm)$/,
}));

test('what is asked for and reaches nobody was not done', { skip: !existsSync('/dev/full') }, async () => {
  fresh();
  for (const args of ['network list', 'export --network Campus', 'doctor --json', 'help'].map((a) => a.split(' '))) {
    const full = openSync('/dev/full', 'w');
    const r = start(program('latchkey'), ['-c', file('latchkey.conf'), ...args], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    assert.equal((await r.exit).code, 1, args.join(' '));
    assert.match(r.output, /standard output cannot be written/, args.join(' '));
  }
});
