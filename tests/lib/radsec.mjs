// An access point that speaks RADIUS over TLS, RADIUS/1.0 and 1.1, by
// certificate or by key.
import { connect } from 'node:tls';
import { randomBytes } from 'node:crypto';
import { attr, mac } from './wpa.mjs';
import { freePort, until } from './process.mjs';
import { site } from './site.mjs';

// A site NAME whose responder has RADIUS over TLS: it shows SERVER, {cert, key},
// and trusts CA, a file, for access points; MORE lines for that section.
export async function radsecSite(name, server, ca, more = '') {
  const port = await freePort();
  const it = await site(name, { address: '192.0.2.1', also: `radsec {
  listen = {"127.0.0.1"}
  port = ${port}
  certificate = "${server.cert}"
  private_key = "${server.key}"
  ca_file = "${ca}"
  ${more}
}` });
  return { it, port };
}

// What is there of a TLS connection to PORT; OPTIONS are those of node:tls.
// With PSK = {name, key} it shows no certificate.
export function dial(port, { psk, ...options } = {}) {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost',
    ...(psk && { pskCallback: () => ({ identity: psk.name, psk: Buffer.from(psk.key, 'hex') }),
      checkServerIdentity: () => undefined,
      ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES256-GCM-SHA384' }),
    ...options });
  const it = { socket, got: [], open: false, closed: false, trouble: null };
  let rest = Buffer.alloc(0);
  socket.on('secureConnect', () => { it.open = true; });
  socket.on('error', (e) => { it.trouble = e; });
  socket.on('close', () => { it.closed = true; });
  socket.on('data', (d) => {
    rest = Buffer.concat([rest, d]);
    while (rest.length >= 4 && rest.length >= rest.readUInt16BE(2)) {
      const n = rest.readUInt16BE(2);
      it.got.push(rest.subarray(0, n));
      rest = rest.subarray(n);
    }
  });
  it.send = (...packets) => socket.write(Buffer.concat(packets));
  it.next = async (ms = 10000) => {
    await until('an answer', () => {
      if (it.got.length === 0 && it.closed) throw new Error(`closed: ${it.trouble}`);
      return it.got.length > 0;
    }, ms);
    return it.got.shift();
  };
  it.ended = (ms = 10000) => until('the end of the connection', () => it.closed, ms);
  it.end = () => socket.destroy();
  return it;
}

// A packet of RADIUS/1.1 (RFC 9765 4.1).
export function packet11(code, attributes, token = randomBytes(4)) {
  const body = Buffer.concat(attributes);
  const out = Buffer.alloc(20 + body.length);
  out[0] = code;
  out.writeUInt16BE(out.length, 2);
  token.copy(out, 4);
  body.copy(out, 20);
  return out;
}

export const accessRequest11 = ({ ssid, station, token, extra = [] }) => {
  const sta = mac(station).toString('hex');
  return packet11(1, [attr(1, sta), attr(2, sta), attr(32, 'ap-1'), attr(61, Buffer.from([0, 0, 0, 19])),
    attr(30, `02-00-00-00-00-10:${ssid}`), attr(31, sta.match(/../g).join('-')), ...extra], token);
};

// {code, token, reserved, get(type)} of a reply of RADIUS/1.1.
export function readReply11(p) {
  const attributes = [];
  for (let at = 20; at < p.length; at += p[at + 1]) attributes.push({ type: p[at], value: p.subarray(at + 2, at + p[at + 1]) });
  return { code: p[0], token: p.subarray(4, 8), reserved: Buffer.concat([p.subarray(1, 2), p.subarray(8, 20)]),
    attributes, get: (type) => attributes.find((a) => a.type === type)?.value };
}
