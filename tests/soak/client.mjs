// An access point that asks all day long by one socket.
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { accessRequest, accountingRequest, attr, mac, message2, pmk, readReply } from '../lib/wpa.mjs';

const TRIES = 3, PATIENCE = 2000;
const ap = mac('020000000010');
const int = (v) => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };

export async function socket(port, secret, ssid) {
  const s = createSocket('udp4');
  const it = { port, secret, ssid, pmks: new Map(), open: new Map(), next: 0, close: () => s.close() };
  s.on('message', (m) => it.open.get(m[1])?.(m));
  await new Promise((done) => s.bind(0, '127.0.0.1', done));
  it.say = (packet, to) => s.send(packet, to, '127.0.0.1');
  return it;
}

function packet(s, id, q) {
  const sta = mac(q.station);
  if (q.kind === 'visit')
    return accountingRequest({ id, secret: s.secret, attributes: [attr(40, int(q.event)), attr(44, q.session), attr(1, q.station),
      attr(32, 'ap-1'), attr(30, Buffer.concat([Buffer.from('02-00-00-00-00-10:'), Buffer.from(s.ssid)])), attr(31, q.station)] });
  if (q.kind === 'known')
    return accessRequest({ id, secret: s.secret, ssid: s.ssid, ap, station: sta });
  if (!s.pmks.has(q.passphrase)) s.pmks.set(q.passphrase, pmk(q.passphrase, s.ssid).toString('hex'));
  const anonce = randomBytes(32);
  const frame = message2({ passphrase: s.pmks.get(q.passphrase), ssid: s.ssid, ap, station: sta, anonce });
  return accessRequest({ id, secret: s.secret, ssid: s.ssid, ap, station: sta, handshake: { anonce, frame } });
}

// accept, reject, accounting or silence; asked again as access points do.
export function ask(s, q) {
  do s.next = (s.next + 1) % 256; while (s.open.has(s.next));
  const id = s.next, p = packet(s, id, q);
  return new Promise((done) => {
    let left = TRIES, timer;
    const end = (what) => { clearTimeout(timer); s.open.delete(id); done(what); };
    const once = () => {
      if (left-- === 0) { end('silence'); return; }
      s.say(p, q.port ?? s.port);
      timer = setTimeout(once, PATIENCE);
    };
    s.open.set(id, (m) => {
      try { end(readReply(p, m, s.secret).what); } catch { /* an older one's answer */ }
    });
    once();
  });
}
