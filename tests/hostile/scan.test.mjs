// N-11: a scanner of others looks for what is wrong with our TLS.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, run, scratch, start, until } from '../lib/process.mjs';
import { site } from '../lib/portal.mjs';

const limit = { timeout: 300000, skip: !process.env.LATCHKEY_LONG && 'takes more than a minute: make hostile' };

// What testssl.sh says of PORT, from low severity up; not about certificates, as
// these are of an authority that only tests know.
async function scan(port, ...what) {
  const file = join(scratch('scan'), 'found.json');
  await run('testssl', ['--quiet', '--color', '0', '--warnings', 'off', '--fast', '--ip', 'one', ...what,
    '--severity', 'LOW', '--jsonfile', file, `https://localhost:${port}`], { timeout: 240000 });
  return JSON.parse(readFileSync(file, 'utf8')).filter((f) => ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'].includes(f.severity));
}

test('N-11 the scan finds nothing, low severity included', limit, async () => {
  const s = await site();
  const portal = await s.start();
  assert.deepEqual(await scan(s.port, '-p', '-s', '-f', '-U'), []);
  await portal.stop();
});

test('the same scan finds what is wrong with a server of yesterday', limit, async () => {
  const s = await site(), port = await freePort();
  const old = start('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', s.cert, '-key', s.key, '-www',
    '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0']);
  await until('it to listen', async () => (await run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`], { input: 'Q\n' })).code === 0);
  assert.ok((await scan(port, '-p', '-s')).length > 0);
  await old.stop();
});
