// Rows of the hostile catalogue that need an access point which lies, walks,
// shouts or shares, against the running responder.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { site, secret } from '../lib/site.mjs';
import { send } from '../lib/radius.mjs';
import { sleep, until } from '../lib/process.mjs';
import { accessRequest, accountingRequest, attr, hidden, mac, pmk, readReply } from '../lib/wpa.mjs';

const station = '02-aa-00-00-00-01', bss = mac('020000000010');
const yard = 'another-Secret-of-24-chars';
let it, key;
before(async () => {
  it = await site('rows', { address: '127.0.0.1' });
  await it.tell('yard 127.0.0.2');
  await it.responder();
  key = await it.key();
  await until('the device to join', async () => (await it.ask({ station, passphrase: key.passphrase })).what === 'accept');
});
after(() => it.end());

const metric = async (name) => Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name} (\\d+)`, 'm'))[1]);
const request = (more = {}) => accessRequest({ secret, ssid: it.ssid, ap: bss, station: mac(station), ...more });

// An access point's socket at HOST: answers by identifier, in order.
async function point(host = '127.0.0.1', port = 0) {
  const s = createSocket('udp4'), got = [];
  s.on('message', (m) => got.push(m));
  await new Promise((done) => s.bind(port, host, done));
  return { got, port: s.address().port, close: () => s.close(),
    say: (p, to = it.authPort) => s.send(p, to, '127.0.0.1') };
}

// Sends all, a window at a time, and waits for each to be answered.
async function all(packets, each) {
  const p = await point();
  for (let at = 0; at < packets.length; at += 100) {
    const some = packets.slice(at, at + 100);
    for (const q of some) p.say(q);
    await until('the answers', () => p.got.length === some.length, 20000);
    for (const a of p.got.splice(0)) each(some.find((q) => q[1] === a[1]), a);
  }
  p.close();
}

test('a hidden password never repeats its salt under one authenticator, and is padded to the octet (R-06)', async (t) => {
  const authenticator = randomBytes(16);
  let salts = new Set(), n = 0;
  for (let round = 0; round < 8; round++) {
    const packets = Array.from({ length: 256 }, (_, id) => request({ id, authenticator }));
    await all(packets, (q, a) => {
      const h = hidden(readReply(q, a, secret).get(69), secret, authenticator);
      assert.equal(h.salt & 0x8000, 0x8000, 'the top bit');
      assert.ok(!salts.has(h.salt), `salt ${h.salt.toString(16)} twice within ${n}`);
      salts.add(h.salt);
      assert.equal(h.octets.length % 16, 0);
      assert.equal(h.octets.length, Math.ceil((1 + h.octets[0]) / 16) * 16, 'no more blocks than needed');
      assert.ok(h.octets.subarray(1 + h.octets[0]).every((x) => x === 0), 'padded with zeros');
      n++;
    });
  }
  t.diagnostic(`${n} answers under one authenticator, ${salts.size} salts`);
  assert.equal(n, 2048);
});

test('passphrases of every length, and 64 digits, come through as hostapd takes them (R-06)', async () => {
  const made = [];
  const letters = 'abcdefghijkmnopqrstuvwxyz23456789';
  for (let n = 8; n <= 64; n++) {
    const word = n === 64 ? randomBytes(32).toString('hex')
      : Array.from({ length: n }, (_, i) => letters[(i * 7 + n) % letters.length]).join('');
    const k = await it.key(word);
    const sta = `02-aa-06-00-00-${n.toString(16).padStart(2, '0')}`;
    await it.tell(`bind ${k.id} ${sta}`);
    made.push({ word, sta, n });
  }
  for (const { word, sta, n } of made) {
    const a = await until(`the key of ${n}`, async () => {
      const got = await it.ask({ station: sta });
      return got.what === 'accept' && got;
    });
    const value = a.reply.get(69);
    assert.equal(value.length % 16, 3, 'tag, salt and whole blocks: hostapd takes nothing else');
    const h = hidden(value, secret, a.packet.subarray(4, 20));
    assert.ok(h.octets.subarray(1 + h.octets[0]).every((x) => x === 0));
    assert.deepEqual(pmk(a.passphrase, it.ssid), pmk(word, it.ssid), `${n} characters`);
  }
});

test('secrets that belong in an answer are not looked at in a request (R-07)', async () => {
  const vendor = (id, type, value) => attr(26, Buffer.concat([Buffer.from([0, 0, id >> 8, id & 255, type, value.length + 2]), value]));
  const plain = await it.ask({ station });
  assert.equal(plain.what, 'accept');
  const odd = {
    'a hidden password': [attr(69, randomBytes(35))],
    'one that is too short': [attr(69, Buffer.from([0]))],
    'one of no whole block': [attr(69, randomBytes(20))],
    'MPPE keys': [vendor(311, 17, randomBytes(34)), vendor(311, 16, randomBytes(3))],
    'CHAP with a challenge': [attr(3, randomBytes(17)), attr(60, randomBytes(16))],
    'CHAP of no length': [attr(3, Buffer.alloc(1)), attr(60, Buffer.alloc(1))],
    'the beginning of EAP': [attr(79, Buffer.from([2, 1, 0, 5, 1]))],
    'EAP that lies about its length': [attr(79, Buffer.from([2, 1, 0xff, 0xff, 4])), attr(79, randomBytes(253))],
    'Ruckus and Aruba keys': [vendor(25053, 142, randomBytes(33)), vendor(14823, 44, randomBytes(2))],
  };
  for (const [what, extra] of Object.entries(odd)) {
    const a = await it.ask({ station, extra });
    assert.equal(a.what, 'accept', what);
    assert.equal(a.passphrase, plain.passphrase, `${what}: the same key`);
    assert.equal(a.reply.get(79), undefined, `${what}: no EAP`);
    const none = await it.ask({ station: '02-aa-07-00-00-01', extra });
    assert.equal(none.what, 'reject', `${what}: opens nothing`);
  }
});

test('a thousand wrong secrets of a known access point are reported, and lock nobody out (R-12)', async () => {
  const forged = await metric('forged_total'), from = it.radius.output.length;
  const p = await point();
  for (let i = 0; i < 1000; i++) {
    p.say(accessRequest({ secret: 'not-the-Secret-of-24-chars', ssid: it.ssid, ap: bss, station: mac(station), id: i % 256 }));
    if (i % 50 === 49) {
      await sleep(2);
      assert.equal((await it.ask({ station, timeout: 2000 })).what, 'accept', `after ${i + 1}`);
    }
  }
  await until('them to be counted', async () => await metric('forged_total') >= forged + 1000);
  assert.equal(p.got.length, 0, 'not one is answered');
  p.close();
  const said = it.radius.output.slice(from).split('\n').filter((l) => l.includes('radius.forged'));
  assert.ok(said.length >= 1 && said.length <= 3, `${said.length} lines`);
  assert.match(said[0], /level=warn|"level":"warn"|WARN/i);
  assert.match(said[0], /hall/, 'with the name of the access point');
  assert.match(said[0], /127\.0\.0\.1/);
});

test('an access point that walks through the addresses is held up, and no other one is (R-16)', async (t) => {
  const walked = await metric('budget_unknown_total'), from = it.radius.output.length;
  const p = await point();
  let answered = 0;
  for (let i = 0; i < 6000; i++) {
    p.say(request({ id: i % 256, station: mac((0x02ee00000000 + i).toString(16).padStart(12, '0')) }));
    if (i % 64 === 63) { await sleep(4); answered += p.got.splice(0).length; }
  }
  await until('it to be held up', async () => await metric('budget_unknown_total') > walked + 1000);
  await sleep(200);
  answered += p.got.splice(0).length;
  p.close();
  t.diagnostic(`6000 addresses, ${answered} answered`);
  assert.ok(answered < 3000, 'most get silence');
  assert.match(it.radius.output.slice(from), /radius\.curious.*hall/);
  assert.equal((await it.ask({ station })).what, 'accept', 'its known devices go on');
  const other = await point('127.0.0.2');
  const q = accessRequest({ secret: yard, ssid: it.ssid, ap: bss, station: mac('02ee00000001') });
  other.say(q);
  await until('the other access point to be answered', () => other.got.length === 1);
  assert.equal(readReply(q, other.got[0], yard).what, 'reject');
  other.close();
});

test('a key for other access points is not given to this one (R-16)', async () => {
  await it.tell('group east');
  await it.tell('only east');
  await until('it to be right here', async () => (await it.ask({ station })).what === 'accept');
  await it.tell('only west');
  await until('a refusal', async () => (await it.ask({ station })).what === 'reject');
  assert.equal((await it.ask({ station, passphrase: key.passphrase })).what, 'reject', 'proven or not');
  const why = JSON.parse((await it.control(`why ${station}`)).trim().split('\n')[0]);
  assert.equal(why.verdict, 'wrong-place', JSON.stringify(why));
  await it.tell('only east,west');
  await until('an accept', async () => (await it.ask({ station })).what === 'accept');
});

test('two access points behind one address are told apart by their ports; v4 in v6 is v4 (R-30)', async () => {
  const a = await point(), b = await point();
  const one = request({ id: 9, nas: 'ap-a' }), two = request({ id: 9, nas: 'ap-b', station: mac('02aa30000001') });
  for (let i = 0; i < 3; i++) { a.say(one); b.say(two); await sleep(30); }
  await until('all answers', () => a.got.length === 3 && b.got.length === 3);
  for (const [p, q, what] of [[a, one, 'accept'], [b, two, 'reject']])
    for (const m of p.got) assert.equal(readReply(q, m, secret).what, what);
  const int = (v) => Buffer.from([0, 0, 0, v]);
  const start = (nas) => accountingRequest({ secret, id: 9, attributes: [attr(40, int(1)), attr(44, 'same-session'),
    attr(1, '02aa00000001'), attr(32, nas), attr(30, `02-00-00-00-00-10:${it.ssid}`), attr(31, station)] });
  for (const nas of ['ap-a', 'ap-b']) assert.ok(await send(start(nas), it.acctPort, { timeout: 3000 }));
  const visits = (await it.tell(`visits ${key.id}`)).split(';').filter((v) => v.trim());
  assert.equal(visits.length, 2, 'one session identifier, two access points, two visits');
  a.close();
  b.close();

  for (const no of ['fe80::1%lo', '::ffff:127.0.0.1%1', '127.0.0.1/33', '::ffff:127.0.0.1/129', '127.1', '127.0.0.1/16'])
    assert.equal(await it.tell(`at ${no}`), 'BAD_INPUT', no);
  assert.equal(await it.tell('at ::ffff:127.0.0.3'), 'ok');
  const moved = await point('127.0.0.3'), q = request();
  await until('the mapped address to be the plain one', async () => { moved.say(q); await sleep(50); return moved.got.length; });
  assert.equal(readReply(q, moved.got[0], secret).what, 'accept');
  assert.equal((await it.ask({ station, timeout: 300 })).what, 'silence', 'and its old address is nobody\'s');
  assert.equal(await it.tell('at 127.0.0.0/8'), 'ok');
  await until('the old address', async () => (await it.ask({ station, timeout: 300 })).what === 'accept');
  const p2 = await point('127.0.0.2'), q2 = accessRequest({ secret: yard, ssid: it.ssid, ap: bss, station: mac(station) });
  p2.say(q2);
  await until('the longest prefix to win', () => p2.got.length);
  assert.ok(readReply(q2, p2.got[0], yard));
  p2.close();
  moved.close();
});

test('no answer is longer than 1400 octets: it is left out, never cut (R-31)', async () => {
  const plain = (await it.ask({ station })).answer.length;
  const room = 1400 - plain;
  const states = (octets) => {
    const out = [];
    for (let left = octets; left > 0;) {
      let n = Math.min(left, 255);
      if (left - n === 1 || left - n === 2) n -= 3;
      out.push(attr(33, randomBytes(n - 2)));
      left -= n;
    }
    return out;
  };
  const fits = await it.ask({ station, extra: states(room) });
  assert.equal(fits.what, 'accept');
  assert.equal(fits.answer.length, 1400);
  const before_ = await metric('too_big_total');
  assert.equal((await it.ask({ station, extra: states(room + 3), timeout: 400 })).what, 'silence');
  assert.equal(await metric('too_big_total'), before_ + 1, 'counted');
  assert.equal((await it.ask({ station })).what, 'accept');
});

test('two passwords of one network go to their own VLANs, always said (R-32)', async () => {
  const want = [];
  for (const [vlan, sta] of [[30, '02-aa-32-00-00-01'], [40, '02-aa-32-00-00-02'], [0, '02-aa-32-00-00-03']]) {
    await it.tell(`vlan ${vlan}`);
    want.push({ vlan, sta, key: await it.key() });
  }
  for (const { vlan, sta, key: k } of want)
    for (const passphrase of [k.passphrase, undefined, k.passphrase]) {
      const a = await until('an accept', async () => { const x = await it.ask({ station: sta, passphrase }); return x.what === 'accept' && x; });
      assert.equal(a.vlan, vlan ? String(vlan) : undefined, `${sta} with${passphrase ? '' : 'out'} a handshake`);
      for (const [type, value] of [[64, 13], [65, 6]])
        assert.equal(a.reply.get(type)?.readUInt32BE(0), vlan ? value : undefined);
    }
  const second = '02-aa-32-00-00-01';
  const moved = await until('the other key', async () => { const x = await it.ask({ station: second, passphrase: want[1].key.passphrase }); return x.what === 'accept' && x; });
  assert.equal(moved.vlan, '40', 'the VLAN is the password\'s, not the device\'s');
});
