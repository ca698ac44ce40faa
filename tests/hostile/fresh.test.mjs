// S-20: what is there after `latchkey init`, before anybody did anything.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { house } from '../lib/house.mjs';
import { must } from '../lib/process.mjs';

test('S-20 nothing can sign in, ask or join after init but by its one link', async () => {
  const h = await house();
  const made = await h.json('init');
  const tables = (await must('python3', ['-c', `import sqlite3,sys
db = sqlite3.connect(sys.argv[1])
for (t,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
    print(t, db.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0])`, join(h.dir, 'latchkey.db')])).trim().split('\n');
  const rows = Object.fromEntries(tables.map((l) => l.split(' ')).map(([t, n]) => [t, Number(n)]));
  assert.ok(Object.keys(rows).length > 20, 'the schema is there');
  // its version, the head of the audit, the link and the record that it was made
  assert.deepEqual(Object.keys(rows).filter((t) => rows[t] > 0).sort(),
    ['audit', 'chain', 'counter', 'meta', 'schema_version', 'setup_link', 'turn']);
  for (const t of ['person', 'wifi_key', 'access_point', 'network', 'plan', 'rule'])
    assert.equal(rows[t], 0, t);
  for (const noun of ['network', 'plan', 'rule', 'ap', 'person', 'key', 'token'])
    assert.deepEqual(await h.json(noun, 'list'), [], noun);
  assert.match(made.admin_link, /\/setup\/[\w-]{43}$/);
  // no certificate, no key of anybody, and what is there is ours alone
  const files = readdirSync(h.dir).sort();
  assert.ok(!files.some((f) => /\.(pem|crt|p12)$/.test(f)), files.join());
  for (const f of files) assert.equal(statSync(join(h.dir, f)).mode & 0o007, 0, `${f} is for everybody`);
});

test('S-20 two installations have no secret in common', async () => {
  const [a, b] = [await house(), await house()];
  const one = await a.json('init'), two = await b.json('init');
  assert.notEqual(one.admin_link, two.admin_link);
  const words = (h) => new Set(readFileSync(join(h.dir, 'master.key'), 'utf8').split(/\s+/).filter((w) => w.length > 16));
  const mine = words(a), theirs = words(b);
  assert.ok(mine.size >= 2);
  for (const w of mine) assert.ok(!theirs.has(w), 'the same master key');
});

test('S-20 the sample configuration names files for secrets, and holds none', async () => {
  const h = await house();
  const { code, stdout } = await h.latchkey('check-config', '--sample', 'yes');
  assert.equal(code, 0);
  // every setting that holds a secret is the path of a file
  const set = stdout.split('\n').filter((l) => /^[#\s]*\w*(secret|password|private_key|master_key|token)\w* *=/.test(l));
  assert.ok(set.length >= 5, set.join('\n'));
  for (const l of set) assert.match(l, /= "(\/[^"]*|)"$/);
});
