// Profiles, read by the parsers of the systems they are for.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import test from 'node:test';
import { start, until } from '../lib/process.mjs';
import { authority } from '../lib/tls.mjs';
import { dir, file, made, plain, read, tool } from './tools.mjs';

const nasty = [
  plain,
  { ...plain, ssid: ' ]]> & <b>"x"', passphrase: `a&b<c>"d'e` },
  { ...plain, ssid: 'Café; 📶', passphrase: 'back\\slash;#', network: 'Café = [x]' },
  { ...plain, ssid: '12;34;', passphrase: ' two  blanks ', network: ' x ' },
  { ...plain, ssid: 'مقهى المدينة', passphrase: '"quoted" #1', hidden: true },
  { ...plain, ssid: '\\', passphrase: '\\\\\\\\\\\\\\n', network: '' },
  { ...plain, ssid: '12345678901234567890123456789012', passphrase: 'x'.repeat(63) },
  { ...plain, passphrase: '0123456789abcdef'.repeat(4) },
];
const profile = (kind, h) => made(['profile', kind], h).bytes;
const hex = (t) => Buffer.from(t).toString('hex');

test('Apple: plistlib finds the same values (W-22)', () => {
  const script = 'import plistlib,sys,json\n' +
    'print(json.dumps(plistlib.loads(sys.stdin.buffer.read()), default=lambda d: d.isoformat()))';
  for (const h of nasty) {
    const bytes = profile('apple', { ...h, not_after: 1782302400 });
    tool('xmllint', ['--noout', '--nonet', '-'], bytes);
    const p = JSON.parse(tool('python3', ['-c', script], bytes));
    const [w] = p.PayloadContent;
    assert.equal(p.PayloadType, 'Configuration');
    assert.equal(p.RemovalDate, '2026-06-24T12:00:00');
    assert.equal(p.PayloadDisplayName, h.network || h.ssid);
    assert.equal(p.PayloadOrganization, h.brand);
    assert.equal(w.PayloadType, 'com.apple.wifi.managed');
    assert.equal(w.SSID_STR, h.ssid);
    assert.equal(w.Password, h.passphrase);
    assert.equal(w.HIDDEN_NETWORK, !!h.hidden);
    assert.equal(w.EncryptionType, 'WPA2');
    assert.notEqual(w.PayloadUUID, p.PayloadUUID);
  }
});

test('Apple: openssl verifies the signature and finds the profile inside', async () => {
  const { ca, issue } = await authority(dir);
  for (const rsa of [false, true]) {
    const { cert, key } = await issue(`sign-${rsa}`, { hosts: ['wifi.example'], rsa });
    const chain = file('chain.pem', Buffer.concat([read(cert), read(ca)]));
    const signed = file('signed.mobileconfig', made(['profile', 'apple', chain, key]).bytes);
    const signer = join(dir, 'signer.pem');
    const inside = tool('openssl', ['cms', '-verify', '-inform', 'DER', '-in', signed, '-CAfile', ca,
      '-purpose', 'any', '-binary', '-signer', signer]);
    assert.deepEqual(inside, profile('apple', plain));
    assert.equal(new X509Certificate(read(signer)).subject, 'CN=wifi.example');
    const spoilt = read(signed);
    spoilt[spoilt.indexOf('Residence')] ^= 1;
    tool('openssl', ['cms', '-verify', '-inform', 'DER', '-CAfile', ca, '-purpose', 'any', '-binary'], spoilt, [4]);
  }
});

test('Windows: an XML parser finds the same values (W-22)', () => {
  const script = 'import sys,json,xml.etree.ElementTree as E\n' +
    'print(json.dumps([[e.tag.split("}")[1], e.tag.split("}")[0][1:], e.text] for e in E.parse(sys.stdin.buffer).iter()]))';
  for (const h of nasty) {
    const all = JSON.parse(tool('python3', ['-c', script], profile('windows', h)));
    const find = (name) => all.filter(([n]) => n === name).map(([, , t]) => t);
    assert.ok(all.every(([, ns]) => ns === 'http://www.microsoft.com/networking/WLAN/profile/v1'));
    assert.deepEqual(find('name'), [h.ssid, h.ssid]);
    assert.deepEqual(find('hex'), [hex(h.ssid).toUpperCase()]);
    assert.deepEqual(find('keyMaterial'), [h.passphrase]);
    assert.deepEqual(find('keyType'), [h.passphrase.length === 64 ? 'networkKey' : 'passPhrase']);
    assert.deepEqual(find('nonBroadcast'), [String(!!h.hidden)]);
    assert.deepEqual(find('authentication'), ['WPA2PSK']);
  }
});

// What NetworkManager writes itself is what it reads: compare line by line.
const lines = (keyfile, names) => Object.fromEntries(keyfile.toString().split('\n')
  .map((l) => /^([a-z-]+)=(.*)$/.exec(l)).filter((m) => m && names.includes(m[1])).map((m) => [m[1], m[2]]));

test('NetworkManager: nmcli reads it as it would have written it', () => {
  for (const h of nasty) {
    const names = ['ssid', 'psk', 'hidden', 'key-mgmt', 'id'];
    const ours = tool('nmcli', ['--offline', 'connection', 'modify', 'connection.autoconnect', 'yes'],
      profile('networkmanager', h));
    const own = tool('nmcli', ['--offline', 'connection', 'add', 'type', 'wifi', 'con-name', h.network || h.ssid,
      'ssid', h.ssid, '802-11-wireless.hidden', h.hidden ? 'yes' : 'no', 'wifi-sec.key-mgmt', 'wpa-psk',
      'wifi-sec.psk', h.passphrase]);
    const got = lines(ours, names), want = lines(own, names);
    assert.deepEqual(got, want);
  }
});

test('ChromeOS: JSON with the same values', () => {
  for (const h of nasty) {
    const [n] = JSON.parse(profile('chromeos', h)).NetworkConfigurations;
    assert.equal(n.WiFi.SSID, h.ssid);
    assert.equal(n.WiFi.HexSSID, hex(h.ssid));
    assert.equal(n.WiFi.Passphrase, h.passphrase);
    assert.equal(n.WiFi.HiddenSSID, !!h.hidden);
    assert.match(n.GUID, /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/);
  }
});

// The parser says what it read when it is asked to show keys.
const shown = (log, what) => {
  const at = log.slice(log.indexOf(what)).split('\n');
  return Buffer.from(at.slice(1).map((l) => /^ {5}((?:[0-9a-f]{2} ?)+)/.exec(l)?.[1])
    .filter((_, i, all) => all.slice(0, i + 1).every(Boolean)).join('').replace(/ /g, ''), 'hex').toString();
};

test('wpa_supplicant: its own parser finds the same values', async () => {
  for (const h of nasty) {
    const conf = file('wpa.conf', profile('wpa_supplicant', h));
    const w = start('wpa_supplicant', ['-dd', '-K', '-D', 'none', '-i', 'lo', '-c', conf]);
    await until('the parser', () => w.ended || /Priority group|Failed to read or parse/.test(w.output), 20000);
    await w.stop('SIGKILL');
    assert.doesNotMatch(w.output, /Failed to read or parse|Invalid|failed to parse/);
    assert.equal(shown(w.output, 'ssid - hexdump_ascii'), h.ssid);
    assert.equal(/scan_ssid=1/.test(w.output), !!h.hidden);
    if (h.passphrase.length === 64 || h.passphrase.includes('"'))
      assert.match(w.output, /PSK - hexdump\(len=32\)/);
    else
      assert.equal(shown(w.output, 'PSK (ASCII passphrase)'), h.passphrase);
  }
});
