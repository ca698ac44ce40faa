// `latchkey` against a real store: what it makes, changes, refuses and says.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { house } from '../lib/house.mjs';
import { program, run, top } from '../lib/process.mjs';

const SECRET = 'an-rather-long-shared-secret';

// A house with a network, a plan, a rule, an access point and a person.
async function furnished() {
  const h = await house();
  assert.equal((await h.latchkey('init')).code, 0);
  await h.json('network', 'add', '--ssid', 'Campus', '--time_zone', 'Europe/Berlin');
  await h.json('plan', 'add', '--name', 'Staff', '--network', 'Campus', '--vlan', '20');
  await h.json('rule', 'add', '--value', 'staff', '--plan', 'Staff');
  await h.json('ap', 'add', '--name', 'Hall', '--address', '127.0.0.1', '--secret_file', h.file('ap.secret', `${SECRET}\n`));
  await h.json('person', 'add', '--name', 'Ada Lovelace', '--mail', 'ada@example.org');
  return h;
}

// Exit code CODE, nothing on standard output, and WORDS on standard error.
async function refused(h, code, words, ...args) {
  const r = await h.latchkey(...args);
  assert.equal(r.code, code, `${args.join(' ')}: ${r.stderr}`);
  assert.match(r.stderr, words);
  assert.equal(r.stdout, '');
}

test('init makes key and store once, and prints one link', async () => {
  const h = await house();
  await refused(h, 1, /master key .* missing.*latchkey init/, 'network', 'list');
  const first = await h.json('init');
  assert.match(first.admin_link, /^https:\/\/wifi\.example\.org\/setup\/[A-Za-z0-9_-]{43}$/);
  assert.equal(statSync(join(h.dir, 'master.key')).mode & 0o777, 0o600);
  assert.equal(statSync(join(h.dir, 'latchkey.db')).mode & 0o007, 0);
  const key = readFileSync(join(h.dir, 'master.key'), 'utf8');
  const again = await h.latchkey('init');
  assert.equal(again.code, 1);
  assert.doesNotMatch(again.stdout, /setup/);
  assert.equal(readFileSync(join(h.dir, 'master.key'), 'utf8'), key);
  // the link is stored as a hash only
  const token = first.admin_link.split('/').pop();
  assert.ok(!readFileSync(join(h.dir, 'latchkey.db')).includes(token));
  const another = await h.json('admin-link');
  assert.notEqual(another.admin_link, first.admin_link);
});

test('init gives each program what is its own', { skip: process.getuid() !== 0 && 'needs root' }, async () => {
  const h = await house();
  const text = readFileSync(h.conf, 'utf8').replace('portal {', 'portal { user = "nobody"').replace('radius {', 'radius { user = "daemon"');
  writeFileSync(h.conf, text, { mode: 0o600 });
  assert.equal((await h.latchkey('init')).code, 0);
  const id = async (...args) => Number((await run('id', args)).stdout);
  const store = statSync(join(h.dir, 'latchkey.db')), key = statSync(join(h.dir, 'master.key')), conf = statSync(h.conf);
  assert.deepEqual([store.uid, store.gid], [await id('-u', 'nobody'), await id('-g', 'nobody')], 'the store is the portal\'s');
  assert.deepEqual([key.uid, key.gid, key.mode & 0o777], [0, await id('-g', 'daemon'), 0o640], 'the master key is read by the responder');
  assert.equal(conf.gid, await id('-g', 'nobody'));
});

test('a configuration that is not there is made for init, and refused by the rest', async () => {
  const h = await house();
  rmSync(h.conf);
  for (const args of [['check-config'], ['network', 'list'], ['run'], ['restore', '/x']])
    await refused(h, 78, /latchkey\.conf/, ...args);
});

test('check-config names file, line and what was expected (F-12)', async () => {
  const h = await house();
  for (const [text, words] of [
    ['portal {\n  pots = 1\n}\n', /latchkey\.conf:2: .*pots/],
    ['portal {\n  port = 0\n}\n', /latchkey\.conf:2: .*port.*1.*65535/],
    ['portal {\n  port = 1\n', /latchkey\.conf:\d: /],
    ['portal {\n  port = 1\n  port = 2\n}\n', /latchkey\.conf:3: .*port/],
  ]) {
    writeFileSync(h.conf, text);
    await refused(h, 78, words, 'check-config');
  }
});

test('check-config wants every file to be there', async () => {
  const h = await house();
  await refused(h, 78, /cert\.pem/, 'check-config');
  await h.latchkey('init');
  h.file('cert.pem', 'x'); h.file('key.pem', 'x');
  assert.equal((await h.latchkey('check-config')).code, 0);
  const shown = await h.latchkey('check-config', '--show', 'yes');
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, new RegExp(`\\n\tport = ${h.port}\n`));
  writeFileSync(h.conf, shown.stdout); // what is shown is a configuration itself
  assert.equal((await h.latchkey('check-config', '--show', 'yes')).stdout, shown.stdout);
  chmodSync(join(h.dir, 'key.pem'), 0o604);
  await refused(h, 78, /key\.pem/, 'check-config');
});

test('the sample is a configuration', async () => {
  const h = await house();
  const sample = await h.latchkey('check-config', '--sample', 'yes');
  assert.equal(sample.code, 0);
  writeFileSync(h.conf, sample.stdout);
  const r = await h.latchkey('check-config');
  assert.equal(r.code, 78); // readable, but its files are not there
  assert.doesNotMatch(r.stderr, /latchkey\.conf:\d/);
});

test('wrong usage ends with 2 and says what would be right', async () => {
  const h = await furnished();
  for (const [words, ...args] of [
    [/there is no nework/, 'nework', 'list'],
    [/no such verb/, 'network', 'lst'],
    [/usage: latchkey network show/, 'network', 'show'],
    [/no option --colour/, 'network', 'list', '--colour', 'red'],
    [/--name is there twice/, 'network', 'set', 'Campus', '--name', 'a', '--name', 'b'],
    [/a value was expected/, 'network', 'add', '--ssid'],
    [/usage: latchkey key revoke/, 'key', 'revoke'],
    [/active, suspended or ended/, 'person', 'state', 'Ada Lovelace', 'gone'],
    [/go together/, 'audit', 'verify', '--seq', '1'],
    [/number from 1/, 'audit', 'list', '--limit', '0'],
    [/usage: latchkey backup/, 'backup'],
  ])
    await refused(h, 2, words, ...args);
});

test('what is given is checked, by field, and nothing is changed', async () => {
  const h = await furnished();
  const before = await Promise.all(['network', 'plan', 'rule', 'ap', 'person'].map((n) => h.json(n, 'list')));
  for (const [words, ...args] of [
    [/^latchkey: ssid: /, 'network', 'add', '--ssid', 'x'.repeat(33)],
    [/^latchkey: ssid: /, 'network', 'add'],
    [/^latchkey: time_zone: .*Europe\/Berlin/, 'network', 'add', '--ssid', 'New', '--time_zone', 'Mars'],
    [/^latchkey: security: .*wpa2/, 'network', 'add', '--ssid', 'New', '--security', 'wep'],
    [/^latchkey: vlan: /, 'plan', 'add', '--name', 'P', '--network', 'Campus', '--vlan', '4095'],
    [/^latchkey: vlan: /, 'plan', 'set', 'Staff', '--vlan', '-1'],
    [/^latchkey: network: .*Nowhere/, 'plan', 'add', '--name', 'P', '--network', 'Nowhere'],
    [/^latchkey: schedule: /, 'plan', 'set', 'Staff', '--schedule', 'always'],
    [/^latchkey: lifetime_at: .*2026-12-24/, 'plan', 'set', 'Staff', '--lifetime_at', '24.12.2026'],
    [/^latchkey: plan: .*None/, 'rule', 'add', '--value', 'x', '--plan', 'None'],
    [/^latchkey: address: /, 'ap', 'add', '--name', 'B', '--address', '192.0.2.7/24', '--secret_file', join(h.dir, 'ap.secret')],
    [/^latchkey: secret_file: /, 'ap', 'add', '--name', 'B', '--address', '192.0.2.7'],
    [/there is no network called Nowhere/, 'network', 'show', 'Nowhere'],
    [/There is no person called Bob/, 'person', 'show', 'Bob'],
    [/no option --colour/, 'network', 'set', 'Campus', '--name', 'Other', '--colour', 'red'],
  ])
    await refused(h, 1, words, ...args);
  const after = await Promise.all(['network', 'plan', 'rule', 'ap', 'person'].map((n) => h.json(n, 'list')));
  assert.deepEqual(after, before);
});

test('set changes what is named and nothing else; remove removes', async () => {
  const h = await furnished();
  const before = await h.json('plan', 'show', 'Staff');
  const after = await h.json('plan', 'set', 'Staff', '--vlan=30', '--rate_down', '50000');
  assert.deepEqual(after, { ...before, vlan: 30, rate_down: 50000, version: before.version + 1 });
  assert.deepEqual(await h.json('plan', 'show', after.id), after);
  // what names another noun is taken away by an empty name, unless it is needed
  const slow = await h.json('plan', 'add', '--name', 'Slow', '--network', 'Campus');
  assert.equal((await h.json('plan', 'set', 'Staff', '--quota', '1000', '--quota_period', 'day', '--quota_plan', 'Slow')).quota_plan, slow.id);
  assert.ok(!(await h.json('plan', 'set', 'Staff', '--quota', '0', '--quota_plan', '')).quota_plan);
  await refused(h, 1, /^latchkey: network: must be given/, 'plan', 'set', 'Staff', '--network', '');
  const r = await h.latchkey('network', 'remove', 'Campus');
  assert.equal(r.code, 1, 'plans depend on it');
  const [rule] = await h.json('rule', 'list');
  assert.equal((await h.latchkey('rule', 'remove', rule.id)).code, 0);
  assert.deepEqual(await h.json('rule', 'list'), []);
  assert.equal((await h.latchkey('ap', 'remove', 'Hall')).code, 0);
  assert.equal((await h.latchkey('ap', 'show', 'Hall')).code, 1);
});

test('secrets come from a private file or standard input, never from arguments', async () => {
  const h = await furnished();
  const ap = (name, file, options = {}) => h.latchkey('ap', 'add', '--name', name, '--address', '192.0.2.9', '--secret_file', file, options);
  assert.match((await ap('A', h.file('open', SECRET, 0o644))).stderr, /chmod|everybody|others/);
  assert.match((await ap('A', join(h.dir, 'none'))).stderr, /none/);
  assert.equal((await ap('A', h.file('short', 'fifteen-octets!'))).code, 1);
  assert.equal((await ap('A', h.file('empty', '\n'))).code, 1);
  assert.equal((await ap('A', '-', { input: '' })).code, 1);
  assert.deepEqual((await h.json('ap', 'list')).map((a) => a.name), ['Hall']);
  assert.equal((await ap('A', '-', { input: `${SECRET}\n` })).code, 0);
  for (const f of ['latchkey.db', 'latchkey.db-wal'])
    if (existsSync(join(h.dir, f))) assert.ok(!readFileSync(join(h.dir, f)).includes(SECRET), f);
});

test('a key is issued, masked, revealed, rotated, suspended, restored and revoked', async () => {
  const h = await furnished();
  const issued = await h.json('key', 'issue', '--person', 'ada@example.org', '--plan', 'Staff', '--name', 'Laptop');
  assert.equal(issued.standing, 'active');
  const shown = await h.latchkey('key', 'reveal', issued.id);
  const passphrase = shown.stdout.match(/[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}/)?.[0];
  assert.ok(passphrase, shown.stdout);
  for (const args of [['key', 'list'], ['key', 'show', issued.id], ['audit', 'list'], ['person', 'show', 'Ada Lovelace']])
    for (const r of [await h.latchkey(...args), await h.latchkey(...args, '--json')])
      assert.ok(r.code === 0 && !r.stdout.includes(passphrase), args.join(' '));
  const acts = await h.json('audit', 'list', '--act', 'key.reveal');
  assert.equal(acts.length, 1);
  assert.equal(acts[0].id, issued.id);

  const standing = async (id) => (await h.json('key', 'show', id)).standing;
  assert.equal((await h.latchkey('key', 'suspend', issued.id, '--reason', 'lost')).code, 0);
  assert.equal(await standing(issued.id), 'suspended');
  assert.equal((await h.latchkey('key', 'restore', issued.id)).code, 0);
  assert.equal(await standing(issued.id), 'active');
  assert.equal((await h.latchkey('key', 'extend', issued.id, '--not_after', '2098-01-01')).code, 0);
  assert.equal((await h.json('key', 'show', issued.id)).not_after, '2098-01-01T00:00:00Z');
  assert.equal((await h.latchkey('key', 'extend', issued.id, '--not_after', 'never')).code, 0);
  const next = await h.json('key', 'rotate', issued.id, '--overlap', '0s');
  assert.notEqual(next.id, issued.id);
  assert.notEqual(await standing(issued.id), 'active');
  assert.equal((await h.latchkey('key', 'revoke', next.id)).code, 0);
  assert.equal(await standing(next.id), 'revoked');
  await refused(h, 1, /./, 'key', 'restore', next.id);
  await refused(h, 1, /id of a password was expected/, 'key', 'show', 'Laptop');
  await refused(h, 1, /no such password/, 'key', 'show', '00000000000000000000000000');
  assert.equal((await h.json('audit', 'verify')).audit, 'whole');
});

test('a person who is suspended gets no key', async () => {
  const h = await furnished();
  assert.equal((await h.latchkey('person', 'state', 'Ada Lovelace', 'suspended', '--reason', 'rent')).code, 0);
  await refused(h, 1, /the person is suspended: rent/, 'key', 'issue', '--person', 'Ada Lovelace', '--plan', 'Staff');
  assert.deepEqual(await h.json('key', 'list'), []);
});

test('the audit shows what was done to it', async () => {
  const h = await furnished();
  const whole = await h.json('audit', 'verify');
  assert.equal(whole.audit, 'whole');
  assert.match(whole.head, /^[0-9a-f]{64}$/);
  const same = await h.json('audit', 'verify', '--head', whole.head, '--seq', String(whole.seq));
  assert.equal(same.audit, 'whole');
  const other = await h.latchkey('audit', 'verify', '--head', '0'.repeat(64), '--seq', String(whole.seq), '--json');
  assert.equal(other.code, 1);
});

test('a backup opens with its key only, and what was revoked later stays so (S-07)', async () => {
  const h = await furnished();
  const key = await h.json('key', 'issue', '--person', 'Ada Lovelace', '--plan', 'Staff');
  const copy = join(h.dir, 'copy.db');
  assert.equal((await h.latchkey('backup', copy)).code, 0);
  assert.equal(statSync(copy).mode & 0o077, 0);
  await refused(h, 1, /./, 'backup', copy); // never over a file
  assert.equal((await h.latchkey('key', 'revoke', key.id)).code, 0);
  await h.json('network', 'add', '--ssid', 'Later');
  const r = await h.json('restore', copy);
  assert.ok(r.carried_over >= 1);
  assert.equal((await h.json('key', 'show', key.id)).standing, 'revoked');
  assert.deepEqual((await h.json('network', 'list')).map((n) => n.ssid), ['Campus']);
  await refused(h, 1, /./, 'restore', join(h.dir, 'none.db'));
  await refused(h, 1, /./, 'restore', h.file('junk.db', 'junk'.repeat(5000)));

  const other = await house();
  await other.latchkey('init');
  copyFileSync(copy, join(other.dir, 'copy.db'));
  await refused(other, 1, /key/i, 'restore', join(other.dir, 'copy.db'));
  assert.deepEqual(await other.json('network', 'list'), []);
});

test('a wrong, open or missing master key is named, and never replaced (S-04)', async () => {
  const h = await furnished();
  const file = join(h.dir, 'master.key'), good = readFileSync(file);
  chmodSync(file, 0o644);
  const open = await h.latchkey('network', 'list');
  assert.ok(open.code === 1 || open.code === 78);
  assert.match(open.stderr, /chmod/);
  rmSync(file);
  await refused(h, 1, /missing/, 'network', 'list');
  assert.ok(!existsSync(file));
  const other = await house();
  await other.latchkey('init');
  copyFileSync(join(other.dir, 'master.key'), file);
  chmodSync(file, 0o600);
  await refused(h, 1, /key/i, 'network', 'list');
  writeFileSync(file, good, { mode: 0o600 });
  assert.equal((await h.latchkey('network', 'list')).code, 0);
});

test('doctor finds what is wrong and says how to mend it', async () => {
  const h = await house();
  const nothing = await h.latchkey('doctor');
  assert.equal(nothing.code, 1);
  assert.match(nothing.stdout, /WRONG master key: .*latchkey init/);
  await h.latchkey('init');
  const fresh = await h.latchkey('doctor');
  assert.match(fresh.stdout, /WRONG networks: 0; add one/);
  assert.match(fresh.stdout, /ok +store: /);
  const found = JSON.parse((await h.latchkey('doctor', '--json')).stdout);
  assert.ok(found.some((f) => f.ok && f.text.startsWith('store: ')));
  assert.ok(found.some((f) => !f.ok && f.text.startsWith('networks: 0')));
});

test('help, version and limits need nothing', async () => {
  const bare = (...args) => run(program('latchkey'), args);
  assert.match((await bare('help')).stdout, /usage: latchkey/);
  assert.match((await bare('help', 'key')).stdout, /key reveal/);
  assert.doesNotMatch((await bare('help', 'key')).stdout, /network add/);
  assert.match((await bare('plan', 'add', '--help')).stdout, /--vlan/);
  assert.match((await bare('version')).stdout, /\d+\.\d+\.\d+/);
  const limits = await bare('limits', '--json');
  assert.equal(limits.code, 0);
  const named = Object.keys(JSON.parse(limits.stdout));
  const bounds = readFileSync(join(top, 'core/model/bounds.h'), 'utf8').match(/^\t[A-Z_]+(?= = )/gm).map((b) => b.trim());
  const inside = ['HTTP_ARGS_MAX', 'THROTTLE_PLACES']; // nobody meets them
  assert.ok(bounds.length > 30);
  assert.deepEqual(bounds.filter((b) => !named.includes(b) && !inside.includes(b)), []);
});
