// RADIUS over TLS as an administrator sets it up: an access point without an
// address, its key, and a listening socket that outlives the responder.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { house } from '../lib/house.mjs';
import { freePort, must, program, scratch, start, top, until } from '../lib/process.mjs';
import { attr } from '../lib/wpa.mjs';
import { dial } from '../lib/radsec.mjs';

const statusServer = () => {
  const p = Buffer.concat([Buffer.from([12, 7, 0, 38]), randomBytes(16), attr(80, Buffer.alloc(16))]);
  createHmac('md5', 'radsec').update(p).digest().copy(p, 22);
  return p;
};

test('an access point gets its key, connects, and is served across a crash of the responder', async () => {
  const port = await freePort();
  const h = await house({ more: `radsec { listen = {"127.0.0.1"} port = ${port} }` });
  writeFileSync(h.conf, readFileSync(h.conf, 'utf8').replace('radius {', 'radius { user = "root"'));
  assert.equal((await h.latchkey('init')).code, 0);
  const secret = h.file('hall.secret', 'a shared secret of tests');
  await h.json('ap', 'add', '--name', 'hall', '--tls', 'psk', '--secret-file', secret);
  const { identity, key } = await h.json('ap', 'psk', 'hall');
  assert.match(identity, /^[0-9a-z]{26}\.[0-9a-f]{16}$/);
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.match((await h.latchkey('audit', 'list')).stdout, /ap\.psk/);
  assert.deepEqual(await h.json('ap', 'psk', 'hall'), { identity, key }, 'the same each time');
  const bad = await h.latchkey('ap', 'set', 'hall', '--tls', 'sha256:12');
  assert.notEqual(bad.code, 0);
  assert.match(bad.stderr, /tls/);

  const dir = scratch('run-radsec');
  copyFileSync(program('latchkey'), join(dir, 'latchkey'));
  copyFileSync(join(top, 'tests/cli/child.py'), join(dir, 'latchkey-portal'));
  writeFileSync(join(dir, 'latchkey-portal.does'), 'wait');
  symlinkSync(program('latchkey-radius'), join(dir, 'latchkey-radius'));
  const run = start(join(dir, 'latchkey'), ['-c', h.conf, 'run']);
  try {
    await run.says(/radius\.ready/, 30000);
    const pid = async () => Number(await must('pgrep', ['-P', String(run.child.pid), '-x', 'latchkey-radius']));
    const psk = { name: identity, key };
    const c = dial(port, { psk });
    c.send(statusServer());
    assert.equal((await c.next())[0], 2);
    process.kill(await pid(), 'SIGKILL');
    await c.ended();
    const again = dial(port, { psk }); // waits in the socket
    again.send(statusServer());
    assert.equal((await again.next(30000))[0], 2);
    again.end();
    await h.json('ap', 'set', 'hall', '--secret-file', h.file('new.secret', 'another secret of tests!'));
    await until('the old key to be refused', async () => {
      const old = dial(port, { psk });
      old.send(statusServer());
      await until('an answer or the end', () => old.closed || old.got.length > 0);
      old.end();
      return old.got.length === 0;
    });
    const fresh = await h.json('ap', 'psk', 'hall');
    const new_ = dial(port, { psk: { name: fresh.identity, key: fresh.key } });
    new_.send(statusServer());
    assert.equal((await new_.next())[0], 2);
    new_.end();
  } finally { await run.stop(); }
});
