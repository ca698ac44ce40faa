// What each maker gets, as radclient of FreeRADIUS decodes it with its own
// dictionaries.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';

const build = process.env.B ?? 'build';
const run = promisify(execFile);
const pmk = Buffer.from('0123456789abcdef0123456789abcde\0').toString('hex');
const vlan = [/Tunnel-Type:0 = VLAN/, /Tunnel-Medium-Type:0 = IEEE-802/, /Tunnel-Private-Group-Id:0 = "20"/];
const tunnel = /Tunnel-Password:0 = "correct horse 42"/;
const cisco = [/Cisco-AVPair = "psk-mode=ascii"/, /Cisco-AVPair = "psk=correct horse 42"/];

const forms = [
  ['generic', 'mac', [tunnel, /Filter-Id = "staff"/, /WISPr-Bandwidth-Max-Down = 20000000/, ...vlan]],
  ['hostapd', 'mac', [tunnel, ...vlan]],
  ['hostapd', 'pmk', [new RegExp(`Tunnel-Password:0 = "${pmk}"`), ...vlan]],
  ['cisco', 'mac', [...cisco, ...vlan]],
  ['eleven', 'pmk', cisco],
  ['mist', 'mac', [...cisco, /Filter-Id = "staff"/]],
  ['meraki', 'mac', [tunnel, ...vlan]],
  ['aruba', 'mac', [/Aruba-User-Role = "staff"/, /Aruba-User-Vlan = 20/]],
  ['ruckus', 'pmk', [new RegExp(`MS-MPPE-Recv-Key = 0x${pmk}`), /Ruckus-User-Groups = "staff"/]],
  ['mikrotik', 'mac', [/Mikrotik-Wireless-PSK = "correct horse 42"/i, /Mikrotik-Rate-Limit = "5000k\/20000k"/]],
  ['lancom', 'mac', [/LCS-WPA-Passphrase = "correct horse 42"/]],
  ['fortigate', 'mac', [tunnel, /Fortinet-Group-Name = "staff"/]],
  ['extreme', 'mac', [tunnel, ...vlan]],
];

async function ask(word, how) {
  const server = spawn(`${build}/tests/harness/maker_harness`, [word, how], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const client = run('radclient', ['-x', '-t', '10', '-r', '3', `127.0.0.1:${String(port).trim()}`, 'auth', 'testing123']);
    client.child.stdin.end('User-Name = "02aa10000021"\nUser-Password = "02aa10000021"\nMessage-Authenticator = 0x00\n');
    return (await client).stdout;
  } finally {
    server.stdin.end();
    await once(server, 'exit');
  }
}

for (const [word, how, wants] of forms)
  test(`${word} (${how}) is decoded by radclient`, async () => {
    const out = await ask(word, how);
    const reply = out.slice(out.indexOf('Received Access-Accept'));
    assert.match(reply, /^Received Access-Accept/);
    assert.match(reply, /Session-Timeout = 3600/);
    for (const want of wants) assert.match(reply, want);
  });
