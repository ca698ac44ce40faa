// Passwords as files: what hostapd reads, kept fresh, at most five thousand.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { house } from '../lib/house.mjs';
import { program, until } from '../lib/process.mjs';

async function furnished() {
  const h = await house();
  assert.equal((await h.latchkey('init')).code, 0);
  await h.json('network', 'add', '--ssid', 'Campus');
  await h.json('plan', 'add', '--name', 'Staff', '--network', 'Campus', '--vlan', '20');
  await h.json('plan', 'add', '--name', 'Lab', '--network', 'Campus', '--vlan', '30', '--ap-groups', 'lab');
  await h.json('plan', 'add', '--name', 'Known', '--network', 'Campus', '--binding', 'registered');
  for (const name of ['Ada', 'Bob', 'Eve', 'Kim']) await h.json('person', 'add', '--name', name);
  return h;
}

// hostapd with a driver that has no radio: it reads all its files, and says
// which line of one it cannot read.
async function hostapd(h, psk, vlans) {
  const conf = h.file('hostapd.conf', `interface=lo\ndriver=none\nssid=Campus\nhw_mode=g\nchannel=1\nwpa=2
wpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_psk_file=${psk}\n${vlans ? `dynamic_vlan=1\nvlan_file=${vlans}\n` : ''}`);
  const child = spawn('/usr/sbin/hostapd', ['-dd', conf], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (d) => { said += d; });
  child.stderr.on('data', (d) => { said += d; });
  const ended = new Promise((r) => { child.on('exit', r); });
  await until('hostapd to have read them', () => /AP-ENABLED|rror|nvalid|nterface initialization failed/.test(said) || child.exitCode !== null, 10000);
  child.kill('SIGTERM');
  await ended;
  return said;
}

test('a psk file holds what works, and hostapd itself reads it', { skip: !existsSync('/usr/sbin/hostapd') }, async () => {
  const h = await furnished();
  const ada = await h.json('key', 'issue', '--person', 'Ada', '--plan', 'Staff');
  const bob = await h.json('key', 'issue', '--person', 'Bob', '--plan', 'Lab');
  const eve = await h.json('key', 'issue', '--person', 'Eve', '--plan', 'Staff');
  const kim = await h.json('key', 'issue', '--person', 'Kim', '--plan', 'Known');
  await h.json('device', 'add', kim.id, '02:aa:00:00:00:01');
  await h.latchkey('key', 'suspend', eve.id);
  const psk = join(h.dir, 'psk'), vlans = join(h.dir, 'vlans');
  for (const [form, out] of [['psk-file', psk], ['vlan-file', vlans]])
    assert.equal((await h.latchkey('export', '--network', 'Campus', '--form', form, '--out', out)).code, 0);
  assert.equal(statSync(psk).mode & 0o777, 0o600);
  const lines = readFileSync(psk, 'utf8').trim().split('\n');
  assert.equal(lines.length, 3);
  assert.ok(lines.some((l) => new RegExp(`^keyid=${ada.id} vlanid=20 00:00:00:00:00:00 [0-9a-f]{64}$`).test(l)));
  assert.ok(lines.some((l) => new RegExp(`^keyid=${kim.id} 02:aa:00:00:00:01 [0-9a-f]{64}$`).test(l)));
  assert.ok(!lines.some((l) => l.includes(eve.id)));
  assert.equal(readFileSync(vlans, 'utf8'), '20 vlan20\n30 vlan30\n');
  const said = await hostapd(h, psk);
  assert.match(said, /AP-ENABLED/);
  assert.doesNotMatch(said, /Invalid|ailed to parse|nrecognized/);
  // the check can fail: a line that is none is refused
  writeFileSync(join(h.dir, 'bad'), 'keyid=x vlanid=20 00:00:00:00:00:00 short\n');
  assert.doesNotMatch(await hostapd(h, join(h.dir, 'bad')), /AP-ENABLED/);

  // places
  await h.json('ap', 'add', '--name', 'Hall', '--address', '127.0.0.1', '--group', 'hall', '--secret-file', h.file('s', 'a-rather-long-shared-secret\n'));
  const hall = await h.latchkey('export', '--network', 'Campus', '--ap', 'Hall');
  assert.ok(hall.stdout.includes(ada.id) && !hall.stdout.includes(bob.id));
  const csv = await h.latchkey('export', '--network', 'Campus', '--form', 'csv');
  const { passphrase } = await h.json('key', 'reveal', ada.id);
  assert.ok(csv.stdout.includes(`"Ada"`) && csv.stdout.includes(passphrase));
  const acts = (await h.json('audit', 'list')).filter((a) => a.act === 'key.export');
  assert.equal(acts.length, 4);
});

test('a file that is watched follows what is revoked', async () => {
  const h = await furnished();
  const ada = await h.json('key', 'issue', '--person', 'Ada', '--plan', 'Staff');
  const out = join(h.dir, 'psk');
  const child = spawn(program('latchkey'), ['-c', h.conf, 'export', '--network', 'Campus', '--out', out, '--watch', 'yes'], { stdio: 'ignore' });
  try {
    await until('the file', () => existsSync(out) && readFileSync(out, 'utf8').includes(ada.id), 10000);
    const bob = await h.json('key', 'issue', '--person', 'Bob', '--plan', 'Staff');
    await until('the new one', () => readFileSync(out, 'utf8').includes(bob.id), 10000);
    await h.latchkey('key', 'revoke', ada.id);
    await until('the old one to be gone', () => !readFileSync(out, 'utf8').includes(ada.id), 10000);
    assert.equal(child.exitCode, null);
  } finally { child.kill('SIGTERM'); }
});

test('what cannot be exported is said, and leaves the old file alone', async () => {
  const h = await furnished();
  const out = h.file('psk', 'old\n');
  for (const [words, ...args] of [
    [/--network must be given/, '--out', out],
    [/no network called Nope/, '--network', 'Nope', '--out', out],
    [/psk-file, vlan-file or csv/, '--network', 'Campus', '--form', 'pdf', '--out', out],
    [/no access point called Nope/, '--network', 'Campus', '--ap', 'Nope', '--out', out],
    [/--out must be given/, '--network', 'Campus', '--watch', 'yes'],
    [/out: .*No such file/, '--network', 'Campus', '--out', '/nowhere/psk'],
  ]) {
    const r = await h.latchkey('export', ...args);
    assert.equal(r.code, 1, r.stderr);
    assert.match(r.stderr, words);
  }
  assert.equal(readFileSync(out, 'utf8'), 'old\n');
});
