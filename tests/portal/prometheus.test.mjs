// A real Prometheus with the configuration of conf/prometheus: it reaches both
// programs, has the rules, answers what the dashboard asks, and says so when the
// responder is gone.
// waits: the next scrape
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directory, send } from '../lib/directory.mjs';
import { freePort, scratch, start, top, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, prometheus, api;
before(async () => {
  const [portal, radius, own] = [await freePort(), await freePort(), await freePort()];
  p = await startPortal({ responder: true, more: `metrics_listen = "127.0.0.1:${portal}"`, radius: `metrics_listen = "127.0.0.1:${radius}"` });
  const dir = scratch('prometheus'), conf = join(dir, 'prometheus.yml');
  copyFileSync(join(top, 'conf/prometheus/alerts.yml'), join(dir, 'alerts.yml'));
  writeFileSync(conf, readFileSync(join(top, 'conf/prometheus/prometheus.yml'), 'utf8').replaceAll('127.0.0.1:9811', `127.0.0.1:${portal}`)
    .replaceAll('127.0.0.1:9812', `127.0.0.1:${radius}`).replace('scrape_interval: 15s', 'scrape_interval: 1s\n  evaluation_interval: 1s'));
  prometheus = start('prometheus', [`--config.file=${conf}`, `--storage.tsdb.path=${join(dir, 'data')}`, `--web.listen-address=127.0.0.1:${own}`]);
  api = async (path) => {
    const r = await fetch(`http://127.0.0.1:${own}/api/v1/${path}`).catch(() => null);
    return r?.ok ? (await r.json()).data : null;
  };
  await until('Prometheus to look', async () => {
    const all = (await api('targets'))?.activeTargets ?? [];
    return all.length === 2 && all.every((t) => t.health === 'up');
  }, 30000);
});
after(async () => { await prometheus?.stop(); await p?.stop(); });

const ask = async (query) => (await api(`query?query=${encodeURIComponent(query)}`)).result;

test('both programs are scraped, and the rules are there', async () => {
  const { activeTargets } = await api('targets');
  assert.deepEqual(activeTargets.map((t) => [t.labels.job, t.health, t.lastError]).sort(),
    [['latchkey-portal', 'up', ''], ['latchkey-radius', 'up', '']]);
  const rules = (await api('rules')).groups.flatMap((g) => g.rules);
  assert.ok(rules.length >= 9);
  await until('the rules to be evaluated', async () =>
    (await api('rules')).groups.flatMap((g) => g.rules).every((r) => r.health === 'ok'), 15000);
});

test('every panel of the dashboard has an answer', async () => {
  const d = await directory(p);
  const { id } = (await d.post('/Users', { userName: 'ada', externalId: 'ada' })).json;
  await d.until(await d.key(id, p.made.staff, '02-aa-00-00-00-01'), 'accept');
  await send(p, '/nothing');
  await until('what was done to be seen', async () => Number((await ask('latchkey_radius_accepts_total'))[0]?.value[1]) >= 1, 15000);
  const { panels } = JSON.parse(readFileSync(join(top, 'conf/prometheus/dashboard.json'), 'utf8'));
  for (const panel of panels)
    for (const { expr } of panel.targets)
      await until(`an answer to ${expr}`, async () => (await ask(expr)).length > 0, 10000);
});

test('a responder that is gone is an alert', async () => {
  await p.radius.stop();
  await until('the alert', async () => (await api('alerts')).alerts.some((a) => a.labels.alertname === 'LatchkeyResponderDown' && a.state === 'pending'), 15000);
});
