// Numbers for Prometheus, from the portal and from the responder: promtool has
// nothing to say, labels stay few whatever is asked for, and nobody who is
// named anywhere stands in them. The rules and the dashboard of conf/ name
// nothing that is not there.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directory, send, token } from '../lib/directory.mjs';
import { freePort, must, run, top, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, port, radiusPort;
const get = async (where) => (await fetch(`http://127.0.0.1:${where}/metrics`)).text();
const names = (text) => new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]));
const series = (text) => text.split('\n').filter((l) => l && !l.startsWith('#'));
const value = (text, name) => Number(series(text).find((l) => l.startsWith(`${name} `))?.split(' ').at(-1));

before(async () => {
  [port, radiusPort] = [await freePort(), await freePort()];
  p = await startPortal({ responder: true, more: `metrics_listen = "127.0.0.1:${port}"`, radius: `metrics_listen = "127.0.0.1:${radiusPort}"` });
  await until('the responder to count', async () => fetch(`http://127.0.0.1:${radiusPort}/metrics`).catch(() => null));
});
after(() => p?.stop());

test('promtool has nothing to say about either', async () => {
  await send(p, '/');
  for (const where of [port, radiusPort]) {
    const r = await run('promtool', ['check', 'metrics'], { input: await get(where) });
    assert.deepEqual([r.code, r.stdout, r.stderr], [0, '', '']);
  }
});

test('what was answered is counted by area and status, and how long it took', async () => {
  const d = await directory(p);
  const ada = await d.post('/Users', { userName: 'ada@example.org', externalId: 'ada' });
  await d.key(ada.json.id, p.made.staff, '02-aa-00-00-00-01');
  await send(p, '/api/v1/keys', { token: await token(p, 'read') });
  await send(p, '/api/v1/keys');
  await send(p, '/nothing/here');
  let text;
  await until('the last of them to be counted', async () => (text = await get(port)).includes('{area="self",status="404"} 1'));
  for (const line of ['{area="scim",status="201"} 1', '{area="api",status="200"}', '{area="api",status="401"} 1', '{area="self",status="404"} 1'])
    assert.ok(text.includes(`latchkey_portal_requests_total${line}`), `${line}\n${text}`);
  const counts = series(text).filter((l) => l.startsWith('latchkey_portal_requests_total{area="api"')).map((l) => Number(l.split(' ')[1]));
  assert.equal(counts.reduce((a, b) => a + b), Number(text.match(/request_seconds_count\{area="api"\} (\d+)/)[1]));
  assert.equal(value(text, 'latchkey_portal_store_up'), 1);
  assert.match(await get(radiusPort), /^latchkey_radius_keys 1$/m);
});

test('labels are bounded, and nobody stands in them', async () => {
  const before = series(await get(port)).length;
  for (let i = 0; i < 200; i++) await send(p, `/${i}/person-${i}@example.org?x=${i}`, { method: ['GET', 'POST', 'PUT'][i % 3], body: i % 3 ? 'x' : undefined });
  const text = await get(port);
  assert.ok(series(text).length - before <= 4, `${before} became ${series(text).length}`);
  assert.ok(series(text).length < 300);
  for (const word of ['person-', 'ada', 'example.org', 'Harbour', '02-aa', p.made.staff]) assert.ok(!text.includes(word), word);
});

test('only /metrics is there, one impatient client delays nobody for long, and only loopback will do', async () => {
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status, 404);
  const slow = createConnection(port, '127.0.0.1', () => slow.write('GET /met'));
  slow.on('error', () => {});
  const from = Date.now();
  assert.match(await get(port), /latchkey_portal_info/);
  assert.ok(Date.now() - from < 5000);
  slow.destroy();
  assert.equal((await send(p, '/metrics')).status, 404, 'not where users are');
  assert.ok(!p.portal.output.includes('portal.no-metrics'));
});

test('the alert rules and the dashboard of conf/ are about metrics that exist', async () => {
  const known = new Set([...names(await get(port)), ...names(await get(radiusPort))]);
  assert.equal((await run('promtool', ['check', 'rules', join(top, 'conf/prometheus/alerts.yml')])).code, 0);
  assert.equal((await run('promtool', ['test', 'rules', join(top, 'conf/prometheus/alerts.test.yml')])).code, 0,
    (await run('promtool', ['test', 'rules', join(top, 'conf/prometheus/alerts.test.yml')])).stderr);
  await must('promtool', ['check', 'config', '--syntax-only', join(top, 'conf/prometheus/prometheus.yml')]);
  const dashboard = JSON.parse(readFileSync(join(top, 'conf/prometheus/dashboard.json'), 'utf8'));
  assert.ok(dashboard.panels.length >= 8);
  const text = readFileSync(join(top, 'conf/prometheus/alerts.yml'), 'utf8') + JSON.stringify(dashboard);
  const used = new Set([...text.matchAll(/latchkey_\w+/g)].map((m) => m[0].replace(/_(bucket|sum|count)$/, '')));
  assert.deepEqual([...used].filter((n) => !known.has(n)), []);
});
