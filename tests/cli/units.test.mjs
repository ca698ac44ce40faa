// Units, their members, their passwords, and pools of VLANs, from the shell.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { house } from '../lib/house.mjs';

async function furnished() {
  const h = await house();
  assert.equal((await h.latchkey('init')).code, 0);
  await h.json('network', 'add', '--ssid', 'Campus');
  await h.json('plan', 'add', '--name', 'Home', '--network', 'Campus', '--pool', '200-201');
  for (const name of ['Ada', 'Bob', 'Eve'])
    await h.json('person', 'add', '--name', name, '--mail', `${name.toLowerCase()}@example.org`);
  return h;
}

async function refused(h, code, words, ...args) {
  const r = await h.latchkey(...args);
  assert.equal(r.code, code, `${args.join(' ')}: ${r.stderr}`);
  assert.match(r.stderr, words);
}

test('a unit is added, changed, has members and passwords, and goes when empty', async () => {
  const h = await furnished();
  const house1 = await h.json('unit', 'add', '--name', 'House 1');
  await h.json('unit', 'add', '--name', 'Flat 4', '--parent', 'House 1', '--vlan', '7');
  assert.equal((await h.json('unit', 'show', 'Flat 4')).parent, house1.id);
  assert.equal((await h.json('unit', 'set', 'Flat 4', '--vlan', '8')).vlan, 8);
  assert.deepEqual((await h.json('unit', 'list')).map((u) => u.name), ['Flat 4', 'House 1']);
  await refused(h, 1, /unit of this name already/, 'unit', 'add', '--name', 'Flat 4');
  await refused(h, 1, /parent: there is no such unit at the top/i, 'unit', 'add', '--name', 'Cupboard', '--parent', 'Flat 4');
  await refused(h, 1, /there is no unit called Nowhere/, 'unit', 'show', 'Nowhere');
  await refused(h, 1, /vlan/, 'unit', 'set', 'Flat 4', '--vlan', '4095');

  assert.equal((await h.latchkey('unit', 'member', 'Flat 4', 'ada@example.org', '--manager', 'yes')).code, 0);
  assert.equal((await h.latchkey('unit', 'member', 'Flat 4', 'Bob')).code, 0);
  const members = await h.json('unit', 'members', 'Flat 4');
  assert.deepEqual(members.map((m) => [m.name, m.manager]), [['Ada', true], ['Bob', false]]);
  assert.equal((await h.latchkey('unit', 'leave', 'Flat 4', 'Bob')).code, 0);
  assert.equal((await h.json('unit', 'members', 'Flat 4')).length, 1);
  await refused(h, 1, /no person called Zoe/, 'unit', 'member', 'Flat 4', 'Zoe');
  await refused(h, 2, /yes or no/, 'unit', 'member', 'Flat 4', 'Bob', '--manager', 'maybe');

  const key = await h.json('key', 'issue', '--unit', 'Flat 4', '--plan', 'Home');
  assert.equal(key.standing, 'active');
  await refused(h, 1, /1 Wi-Fi passwords/, 'unit', 'remove', 'Flat 4');
  await refused(h, 1, /1 parts/, 'unit', 'remove', 'House 1');
  assert.equal((await h.latchkey('unit', 'state', 'Flat 4', 'suspended', '--reason', 'rent')).code, 0);
  assert.equal((await h.json('unit', 'show', 'Flat 4')).state_reason, 'rent');
  await h.json('unit', 'add', '--name', 'Empty');
  assert.equal((await h.latchkey('unit', 'remove', 'Empty')).code, 0);
  await refused(h, 1, /--person or --unit/, 'key', 'issue', '--plan', 'Home');
});

test('a pool that is exhausted is named, and listed as full', async () => {
  const h = await furnished();
  await h.json('key', 'issue', '--person', 'Ada', '--plan', 'Home');
  await h.json('key', 'issue', '--person', 'Bob', '--plan', 'Home');
  await refused(h, 1, /200-201/, 'key', 'issue', '--person', 'Eve', '--plan', 'Home');
  assert.deepEqual(await h.json('pool', 'list'), [{ plan: 'Home', pool: '200-201', size: 2, leased: 2 }]);
  assert.equal((await h.latchkey('person', 'state', 'Bob', 'suspended', '--reason', 'rent')).code, 0);
  assert.deepEqual((await h.json('pool', 'leases', 'Home')).map(({ vlan, name, noun, state, reason, keys, suspended }) =>
    [vlan, name, noun, state, reason, keys, suspended]),
  [[200, 'Ada', 'person', 'active', '', 1, 0], [201, 'Bob', 'person', 'suspended', 'rent', 1, 0]]);
  await h.json('plan', 'add', '--name', 'Plain', '--network', 'Campus');
  await refused(h, 1, /./, 'pool', 'leases', 'Plain');
  await refused(h, 2, /PLAN/, 'pool', 'leases');
});
