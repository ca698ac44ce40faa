// The test station itself, held against packets of real hostapd.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createHmac } from 'node:crypto';
import { mac, message2, pmk, readReply, tunnelPassword } from './wpa.mjs';

// captured from hostapd and wpa_supplicant 2.11 of Debian on simulated radios
const vector = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url)));

test('the PMK of IEEE 802.11 Annex J', () => {
  assert.equal(pmk('password', 'IEEE').toString('hex'),
    'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e');
});

test('the MIC of a handshake that real hostapd forwarded', () => {
  const v = vector('4way-psk-1');
  const real = Buffer.from(v.eapol_key_m2, 'hex');
  const ours = message2({ passphrase: v.passphrase, ssid: v.ssid, ap: mac(v.aa_bssid),
    station: mac(v.spa_station), anonce: Buffer.from(v.anonce, 'hex'), snonce: Buffer.from(v.snonce, 'hex') });
  const zeroed = Buffer.from(real);
  zeroed.fill(0, 81, 97);
  assert.equal(pmk(v.passphrase, v.ssid).toString('hex'), v.psk);
  // the KCK from the vector over the real frame, and ours over our own
  assert.equal(createHmac('sha1', Buffer.from(v.kck, 'hex')).update(zeroed).digest('hex').slice(0, 32), v.mic);
  const oursZeroed = Buffer.from(ours);
  oursZeroed.fill(0, 81, 97);
  assert.equal(createHmac('sha1', Buffer.from(v.kck, 'hex')).update(oursZeroed).digest('hex').slice(0, 32),
    ours.toString('hex', 81, 97));
});

test('a reply that real hostapd accepted', () => {
  const v = vector('4way-psk-1');
  const request = Buffer.from(v.request, 'hex');
  const reply = readReply(request, Buffer.from(v.reply, 'hex'), v.secret);
  assert.equal(reply.what, 'accept');
  assert.equal(tunnelPassword(reply.get(69), v.secret, request.subarray(4, 20)), v.reply_tunnel_password_plain);
});
