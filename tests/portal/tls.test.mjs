// TLS as it should be in 2026, with either kind of key (W-11).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { get, raw, site } from '../lib/portal.mjs';
import { run, until } from '../lib/process.mjs';

const client = (s, args, input = 'Q\n') => run('openssl', ['s_client', '-connect', `127.0.0.1:${s.port}`, '-servername', 'localhost',
  ...args], { input, timeout: 20000 });
const agreed = (r) => /Cipher is (?!\(NONE\))(\S+)/.exec(r.stdout)?.[1];

for (const rsa of [false, true])
  test(`W-11 ${rsa ? 'RSA' : 'EC'} key`, { timeout: 120000 }, async (t) => {
    const s = await site({ rsa });
    const portal = await s.start();
    const kind = rsa ? 'RSA' : 'ECDSA';
    try {
      await t.test('TLS 1.3', async () => assert.match(agreed(await client(s, ['-tls1_3'])), /^TLS_/));
      await t.test('TLS 1.2', async () => assert.match(agreed(await client(s, ['-tls1_2'])), new RegExp(`^ECDHE-${kind}-`)));
      for (const old of ['-tls1', '-tls1_1'])
        await t.test(`no ${old}`, async () => assert.equal(agreed(await client(s, [old, '-cipher', 'ALL:@SECLEVEL=0'])), undefined));
      for (const good of ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'])
        await t.test(`ECDHE-${kind}-${good}`, async () =>
          assert.equal(agreed(await client(s, ['-tls1_2', '-cipher', `ECDHE-${kind}-${good}`])), `ECDHE-${kind}-${good}`));
      await t.test('nothing without forward secrecy, nothing but AEAD', async () => {
        const all = (await run('openssl', ['ciphers', '-s', '-tls1_2', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'])).stdout.trim().split(':');
        const bad = all.filter((c) => !/^ECDHE-(RSA|ECDSA)-.*(GCM|CHACHA20)/.test(c));
        assert.ok(bad.length > 20);
        assert.equal(agreed(await client(s, ['-tls1_2', '-cipher', `${bad.join(':')}:@SECLEVEL=0`])), undefined);
      });
      await t.test('no compression, no renegotiation', async () => {
        const r = await client(s, ['-tls1_2'], 'R\n');
        assert.match(r.stdout, /Compression: NONE/);
        assert.match(r.stdout + r.stderr, /no renegotiation|handshake failure|RENEGOTIATING[^]*(error|closed|read:errno)/i);
      });
      await t.test('no early data', async () => {
        const r = await client(s, ['-tls1_3']);
        assert.doesNotMatch(r.stdout, /Max Early Data: [1-9]/);
      });
      await t.test('a session is resumed, on 1.2 and 1.3', async () => {
        for (const version of ['TLSv1.2', 'TLSv1.3']) {
          const dial = (session) => connect({ host: '127.0.0.1', port: s.port, servername: 'localhost', ca: s.ca, session,
            minVersion: version, maxVersion: version });
          const first = dial();
          let session = null;
          first.on('session', (x) => { session = x; });
          first.write(get('/healthz'));
          first.resume();
          await until('a session', () => session);
          first.destroy();
          const again = dial(session);
          await new Promise((done, fail) => { again.on('secureConnect', done); again.on('error', fail); });
          assert.ok(again.isSessionReused(), version);
          again.destroy();
        }
      });
      await t.test('fifty handshakes in a row, no one fails', async () => {
        for (let i = 0; i < 50; i++) {
          const it = await raw(s, [get('/healthz')]);
          assert.equal(it.list[0].status, 200);
          it.socket.destroy();
        }
      });
    } finally { await portal.stop(); }
  });
