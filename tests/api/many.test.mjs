// Batches of vouchers and rotations, for machines.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, read, guests, keys;
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
before(async () => {
  p = await startPortal({});
  [read, guests, keys] = await Promise.all(['read', 'guests', 'keys,read'].map(async (s) => (await latchkey('token', 'add', '--name', s, '--scopes', s)).token));
});
after(() => p?.stop());

async function call(token, method, path, body) {
  const args = ['-sS', '-w', '\n%{http_code}', '--cacert', p.ca, '-X', method, '-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json'];
  if (body) args.push('-d', JSON.stringify(body));
  const out = (await must('curl', [...args, `${p.url}/api/v1${path}`])).trimEnd();
  const at = out.lastIndexOf('\n');
  const text = out.slice(0, Math.max(at, 0)).trim();
  return { status: Number(out.slice(at + 1)), body: text ? JSON.parse(text) : null };
}

test('a batch is made, counted, had again and withdrawn', async () => {
  const plan = (await latchkey('plan', 'list')).find((x) => x.name === 'Tenant');
  const order = { name: 'Fair', plan: plan.id, size: 3, departure: '2036-01-01T00:00:00Z' };
  assert.equal((await call(read, 'POST', '/voucher-batches', order)).status, 403);
  assert.equal((await call(guests, 'POST', '/voucher-batches', { ...order, size: 5001 })).status, 400);
  const made = await call(guests, 'POST', '/voucher-batches', order);
  assert.equal(made.status, 201);
  assert.equal(made.body.left, 3);
  const codes = await call(guests, 'POST', `/voucher-batches/${made.body.id}/codes`);
  assert.equal(codes.status, 200);
  assert.equal(codes.body.count, 3);
  assert.match(codes.body.text, /^number,code\r\n"?1"?,"?[a-z2-9]{5}-[a-z2-9]{5}"?\r\n/);
  assert.equal((await call(read, 'POST', `/voucher-batches/${made.body.id}/codes`)).status, 403);
  assert.equal((await call(guests, 'POST', `/voucher-batches/${made.body.id}/withdraw`)).status, 204);
  const list = await call(read, 'GET', '/voucher-batches');
  assert.equal(list.status, 200);
  assert.deepEqual(list.body.items.map((b) => [b.name, b.size, b.left]), [['Fair', 3, 0]]);
});

test('a rotation is started, stopped, goes on and is ended', async () => {
  await latchkey('person', 'add', '--name', 'Grace');
  await latchkey('key', 'issue', '--person', 'Grace', '--plan', 'Tenant');
  const plan = (await latchkey('plan', 'list')).find((x) => x.name === 'Tenant');
  assert.equal((await call(keys, 'POST', '/rotations', { name: 'Leak', per_hour: 1 })).status, 400);
  const r = await call(keys, 'POST', '/rotations', { name: 'Leak', per_hour: 1, plan: plan.id, hours: 'mon-fri 08:00-16:00' });
  assert.equal(r.status, 201);
  assert.deepEqual([r.body.total, r.body.state, r.body.overlap], [1, 'running', 86400]);
  const at = `/rotations/${r.body.id}`;
  assert.equal((await call(read, 'POST', `${at}/stop`)).status, 403);
  assert.equal((await call(keys, 'POST', `${at}/stop`)).body.state, 'stopped');
  assert.equal((await call(keys, 'POST', `${at}/continue`)).body.state, 'running');
  const ended = await call(keys, 'POST', `${at}/end`);
  assert.deepEqual([ended.body.state, ended.body.skipped], ['moving', 1]);
  assert.equal((await call(keys, 'POST', `${at}/end`)).status, 409);
  assert.equal((await call(read, 'GET', at)).body.skipped, 1);
  assert.equal((await call(read, 'GET', '/rotations')).body.items.length, 1);
});
