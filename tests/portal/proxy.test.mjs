// Behind a proxy that shares connections between clients (W-01).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { answers, site } from '../lib/portal.mjs';
import { freePort, start, until } from '../lib/process.mjs';

let s, portal, proxy, port;
before(async () => {
  s = await site();
  portal = await s.start();
  port = await freePort();
  const conf = join(s.dir, 'haproxy.cfg');
  writeFileSync(conf, `global
  maxconn 500
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  http-reuse always
  server portal 127.0.0.1:${s.port} ssl verify required ca-file ${join(s.dir, 'ca.pem')} sni str(localhost) pool-max-conn 8
`);
  proxy = start('haproxy', ['-db', '-f', conf]);
  await until('haproxy to listen', () => new Promise((done) => {
    const c = connect(port, '127.0.0.1', () => { c.destroy(); done(true); });
    c.on('error', () => done(false));
  }));
});
after(async () => { await proxy?.stop('SIGUSR1'); await portal?.stop(); });

function ask(text, ms = 8000) {
  return new Promise((done) => {
    const c = connect(port, '127.0.0.1', () => c.write(text, 'latin1'));
    let got = '';
    const end = () => { clearTimeout(timer); c.destroy(); done(answers(got)); };
    const timer = setTimeout(end, ms);
    c.on('data', (d) => { got += d.toString('latin1'); if (answers(got).length > 0) setTimeout(end, 5); });
    c.on('error', end);
    c.on('close', end);
  });
}

test('W-01 a thousand requests beside a smuggler: no answer is another client\'s', { timeout: 120000 }, async () => {
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
  let left = 1000, crossed = 0, good = 0;
  const honest = async () => {
    while (left-- > 0) {
      const list = await ask('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      if (list.length === 1 && list[0].status === 200) good++;
      else crossed++;
    }
  };
  let on = true;
  const smuggler = async () => {
    const attacks = [
      `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      `DELETE / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      `POST /signout HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /no-such-page HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    ];
    for (let i = 0; on; i++) {
      const list = await ask(attacks[i % attacks.length]);
      assert.ok(list.length <= 1);
    }
  };
  const bad = [smuggler(), smuggler()];
  await Promise.all(Array.from({ length: 8 }, honest));
  on = false;
  await Promise.all(bad);
  assert.equal(crossed, 0);
  assert.equal(good, 1000);
});
