// Patience has an end, and a full house makes room (W-09).
// alone: it measures time
import assert from 'node:assert/strict';
import { connect as plain } from 'node:net';
import { after, before, test } from 'node:test';
import { answers, dial, get, raw, site } from '../lib/portal.mjs';
import { sleep, until } from '../lib/process.mjs';

let s, portal;
before(async () => { s = await site(); portal = await s.start(); });
after(() => portal?.stop());

// How long until IT is closed, in seconds.
async function lasts(it, most) {
  const start = Date.now();
  await until('the end of the connection', () => it.ended, most * 1000);
  return (Date.now() - start) / 1000;
}

// The bounds are those of conn.h, with room for a busy machine above.
test('W-09 deadlines are kept although nothing else happens', { timeout: 120000, concurrency: true }, async (t) => {
  await Promise.all([
    t.test('silence before the handshake ends after 10 s', async () => {
      const it = { ended: false };
      const socket = plain({ host: '127.0.0.1', port: s.port });
      socket.on('error', () => {});
      socket.on('close', () => { it.ended = true; });
      socket.resume();
      const took = await lasts(it, 20);
      assert.ok(took > 8, `${took}`);
    }),
    t.test('half a handshake ends after 10 s, fed or not', async () => {
      const it = { ended: false };
      const socket = plain({ host: '127.0.0.1', port: s.port });
      socket.on('error', () => {});
      socket.on('close', () => { it.ended = true; clearInterval(feed); });
      socket.resume();
      socket.write(Buffer.from('1603010200010001fc0303', 'hex'));
      const feed = setInterval(() => socket.write('\0'), 2000);
      const took = await lasts(it, 20);
      assert.ok(took > 8, `${took}`);
    }),
    t.test('silence after the handshake ends after 10 s', async () => {
      const it = dial(s);
      await it.open;
      const took = await lasts(it, 20);
      assert.ok(took > 8 && it.text() === '', `${took} ${it.text()}`);
    }),
    t.test('one octet of a head every 2 s is 408 after 10 s', async () => {
      const it = dial(s);
      await it.open;
      const text = get('/healthz');
      let i = 0;
      const feed = setInterval(() => { if (!it.socket.destroyed) it.socket.write(text[i++]); }, 2000);
      const took = await lasts(it, 25);
      clearInterval(feed);
      assert.ok(took > 8, `${took}`);
      assert.equal(answers(it.text())[0]?.status, 408);
    }),
    t.test('one octet of a body every 2 s is 408 after 30 s', async () => {
      const it = dial(s);
      await it.open;
      it.socket.write('POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n');
      const feed = setInterval(() => { if (!it.socket.destroyed) it.socket.write('a'); }, 2000);
      const took = await lasts(it, 50);
      clearInterval(feed);
      assert.ok(took > 28, `${took}`);
      assert.equal(answers(it.text())[0]?.status, 408);
    }),
    t.test('an answered connection is kept idle for 20 s', async () => {
      const it = await raw(s, [get('/healthz')]);
      const took = await lasts(it, 35);
      assert.ok(took > 17, `${took}`);
    }),
  ]);
});

test('W-09 a thousand clients that say nothing do not keep one out that does', { timeout: 60000 }, async () => {
  const silent = [];
  for (let i = 0; i < 1000; i++) {
    const socket = plain({ host: '127.0.0.1', port: s.port });
    socket.on('error', () => {});
    silent.push(socket);
    if (i % 50 === 0) await sleep(5);
  }
  const start = Date.now();
  const it = await raw(s, [get('/healthz')]);
  assert.equal(it.list[0].status, 200);
  assert.ok(Date.now() - start < 3000);
  it.socket.destroy();
  for (const socket of silent) socket.destroy();
});

test('W-09 at the limit of connections the oldest silent one makes room', { timeout: 60000 }, async () => {
  // `ulimit -n` is what the portal derives its limit from
  const small = await site();
  const it = await small.start({ files: 1000 });
  const silent = [];
  try {
    for (let i = 0; i < 1100; i++) {
      const socket = plain({ host: '127.0.0.1', port: small.port });
      socket.gone = false;
      socket.on('error', () => {});
      socket.on('close', () => { socket.gone = true; });
      socket.resume();
      silent.push(socket);
      if (i % 25 === 0) await sleep(10);
    }
    const one = await raw(small, [get('/healthz')]);
    assert.equal(one.list[0].status, 200);
    one.socket.destroy();
    await until('some to be gone', () => silent.filter((x) => x.gone).length > 0);
    assert.ok(silent.findIndex((x) => x.gone) < 100, 'the oldest go first');
    assert.match(it.output, /portal\.connections-full/);
  } finally {
    for (const socket of silent) socket.destroy();
    await it.stop();
  }
});
