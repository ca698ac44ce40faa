// Sends packets to the responder and waits for the answer.
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { slower } from './process.mjs';
import { accessRequest, mac, message2, readReply, tunnelPassword } from './wpa.mjs';

export function send(packet, port, { timeout = 1500, host = '127.0.0.1', from, tries = 1 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    let left = tries;
    let timer;
    const once = () => {
      if (left-- === 0) { socket.close(); resolve(null); return; }
      socket.send(packet, port, host);
      timer = setTimeout(once, timeout * slower);
    };
    socket.on('message', (m) => { clearTimeout(timer); socket.close(); resolve(m); });
    socket.on('error', reject);
    if (from) socket.bind(0, from, once);
    else once();
  });
}

// One question of an access point: {what: accept|reject|silence, passphrase,
// vlan, reply}. With PASSPHRASE the device proves it by a handshake.
export async function ask({ port, secret, ssid, station = '02-aa-00-00-00-01', ap = '02-00-00-00-00-10',
  passphrase, ...more }) {
  const sta = mac(station), bss = mac(ap), anonce = randomBytes(32);
  const handshake = passphrase && { anonce,
    frame: message2({ passphrase, ssid, ap: bss, station: sta, anonce }) };
  const packet = accessRequest({ secret, ssid, ap: bss, station: sta, handshake, ...more });
  const answer = await send(packet, port, more);
  if (answer === null) return { what: 'silence' };
  const reply = readReply(packet, answer, secret);
  const hidden = reply.get(69), group = reply.get(81);
  return { what: reply.what, reply, packet, answer,
    passphrase: hidden && tunnelPassword(hidden, secret, packet.subarray(4, 20)),
    vlan: group && group.subarray(group[0] <= 0x1f ? 1 : 0).toString() };
}
