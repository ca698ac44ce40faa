// The drill: a backup, then life goes on, then the disk is lost. What was
// revoked since the backup stays revoked at the access point, what worked works
// again, and the responder does not serve from what it remembered of a store
// that is no more.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { directory } from '../lib/directory.mjs';
import { must, program, start, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, d, radius, portal;
before(async () => { p = await startPortal({ responder: true }); d = await directory(p); });
after(async () => { await radius?.stop(); await portal?.stop(); await p?.stop(); });

const latchkey = (...args) => must(program('latchkey'), ['-c', p.conf, ...args]);

test('S-07 the store is lost and restored: revoked stays revoked, at the access point, too', async (t) => {
  const who = [];
  for (const name of ['ada', 'bob', 'eve'])
    who.push((await d.post('/Users', { userName: name, externalId: name })).json.id);
  const [kept, revoked, disabled] = await Promise.all(who.map((id, i) => d.key(id, p.made.staff, `02-aa-00-00-01-0${i}`)));
  for (const key of [kept, revoked, disabled]) await d.until(key, 'accept');
  const copy = join(p.dir, 'copy.db');
  await latchkey('backup', copy);

  assert.equal((await d.api('POST', `/keys/${revoked.id}/revoke`, { reason: 'lost' })).status, 200);
  assert.equal((await d.patch(`/Users/${who[2]}`, [{ op: 'Replace', path: 'active', value: 'False' }])).status, 200);
  const later = await d.key(who[0], p.made.staff, '02-aa-00-00-01-09');
  await d.until(revoked, 'reject');
  await d.until(disabled, 'reject');
  await d.until(later, 'accept');

  const from = Date.now();
  await p.portal.stop();
  await p.radius.stop();
  const told = JSON.parse(await latchkey('restore', copy, '--json'));
  assert.ok(told.carried_over >= 1, JSON.stringify(told));
  await p.harness('link'); // whose the files are
  radius = start(program('latchkey-radius'), ['-c', p.conf]);
  await radius.says(/radius\.ready/, 30000);
  portal = start(program('latchkey-portal'), ['-c', p.conf]);
  await until('the portal', async () => (await d.get('/ServiceProviderConfig').catch(() => null))?.status === 200, 20000);
  await d.until(kept, 'accept');
  t.diagnostic(`from the last stop to the first accept: ${Date.now() - from} ms`);
  assert.equal((await d.join(revoked)).what, 'reject', 'revoked after the backup');
  assert.equal((await d.join(disabled)).what, 'reject', 'whose owner was disabled after the backup');
  assert.equal((await d.join(later)).what, 'reject', 'made after the backup: nobody knows it');
  assert.equal((await d.api('GET', `/keys/${revoked.id}`)).json.standing, 'revoked');
  assert.equal((await d.api('GET', `/people/${who[2]}`)).json.state, 'suspended');
  assert.match(await latchkey('audit', 'verify'), /whole/);
  // and life goes on
  const next = await d.key(who[0], p.made.staff, '02-aa-00-00-01-0a');
  await d.until(next, 'accept');
});

test('the same when the store is gone altogether', async () => {
  const copy = join(p.dir, 'second.db');
  await latchkey('backup', copy);
  await portal.stop();
  await radius.stop();
  for (const end of ['', '-wal', '-shm']) rmSync(join(p.dir, `latchkey.db${end}`), { force: true });
  await latchkey('restore', copy);
  await p.harness('link');
  radius = start(program('latchkey-radius'), ['-c', p.conf]);
  await radius.says(/radius\.ready/, 30000);
  assert.match(await latchkey('audit', 'verify'), /whole/);
});
