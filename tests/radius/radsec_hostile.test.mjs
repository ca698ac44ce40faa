// RADIUS over TLS and those who mean harm, or cannot count.
// waits: handshakes to be given up
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, scratch, until } from '../lib/process.mjs';
import { authority } from '../lib/tls.mjs';
import { registrar } from '../lib/revoke.mjs';
import { accessRequest, attr, mac, readReply } from '../lib/wpa.mjs';
import { dial, packet11, radsecSite } from '../lib/radsec.mjs';

const dir = scratch('radsec-hostile');
const station = '02-aa-00-00-00-01';
const lists = join(dir, 'lists.pem'), authorities = join(dir, 'authorities.pem');
let it, port, ca, root, branch, hall, attic;

const write = async () => {
  writeFileSync(`${lists}.new`, await root.list() + await branch.list());
  renameSync(`${lists}.new`, lists);
};

before(async () => {
  ca = await authority(dir);
  const server = await ca.issue('server');
  root = await registrar(dir, 'root');
  branch = await registrar(dir, 'branch', root);
  hall = await root.issue('hall', 'hall.example');
  attic = await branch.issue('attic', 'attic.example');
  writeFileSync(authorities, readFileSync(root.cert));
  await write();
  ({ it, port } = await radsecSite('radsec-hostile', server, authorities, `crl_file = "${lists}"`));
  await it.tell('tls hall.example');
  for (const name of ['attic', 'old', 'gone', 'cellar']) await it.tell(`ap ${name} ${name}.example`);
  await it.responder();
  await until('the access points', async () => await metric('access_points') === 5);
});
after(() => it.end());

const metric = async (name) => Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name} (\\d+)`, 'm'))[1]);
const request = (more = {}) => accessRequest({ secret: 'radsec', ssid: it.ssid, ap: mac('020000000010'), station: mac(station), ...more });
const call = (who, more = {}) => dial(port, { ca: readFileSync(ca.ca), cert: who?.cert, key: who?.key, ...more });

// Nobody's question is answered here but with a reject: there is no key.
async function served(who, more) {
  const c = call(who, more);
  const p = request();
  c.send(p);
  await until('an answer or the end', () => c.got.length > 0 || c.closed, 20000);
  const [a] = c.got;
  c.end();
  return a !== undefined && readReply(p, a, 'radsec').what === 'reject';
}
async function unharmed() {
  assert.equal(await served(hall), true, 'others are served');
}

test('no certificate, a lapsed one, TLS 1.1, and a session without one are refused (R-26)', async () => {
  await unharmed();
  assert.equal(await served(null), false, 'no certificate');
  const lapsed = await root.issue('old', 'old.example', ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z']);
  assert.equal(await served(lapsed), false, 'lapsed');
  const early = await root.issue('old2', 'old.example', ['-startdate', '20400101000000Z', '-enddate', '20400201000000Z']);
  assert.equal(await served(early), false, 'not yet valid');
  assert.equal(await served(hall, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }), false, 'TLS 1.1');
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const c = call(hall, { maxVersion });
    let session = null;
    c.socket.on('session', (s) => { session = s; });
    c.send(request());
    await c.next();
    session ??= c.socket.getSession();
    c.end();
    assert.equal(await served(null, { maxVersion, session }), false, `${maxVersion}: resumed without a certificate`);
  }
  await unharmed();
});

test('a certificate on the list is refused, and who is connected by it is put off (R-26)', async () => {
  const gone = await root.issue('gone', 'gone.example');
  assert.equal(await served(gone), true);
  assert.equal(await served(attic), true);
  const open = call(gone), by = call(attic);
  for (const c of [open, by]) { c.send(request()); await c.next(); }
  await root.revoke(gone.alone);
  await write();
  await open.ended(20000);
  assert.equal(await served(gone), false);
  by.end();
  await until('the others to come again', () => served(attic));
});

test('what a revoked intermediate has signed is refused (R-26)', async () => {
  assert.equal(await served(attic), true);
  await root.revoke(branch.cert);
  await write();
  await until('the list to be read', async () => !(await served(attic)), 20000);
  await unharmed();
});

test('a list that cannot be read leaves the last one in force', async () => {
  const opened = await metric('tls_opened_total');
  writeFileSync(lists, 'nothing of use');
  await it.radius.says(/error radsec\.files /, 20000);
  assert.equal(await served(attic), false);
  await unharmed();
  assert.ok(await metric('tls_opened_total') > opened);
  const reads = () => it.radius.output.match(/info radsec\.files /g)?.length ?? 0, before = reads();
  await write();
  await until('it to be read', () => reads() > before, 20000); // who is connected comes again then
});

test('a packet one octet at a time, and many in one record (R-27)', async () => {
  const c = call(hall);
  const p = request();
  for (const octet of p) c.send(Buffer.from([octet]));
  assert.equal(readReply(p, await c.next(), 'radsec').what, 'reject');
  const all = Array.from({ length: 40 }, (_, id) => request({ id }));
  c.send(...all);
  const seen = new Set();
  for (const _ of all) seen.add((await c.next())[1]);
  assert.equal(seen.size, 40);
  const [one, two] = [request({ id: 101 }), request({ id: 102 })];
  const whole = Buffer.concat([one, two]);
  c.send(whole.subarray(0, one.length + 3));
  assert.equal(readReply(one, await c.next(), 'radsec').what, 'reject');
  c.send(whole.subarray(one.length + 3));
  assert.equal(readReply(two, await c.next(), 'radsec').what, 'reject');
  c.end();
});

test('a length that lies, and what is no packet, end the connection (R-27)', async () => {
  const lie = (n) => { const p = request(); p.writeUInt16BE(n, 2); return p; };
  const odd = request();
  odd[21] = 1; // an attribute shorter than itself
  for (const p of [lie(0), lie(19), lie(4097), lie(65535), odd, Buffer.from('GET / HTTP/1.0\r\n\r\n')]) {
    const c = call(hall);
    c.send(p);
    await c.ended();
    assert.equal(c.got.length, 0);
  }
  for (const code of [2, 3, 5, 11, 40, 43, 255]) { // not for us: dropped
    const c = call(hall);
    const p = request(), wrong = request();
    wrong[0] = code;
    c.send(wrong, p);
    assert.equal(readReply(p, await c.next(), 'radsec').what, 'reject', `code ${code}`);
    c.end();
  }
});

test('openssl s_client: rubbish before and after the handshake, and renegotiation (R-27)', async () => {
  const plain = connect(port, '127.0.0.1');
  plain.on('error', () => {});
  plain.write('GET / HTTP/1.0\r\n\r\n');
  await new Promise((done) => { plain.on('close', done); plain.resume(); });
  const s_client = (args, input) => run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', ca.ca,
    '-cert', hall.files.cert, '-key', hall.files.key, ...args], { input, timeout: 20000 });
  const before = await metric('tls_broken_total');
  await s_client(['-quiet'], 'x'.repeat(5000));
  await until('it to be counted', async () => await metric('tls_broken_total') > before);
  const again = await s_client(['-tls1_2'], 'R\n');
  assert.match(again.stdout + again.stderr, /no renegotiation|RENEGOTIATING/i);
  const ticket = await s_client([], '');
  assert.doesNotMatch(ticket.stdout, /TLS session ticket:/);
  await unharmed();
});

test('a thousand half-open handshakes crowd out nobody (R-27)', async () => {
  const c = call(hall);
  c.send(request());
  await c.next();
  const limited = await metric('tls_limited_total');
  const flood = Array.from({ length: 1000 }, () => {
    const s = connect(port, '127.0.0.1');
    s.on('error', () => {});
    s.resume();
    return s;
  });
  c.send(request());
  await c.next(20000);
  await until('those to give way', async () => await metric('tls_limited_total') >= limited + 900, 30000);
  assert.ok(flood.filter((s) => !s.destroyed).length <= 100);
  await unharmed();
  c.send(request());
  await c.next();
  c.end();
  for (const s of flood) s.destroy();
});

test('one access point that connects again and again loses its oldest connections', async () => {
  const many = [];
  for (let i = 0; i < 12; i++) {
    const c = call(hall);
    c.send(request());
    await c.next();
    many.push(c);
  }
  await until('the oldest to be closed', () => many.filter((c) => c.closed).length === 4);
  assert.ok(many.slice(0, 4).every((c) => c.closed));
  for (const c of many) c.end();
});

test('a peer that never reads is closed, and costs others nothing (R-27)', async () => {
  const limited = await metric('tls_limited_total');
  const c = call(await root.issue('cellar', 'cellar.example'), { ALPNProtocols: ['radius/1.1'] });
  await until('the handshake', () => c.open);
  c.socket.pause();
  const some = Buffer.concat(Array.from({ length: 200 }, () => packet11(12, [attr(33, 'x'.repeat(250))])));
  const push = setInterval(() => { if (c.socket.writableLength < 1 << 20) c.socket.write(some); }, 5);
  try {
    await until('it to be closed', async () => {
      assert.equal(await served(hall), true);
      return await metric('tls_limited_total') > limited;
    }, 60000);
  } finally { clearInterval(push); c.end(); }
  await unharmed();
});
