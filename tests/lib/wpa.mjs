// A WPA2 station made of node:crypto alone: what an access point would send
// when a device joins. Written from IEEE 802.11 12.7 and RFC 2865/2868, and
// independent of the C code on purpose: it is the other side of the test.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const sha1 = (key, ...parts) => {
  const h = createHmac('sha1', key);
  for (const p of parts) h.update(p);
  return h.digest();
};

export const pmk = (passphrase, ssid) => /^[0-9a-f]{64}$/i.test(passphrase)
  ? Buffer.from(passphrase, 'hex')
  : pbkdf2Sync(passphrase, ssid, 4096, 32, 'sha1');

const prf = (key, label, data, octets) => {
  const out = [];
  for (let i = 0; i * 20 < octets; i++)
    out.push(sha1(key, label, Buffer.from([0]), data, Buffer.from([i])));
  return Buffer.concat(out).subarray(0, octets);
};

export const mac = (text) => Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex');

// EAPOL-Key message 2 of the 4-way handshake for AKM 00-0F-AC:2 with CCMP.
export function message2({ passphrase, ssid, ap, station, anonce, snonce = randomBytes(32) }) {
  const rsne = Buffer.from('30140100000fac040100000fac040100000fac020000', 'hex');
  const frame = Buffer.alloc(4 + 95 + rsne.length);
  frame.writeUInt8(1, 0); // 802.1X-2001
  frame.writeUInt8(3, 1); // EAPOL-Key
  frame.writeUInt16BE(95 + rsne.length, 2);
  frame.writeUInt8(2, 4); // RSN descriptor
  frame.writeUInt16BE(0x010a, 5); // version 2, pairwise, MIC
  frame.writeBigUInt64BE(1n, 9);
  snonce.copy(frame, 17);
  frame.writeUInt16BE(rsne.length, 97);
  rsne.copy(frame, 99);
  const sort = (a, b) => Buffer.compare(a, b) <= 0 ? [a, b] : [b, a];
  const data = Buffer.concat([...sort(ap, station), ...sort(anonce, snonce)]);
  const kck = prf(pmk(passphrase, ssid), 'Pairwise key expansion', data, 16);
  sha1(kck, frame).copy(frame, 81, 0, 16);
  return frame;
}

// --- RADIUS, as a client ----------------------------------------------------
export const attr = (type, value) => {
  const v = Buffer.isBuffer(value) ? value : Buffer.from(value);
  return Buffer.concat([Buffer.from([type, v.length + 2]), v]);
};

const hashMd5 = (...parts) => {
  const h = createHash('md5');
  for (const p of parts) h.update(p);
  return h.digest();
};

// RFC 2865 5.2
const hidePassword = (text, secret, authenticator) => {
  const padded = Buffer.alloc(Math.max(16, Math.ceil(text.length / 16) * 16));
  padded.write(text);
  let last = authenticator;
  const out = [];
  for (let i = 0; i < padded.length; i += 16) {
    const b = hashMd5(secret, last);
    last = Buffer.from(padded.subarray(i, i + 16).map((x, n) => x ^ b[n]));
    out.push(last);
  }
  return Buffer.concat(out);
};

// RFC 6929 2.1 long extended attribute 245.26: Vendor-Specific of FreeRADIUS
const extended = (type, value) => {
  const whole = Buffer.concat([Buffer.from('00002c50', 'hex'), Buffer.from([type]), value]);
  const out = [];
  for (let at = 0; at < whole.length; at += 251) {
    const piece = whole.subarray(at, at + 251);
    const more = at + 251 < whole.length ? 0x80 : 0;
    out.push(Buffer.concat([Buffer.from([245, piece.length + 4, 26, more]), piece]));
  }
  return Buffer.concat(out);
};

// An Access-Request as hostapd sends it; HANDSHAKE adds the 4-way form.
export function accessRequest({ id = randomBytes(1)[0], secret, ssid, ap, station, handshake, nas = 'ap-1', nasIp = [127, 0, 0, 1], extra = [], withoutMa = false, authenticator = randomBytes(16) }) {
  const hex = (b, sep) => b.toString('hex').match(/../g).join(sep);
  const user = hex(station, '');
  const parts = [
    attr(80, Buffer.alloc(16)),
    attr(1, user),
    attr(2, hidePassword(user, secret, authenticator)),
    attr(4, Buffer.from(nasIp)),
    attr(30, Buffer.concat([Buffer.from(`${hex(ap, '-').toUpperCase()}:`), Buffer.from(ssid)])),
    attr(61, Buffer.from([0, 0, 0, 19])),
    attr(31, hex(station, '-').toUpperCase()),
    attr(32, nas),
    ...extra,
  ];
  if (withoutMa) parts.shift();
  if (handshake) {
    parts.push(attr(188, Buffer.from('000fac02', 'hex')));
    parts.push(extended(1, handshake.anonce), extended(2, handshake.frame));
  }
  const body = Buffer.concat(parts);
  const packet = Buffer.alloc(20 + body.length);
  packet[0] = 1;
  packet[1] = id;
  packet.writeUInt16BE(packet.length, 2);
  authenticator.copy(packet, 4);
  body.copy(packet, 20);
  if (!withoutMa)
    createHmac('md5', secret).update(packet).digest().copy(packet, 22);
  return packet;
}

export function accountingRequest({ id = randomBytes(1)[0], secret, attributes }) {
  const body = Buffer.concat(attributes);
  const packet = Buffer.alloc(20 + body.length);
  packet[0] = 4;
  packet[1] = id;
  packet.writeUInt16BE(packet.length, 2);
  body.copy(packet, 20);
  hashMd5(packet, secret).copy(packet, 4);
  return packet;
}

export const codes = { 2: 'accept', 3: 'reject', 5: 'accounting' };

// Checks both authenticators of REPLY and takes it apart; throws when forged.
export function readReply(request, reply, secret) {
  const length = reply.readUInt16BE(2);
  if (length !== reply.length) throw new Error('length');
  if (reply[1] !== request[1]) throw new Error('identifier');
  const asked = request.subarray(4, 20);
  const signed = Buffer.from(reply);
  asked.copy(signed, 4);
  if (!hashMd5(signed, secret).equals(reply.subarray(4, 20)))
    throw new Error('Response Authenticator');
  const attributes = [];
  for (let at = 20; at < length; at += reply[at + 1])
    attributes.push({ type: reply[at], value: reply.subarray(at + 2, at + reply[at + 1]), at });
  const ma = attributes.find((a) => a.type === 80);
  if (ma) {
    const got = Buffer.from(ma.value);
    signed.fill(0, ma.at + 2, ma.at + 18);
    if (!createHmac('md5', secret).update(signed).digest().equals(got))
      throw new Error('Message-Authenticator');
  }
  return { what: codes[reply[0]], code: reply[0], attributes, firstIsMa: attributes[0]?.type === 80,
    get: (type) => attributes.find((a) => a.type === type)?.value };
}

// RFC 2868 3.5
export function hidden(value, secret, requestAuthenticator) {
  const salt = value.subarray(1, 3), octets = value.subarray(3);
  let last = Buffer.concat([requestAuthenticator, salt]);
  const out = [];
  for (let i = 0; i < octets.length; i += 16) {
    const b = hashMd5(secret, last);
    last = octets.subarray(i, i + 16);
    out.push(Buffer.from(last.map((x, n) => x ^ b[n])));
  }
  return { tag: value[0], salt: salt.readUInt16BE(0), octets: Buffer.concat(out) };
}

export function tunnelPassword(value, secret, requestAuthenticator) {
  const plain = hidden(value, secret, requestAuthenticator).octets;
  return plain.subarray(1, 1 + plain[0]).toString();
}
