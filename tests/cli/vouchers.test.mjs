// Vouchers from the shell: made by the batch, had again, withdrawn.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { house } from '../lib/house.mjs';

test('a batch of vouchers is made, listed, had again and withdrawn', async () => {
  const h = await house();
  assert.equal((await h.latchkey('init')).code, 0);
  await h.json('network', 'add', '--ssid', 'Campus');
  await h.json('plan', 'add', '--name', 'Guest', '--network', 'Campus');
  const made = await h.latchkey('voucher', 'add', '--plan', 'Guest', '--count', '12', '--name', 'Fair', '--departure', '2036-12-24');
  assert.equal(made.code, 0, made.stderr);
  const lines = made.stdout.trim().split('\n');
  assert.equal(lines[0], 'number,code');
  assert.equal(lines.length, 13);
  assert.match(lines[12], /^12,[a-z2-9]{5}-[a-z2-9]{5}$/);
  assert.equal(new Set(lines).size, 13);
  const again = await h.json('voucher', 'codes', 'Fair');
  assert.deepEqual(again.map((v) => `${v.number},${v.code}`), lines.slice(1));
  assert.equal(again[0].prints, 2);
  const [batch] = await h.json('voucher', 'batches');
  assert.deepEqual([batch.name, batch.size, batch.left, batch.redeemed], ['Fair', 12, 12, 0]);
  assert.equal((await h.latchkey('voucher', 'withdraw', again[0].id)).code, 0);
  assert.equal((await h.json('voucher', 'codes', 'Fair')).length, 11);
  assert.deepEqual(await h.json('voucher', 'withdraw', '--batch', 'Fair'), { withdrawn: 11 });
  const none = await h.latchkey('voucher', 'codes', 'Fair');
  assert.match(none.stderr, /None of these vouchers is open/);
  assert.equal((await h.json('voucher', 'list', '--state', 'over')).length, 12);
  const one = await h.json('voucher', 'add', '--plan', 'Guest', '--name', 'Grace', '--room', '101');
  assert.match(one.code, /^[a-z2-9]{5}-[a-z2-9]{5}$/);
  const acts = (await h.json('audit', 'list')).map((a) => a.act);
  for (const act of ['voucher.batch', 'voucher.print', 'voucher.withdraw', 'voucher.make']) assert.ok(acts.includes(act), act);

  for (const [code, words, ...args] of [
    [1, /--plan must be given/, 'add', '--count', '3', '--name', 'x'],
    [1, /no plan called Nope/, 'add', '--plan', 'Nope'],
    [1, /count: a number from 1 to 5000/, 'add', '--plan', 'Guest', '--count', '5001', '--name', 'x'],
    [1, /name/, 'add', '--plan', 'Guest', '--count', '5'],
    [1, /departure/, 'add', '--plan', 'Guest', '--departure', '1969-01-01'],
    [1, /uses: a number from 1 to 500/, 'add', '--plan', 'Guest', '--uses', '501'],
    [1, /no batch called Nope/, 'codes', 'Nope'],
    [2, /usage/, 'withdraw'],
    [2, /asked, open, used or over/, 'list', '--state', 'lost'],
  ]) {
    const r = await h.latchkey('voucher', ...args);
    assert.equal(r.code, code, `${args.join(' ')}: ${r.stderr}`);
    assert.match(r.stderr, words);
  }
});
