// What a client may send, and what becomes of all the rest (W-01 to W-08, W-20).
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { all, answers, dial, get, raw, site } from '../lib/portal.mjs';
import { run, sleep, top, until } from '../lib/process.mjs';

let s, portal;
before(async () => { s = await site(); portal = await s.start(); });
after(() => portal?.stop());

// One answer, STATUS, and the connection closed.
async function refused(parts, status, why) {
  const list = await all(s, parts, { heads: () => String(parts[0]).startsWith('HEAD ') });
  assert.deepEqual(list.map((a) => a.status), [status], why);
  assert.equal(list[0].headers.connection, 'close', why);
  assert.ok(list[0].headers['content-security-policy'] || process.env.LATCHKEY_STANDIN, `${why}: security headers`);
  assert.ok(!portal.ended);
}

const smuggled = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

test('a plain request is answered, and the connection kept for the next', async () => {
  const it = await raw(s, [get('/healthz')]);
  assert.equal(it.list[0].status, 200);
  assert.match(it.list[0].headers.date, /GMT$/);
  it.socket.write(get('/healthz'));
  await until('a second answer', () => answers(it.text()).length === 2);
  it.socket.destroy();
});

test('requests sent without waiting are answered in order', async () => {
  const it = await raw(s, [get('/healthz') + get('/no-such-page') + get('/healthz')], { count: 3 });
  assert.equal(it.list.length, 3);
  assert.equal(it.list[0].status, it.list[2].status);
  it.socket.destroy();
});

test('a client that half-closes still gets its answer', async () => {
  const it = dial(s, { allowHalfOpen: true });
  await it.open;
  it.socket.end(get('/healthz'));
  await until('the answer', () => answers(it.text()).length === 1);
  assert.equal(answers(it.text())[0].status, 200);
});

test('even when that comes with the last message of the handshake', async () => {
  const r = await run('python3', [join(top, 'tests/lib/half_close.py'), String(s.port), '50']);
  assert.equal(r.stdout, '50\n', r.stderr);
});

test('and one whose ClientHello comes in pieces, the first an octet long', async () => {
  const between = createServer((from) => {
    const to = connect({ host: '127.0.0.1', port: s.port, noDelay: true });
    for (const end of [from, to]) end.on('error', () => {}).on('close', () => { from.destroy(); to.destroy(); });
    to.pipe(from);
    from.once('data', async (hello) => {
      from.pause();
      for (const piece of [hello.subarray(0, 1), hello.subarray(1, 4), hello.subarray(4, 6), hello.subarray(6, -1), hello.subarray(-1)]) {
        to.write(piece);
        await sleep(20);
      }
      from.pipe(to);
    });
  }).listen(0, '127.0.0.1');
  await until('a way to it', () => between.address());
  const it = dial({ ...s, port: between.address().port });
  await it.open;
  it.socket.write(get('/healthz'));
  await until('the answer', () => answers(it.text()).length === 1);
  assert.equal(answers(it.text())[0].status, 200);
  it.socket.destroy();
  between.close();
});

test('what is no handshake is not waited for', async () => {
  for (const octets of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff more than a record may have']) {
    const socket = connect({ host: '127.0.0.1', port: s.port });
    let over = false;
    socket.on('error', () => {}).on('close', () => { over = true; }).resume();
    socket.write(Buffer.from(octets, 'latin1'));
    await until(`the end of ${JSON.stringify(octets)}`, () => over, 5000);
  }
});

for (const method of ['GET', 'HEAD', 'DELETE'])
  test(`W-01 ${method} with a body, sent later and shaped like a request, is one 400`, async () => {
    await refused([`${method} /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${smuggled.length}\r\n\r\n`, 400, smuggled], 400, method);
  });

test('W-01 OPTIONS with a body is refused and not answered twice', async () => {
  await refused([`OPTIONS / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${smuggled.length}\r\n\r\n`, 400, smuggled], 405, 'options');
});

for (const value of ['chunked', 'identity', 'gzip, chunked', 'xchunked', '', 'chunked\r\nTransfer-Encoding: identity'])
  test(`W-01 any Transfer-Encoding is 400: ${JSON.stringify(value)}`, async () => {
    for (const method of ['GET', 'POST'])
      await refused([`${method} /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: ${value}\r\n\r\n`, 100, `0\r\n\r\n${smuggled}`], 400, value);
  });

const lengths = { 'length and coding': 'Content-Length: 4\r\nTransfer-Encoding: chunked', two: 'Content-Length: 4\r\nContent-Length: 4',
  'two unequal': 'Content-Length: 4\r\ncontent-length: 5', list: 'Content-Length: 4, 4', plus: 'Content-Length: +4',
  minus: 'Content-Length: -1', hex: 'Content-Length: 0x4', 'leading zeros': `Content-Length: ${'0'.repeat(100)}4`,
  '2^64': 'Content-Length: 18446744073709551616', '2^64+4': 'Content-Length: 18446744073709551620', empty: 'Content-Length:',
  blank: 'Content-Length: 4 4', letter: 'Content-Length: 4a', 'space before colon': 'Content-Length : 4' };
for (const [name, lines] of Object.entries(lengths))
  test(`W-02 content length: ${name}`, async () => {
    await refused([`POST /signout HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n\r\nabcd`], 400, name);
  });

const broken = { 'bare LF': 'GET /healthz HTTP/1.1\nHost: localhost\r\n\r\n', 'bare LF at the end': 'GET /healthz HTTP/1.1\r\nHost: localhost\n\n',
  'bare LF between headers': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\nC: d\r\n\r\n', 'bare CR': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\rC: d\r\n\r\n',
  NUL: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n', 'NUL in the address': 'GET /heal\0thz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'folded line': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n', 'folded by tab': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\tc\r\n\r\n',
  'space before colon': 'GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n', 'space in a name': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA b: c\r\n\r\n',
  'no name': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n: c\r\n\r\n', 'no colon': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nabc\r\n\r\n',
  'control octet in a value': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\x01c\r\n\r\n', DEL: 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: b\x7fc\r\n\r\n',
  '8-bit name': 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\xc3\xa9: c\r\n\r\n', 'two blanks': 'GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'blank at the end': 'GET /healthz HTTP/1.1 \r\nHost: localhost\r\n\r\n', 'blank at the start': ' GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'empty line first': '\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', 'no version': 'GET /healthz\r\nHost: localhost\r\n\r\n',
  'lower-case version': 'GET /healthz http/1.1\r\nHost: localhost\r\n\r\n', 'no host': 'GET /healthz HTTP/1.1\r\n\r\n', 'empty host': 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n' };
for (const [name, text] of Object.entries(broken))
  test(`W-03 ${name} is 400`, async () => { await refused([text], 400, name); });

test('W-03 an unknown version is 505', async () => {
  await refused(['GET / HTTP/2.0\r\nHost: localhost\r\n\r\n'], 505, '2.0');
  await refused(['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], 505, 'preface');
});

test('W-03 a head is not decided by how it is cut into packets', async () => {
  const text = get('/healthz', 'A: b\r\n');
  const it = dial(s);
  await it.open;
  for (const c of text) { it.socket.write(c); await sleep(2); }
  await until('the answer', () => answers(it.text()).length === 1);
  assert.equal(answers(it.text())[0].status, 200);
  it.socket.destroy();
});

const many = (n) => Array.from({ length: n }, (_, i) => `X-${i}: ${i}\r\n`);
test('W-04 100 headers are read, the 101st is 431, wherever Host stands', async () => {
  const it = await raw(s, [get('/healthz', many(99).join(''))]);
  assert.equal(it.list[0].status, 200);
  it.socket.destroy();
  for (const at of [0, 1, 50, 99, 100]) {
    const lines = many(100);
    lines.splice(at, 0, 'Host: localhost\r\n');
    await refused([`GET /healthz HTTP/1.1\r\n${lines.join('')}\r\n`], 431, `host at ${at}`);
  }
});

for (const [name, lines, status] of [
  ['Hostile:', 'Hostile: localhost', 400], ['Hostname:', 'Hostname: localhost', 400], ['two', 'Host: localhost\r\nHost: localhost', 400],
  ['two, one foreign', 'Host: localhost\r\nhost: evil.example', 400], ['foreign', 'Host: evil.example', 421],
  ['prefix', 'Host: localhost.evil.example', 421], ['suffix', 'Host: evillocalhost', 421], ['path', 'Host: localhost/x', 421],
  ['userinfo', 'Host: localhost@evil.example', 421], ['userinfo before', 'Host: evil@localhost', 421], ['port of another', 'Host: localhost:1', 421],
  ['port 0', 'Host: localhost:0', 421], ['port with sign', 'Host: localhost:+443', 421], ['empty port', 'Host: localhost:', 421],
  ['port too long', 'Host: localhost:000443', 421], ['dot', 'Host: localhost.', 421], ['list', 'Host: localhost, localhost', 421]])
  test(`W-05 Host: ${name} is ${status}`, async () => {
    await refused([`GET /healthz HTTP/1.1\r\n${lines}\r\n\r\n`], status, name);
  });

test('W-05 our names are answered, with the port or without, in any case', async () => {
  for (const host of ['localhost', 'LOCALHOST', `localhost:${s.port}`, 'other.example']) {
    const it = await raw(s, [`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
    assert.equal(it.list[0].status, 200, host);
    it.socket.destroy();
  }
});

test('W-05 the absolute form counts only when it says the same as Host', async () => {
  const it = await raw(s, ['GET https://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n']);
  assert.equal(it.list[0].status, 200);
  it.socket.destroy();
  await refused(['GET https://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'], 400, 'differs');
  await refused(['GET https://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n'], 421, 'foreign');
  await refused(['GET ftp://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'], 400, 'scheme');
  await refused(['GET healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'], 400, 'no slash');
  await refused(['GET https://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n'], 400, 'no path');
});

test('W-06 fifty cookies and eight kilobytes of one are no trouble', async () => {
  const cookie = Array.from({ length: 50 }, (_, i) => `c${i}=a=b=="${i}"`).join('; ');
  for (const value of [cookie, `big=${'x'.repeat(8000)}`, 'a', '=', ';;;', '__host-session=x; __Host-session=y; __Host-session=z']) {
    const it = await raw(s, [get('/healthz', `Cookie: ${value}\r\n`)]);
    assert.equal(it.list[0].status, 200, value.slice(0, 40));
    it.socket.destroy();
  }
});

test('W-07 a head of 16384 octets is read; one more is 431 within a second', async () => {
  const head = (n) => { const h = get('/healthz', 'X: \r\n'); return get('/healthz', `X: ${'a'.repeat(n - h.length)}\r\n`); };
  const it = await raw(s, [head(16384)]);
  assert.equal(it.list[0].status, 200);
  it.socket.destroy();
  await refused([head(16385)], 431, 'one more');
  await refused([`GET /${'a'.repeat(70000)} HTTP/1.1\r\n`], 431, 'endless');
  await refused([get(`/${'a'.repeat(5000)}`)], 414, 'address');
});

const paths = ['/../etc/passwd', '/static/../x', '/static/%2e%2e/x', '/%2e/', '/static/..%2fx', '/a%00b', '/a%5cb', '/a\\b', '//', '/a//b', '/./', '/.',
  '/..', '/a/..', '/%', '/%4', '/%zz', '/a%0ab', '/a#b', '/a"b', '/a<b', '/static/%c0%ae%c0%ae/x', '/static/a;x', '/static/'];
for (const p of paths)
  test(`W-08 ${p} names nothing`, async () => {
    const list = await all(s, [get(p, 'Connection: close\r\n')]);
    assert.equal(list.length, 1);
    if (!process.env.LATCHKEY_STANDIN) assert.ok([400, 404].includes(list[0].status), `${p}: ${list[0].status}`);
  });

test('W-20 methods: known but not done are 405, unknown ones 501', async () => {
  for (const [method, status] of [['TRACE', 405], ['CONNECT', 405], ['OPTIONS', 405], ['get', 501], ['Get', 501], ['FOO', 501], ['PROPFIND', 501], ['G(T', 400], ['', 400]])
    await refused([`${method} / HTTP/1.1\r\nHost: localhost\r\n\r\n`], status, method);
});

test('W-20 HEAD is GET without the body', async () => {
  const a = await raw(s, [get('/healthz')]);
  const b = await raw(s, [get('/healthz').replace('GET', 'HEAD')], { heads: () => true });
  const names = (x) => Object.keys(x.list[0].headers).sort();
  assert.equal(b.list[0].status, 200);
  assert.deepEqual(names(b), names(a));
  assert.equal(b.text().indexOf('\r\n\r\n') + 4, b.text().length);
  a.socket.destroy(); b.socket.destroy();
});

test('a body over the limit is 413 before it is sent (W-10)', async () => {
  await refused([`POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n`], 413, 'large');
});

test('a body of 65536 octets is read, one more is not (W-10, B-8)', async () => {
  for (const n of [65536 - 1, 65536]) {
    const it = await raw(s, [`POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${n}\r\n\r\n`, Buffer.alloc(n, 97)]);
    assert.notEqual(it.list[0].status, 413, `${n} octets`);
    assert.ok(it.list[0].status < 500);
  }
  await refused([`POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${65536 + 1}\r\n\r\n`], 413, 'one more');
});

test('where files are taken it is 8388608 octets, and one more is not (W-10, B-8)', async () => {
  const head = (n) => `POST /desk/table HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${n}\r\n\r\n`;
  for (const n of [8388608 - 1, 8388608]) {
    const it = await raw(s, [head(n), Buffer.alloc(n, 97)]);
    assert.notEqual(it.list[0].status, 413, `${n} octets`);
    assert.ok(it.list[0].status < 500);
  }
  await refused([head(8388608 + 1)], 413, 'one more');
});

test('a body over the limit that is sent all the same does not hide the answer', async () => {
  await refused([`POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n`, Buffer.alloc(300000, 97)], 413, 'large and sent');
});

test('Expect: 100-continue is answered before the body, others are 417', async () => {
  const it = await raw(s, ['POST /signout HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n']);
  assert.equal(it.list[0].status, 100);
  it.socket.write('a=b');
  await until('the answer', () => answers(it.text()).length === 2);
  it.socket.destroy();
  await refused([get('/', 'Expect: tea\r\n')], 417, 'tea');
});

test('a body longer than its length is the next request, and judged as one', async () => {
  const list = await all(s, [`POST /signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=bGARBAGE\r\n\r\n`]);
  assert.equal(list.length, 2);
  assert.equal(list[1].status, 400);
});

test('HTTP/1.0 is answered once and closed', async () => {
  const list = await all(s, ['GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n']);
  assert.equal(list.length, 1);
  assert.equal(list[0].headers.connection, 'close');
});
