// Webhooks hear of devices that the running responder refuses or sees first; a
// flood of strangers is not told one by one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { must, program, until } from '../lib/process.mjs';
import { site } from '../lib/site.mjs';

let s, key;
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', s.conf, ...args, '--json']));
const log = async (type) => (await latchkey('webhook', 'log', 'watch', '--limit', '1000')).filter((r) => r.about === type);

before(async () => {
  s = await site('refused');
  key = await s.key();
  await s.responder();
});
after(() => s?.end());

test('nobody listens, nothing is written', async () => {
  await s.ask({ station: '02-aa-00-00-00-01', passphrase: 'nobody-has-this-one' });
  await latchkey('webhook', 'add', '--name', 'watch', '--url', 'https://example.org/', '--events', 'device.*');
  assert.deepEqual(await log('device.refused'), []);
});

test('a device is told of when it is refused, and when it is first seen', async () => {
  const no = await s.ask({ station: '02-aa-00-00-00-02', passphrase: 'nobody-has-this-one' });
  assert.notEqual(no.what, 'accept');
  const yes = await s.ask({ station: '02-aa-00-00-00-03', passphrase: key.passphrase });
  assert.equal(yes.what, 'accept');
  await until('both', async () => (await log('device.refused')).length === 1 && (await log('device.first_seen')).length === 1);
});

test('of a flood of strangers a few are told', async () => {
  for (let i = 0; i < 120; i++)
    await s.ask({ station: `02-bb-00-00-00-${i.toString(16).padStart(2, '0')}`, passphrase: 'nobody-has-this-one' });
  await until('some', async () => (await log('device.refused')).length > 5);
  assert.ok((await log('device.refused')).length <= 60, 'bounded by the minute');
});
