// Devices, rotations and webhooks from the shell: what is done is seen, what is
// wrong is named, and what fails changes nothing.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { house } from '../lib/house.mjs';

let h, key;
before(async () => {
  h = await house();
  assert.equal((await h.latchkey('init')).code, 0);
  await h.json('network', 'add', '--ssid', 'Campus');
  await h.json('plan', 'add', '--name', 'Staff', '--network', 'Campus');
  await h.json('person', 'add', '--name', 'Ada Lovelace');
  await h.json('person', 'add', '--name', 'Bob');
  key = await h.json('key', 'issue', '--person', 'Ada Lovelace', '--plan', 'Staff');
});

// Each row: exit code, what standard error says, and the arguments after NOUN.
async function refused(noun, rows) {
  for (const [code, words, ...args] of rows) {
    const r = await h.latchkey(noun, ...args);
    assert.equal(r.code, code, `${args.join(' ')}: ${r.stderr}`);
    assert.match(r.stderr, words, args.join(' '));
    assert.equal(r.stdout, '');
  }
}
async function done(...args) {
  const r = await h.latchkey(...args);
  assert.equal(r.code, 0, r.stderr);
}
const list = (...of) => h.json('device', 'list', ...of);
const NOBODY = '0123456789abcdefghjkmnpqrs';

test('a device is let in, named, kept out and forgotten', async () => {
  const made = await h.json('device', 'add', 'Ada Lovelace', '02-AA-00-00-00-01', '--name', 'Printer');
  assert.deepEqual([made.name, made.blocked], ['Printer', false]);
  await h.json('device', 'add', key.id, '02:aa:00:00:00:02');
  assert.deepEqual((await list('--key', key.id)).map((d) => d.name).sort(), ['', 'Printer']);
  assert.equal((await list('--person', 'Ada Lovelace')).length, 2);
  assert.equal((await list('--key', 'Ada Lovelace')).length, 2);
  assert.deepEqual(await list('--person', 'Bob'), []);
  await done('device', 'rename', made.id, 'Plotter');
  await done('device', 'block', made.id);
  const [one] = (await list('--key', key.id)).filter((d) => d.id === made.id);
  assert.deepEqual([one.name, one.blocked], ['Plotter', true]);
  await done('device', 'unblock', made.id);
  await done('device', 'remove', made.id);
  assert.equal((await list('--key', key.id)).length, 1);
  const acts = (await h.json('audit', 'list')).map((a) => a.act);
  for (const act of ['device.register', 'device.rename', 'device.block', 'device.unblock', 'device.remove']) assert.ok(acts.includes(act), `${act}: ${acts}`);
  await refused('device', [
    [1, /no such device/, 'block', NOBODY],
    [1, /no such device/, 'remove', made.id],
    [2, /id of a device was expected/, 'rename', 'Plotter', 'x'],
    [2, /usage/, 'rename', made.id],
    [2, /usage/, 'block'],
    [1, /--person or --key must be given/, 'list'],
    [1, /Bob has no password that works/, 'list', '--key', 'Bob'],
    [1, /no such password/, 'add', NOBODY, '02-aa-00-00-00-03'],
    [1, /02-aa-00/, 'add', key.id, '02-aa-00'],
  ]);
});

test('a rotation is started, stopped, continued and ended', async () => {
  const made = await h.json('rotation', 'start', '--name', 'Leak', '--plan', 'Staff', '--per_hour', '100', '--overlap', '2h');
  assert.equal(made.name, 'Leak');
  assert.ok(made.total >= 1);
  assert.equal(made.overlap, 7200);
  assert.deepEqual((await h.json('rotation', 'list')).map((r) => r.id), [made.id]);
  const keys = await h.json('rotation', 'keys', made.id);
  assert.equal(keys.length, made.total);
  assert.ok(keys.some((k) => k.key === key.id && k.whose === 'Ada Lovelace'), JSON.stringify(keys));
  const state = async () => (await h.json('rotation', 'show', made.id)).state;
  const running = await state();
  await done('rotation', 'stop', made.id);
  const stopped = await state();
  assert.notEqual(stopped, running);
  await done('rotation', 'continue', made.id);
  assert.equal(await state(), running);
  await done('rotation', 'end', made.id);
  assert.ok(![running, stopped].includes(await state()));
  await refused('rotation', [
    [2, /--per-hour: a number from 1 to/, 'start', '--name', 'x', '--plan', 'Staff'],
    [2, /--per-hour: a number from 1 to/, 'start', '--name', 'x', '--plan', 'Staff', '--per_hour', '0'],
    [2, /--overlap: a time such as/, 'start', '--name', 'x', '--plan', 'Staff', '--per_hour', '9', '--overlap', 'long'],
    [1, /no plan called Nope/, 'start', '--name', 'x', '--plan', 'Nope', '--per_hour', '9'],
    [1, /no network called Nope/, 'start', '--name', 'x', '--network', 'Nope', '--per_hour', '9'],
    [1, /no unit called Nope/, 'start', '--name', 'x', '--unit', 'Nope', '--per_hour', '9'],
    [1, /no such rotation/, 'show', NOBODY],
    [1, /no such rotation/, 'keys', NOBODY],
    [1, /no such rotation/, 'stop', NOBODY],
    [2, /id of a rotation was expected/, 'show', 'Leak'],
    [2, /usage/, 'end'],
  ]);
  assert.equal((await h.json('rotation', 'list')).length, 1, 'what was refused is not there');
});

test('a webhook is added, changed, tried, has another secret and is removed', async () => {
  const made = await h.json('webhook', 'add', '--name', 'Billing', '--url', 'https://billing.example.org/in', '--events', 'key.*');
  assert.match(made.secret, /^whsec_/);
  const shown = await h.json('webhook', 'show', 'Billing');
  assert.deepEqual([shown.url, shown.events, shown.state], ['https://billing.example.org/in', 'key.*', 'active']);
  assert.ok(!JSON.stringify([shown, await h.json('webhook', 'list')]).includes(made.secret), 'shown once');
  await done('webhook', 'set', 'Billing', '--events', 'person.state', '--state', 'paused');
  assert.deepEqual((await h.json('webhook', 'list')).map((w) => [w.events, w.state]), [['person.state', 'paused']]);
  await done('webhook', 'set', 'Billing', '--state', 'active');
  await done('webhook', 'test', 'Billing');
  const log = await h.json('webhook', 'log', 'Billing', '--state', 'waiting', '--limit', '5');
  assert.equal(log.length, 1);
  assert.deepEqual(await h.json('webhook', 'log', 'Billing', '--state', 'dead'), []);
  const again = await h.json('webhook', 'secret', 'Billing');
  assert.notEqual(again.secret, made.secret);
  await refused('webhook', [
    [1, /no webhook called Nope/, 'show', 'Nope'],
    [1, /no webhook called Nope/, 'test', 'Nope'],
    [1, /url/, 'add', '--name', 'Plain', '--url', 'ftp://billing.example.org/'],
    [1, /url/, 'set', 'Billing', '--url', 'nowhere'],
    [1, /state/, 'set', 'Billing', '--state', 'asleep'],
    [2, /waiting, done or dead/, 'log', 'Billing', '--state', 'lost'],
    [2, /--limit: a number from 1/, 'log', 'Billing', '--limit', '0'],
    [2, /usage/, 'set'],
  ]);
  await done('webhook', 'remove', 'Billing');
  assert.deepEqual(await h.json('webhook', 'list'), []);
});
