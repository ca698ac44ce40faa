// FreeRADIUS from Debian with the same stations and keys, as the peer of a
// benchmark: `files` module, MAC authentication, Tunnel-Password and VLAN.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, start } from '../lib/process.mjs';

export const stationUser = (i) => `024b${i.toString(16).padStart(8, '0')}`;

const configuration = (dir, port) => `
prefix = /usr
sysconfdir = ${dir}
localstatedir = ${dir}
logdir = ${dir}
raddbdir = ${dir}
run_dir = ${dir}
libdir = /usr/lib/freeradius
pidfile = ${dir}/pid
max_request_time = 10
cleanup_delay = 5
max_requests = 65536
hostname_lookups = no
log { destination = files
 file = ${dir}/radius.log
 auth = no }
security { max_attributes = 200
 reject_delay = 0
 status_server = no }
thread pool { start_servers = 1
 max_servers = 1
 min_spare_servers = 1
 max_spare_servers = 1
 max_requests_per_server = 0 }
modules {
 files {
  filename = ${dir}/users
 }
 pap {
  normalise = no
 }
}
client here { ipaddr = 127.0.0.1
 secret = ${'$ENV{BENCH_SECRET}'}
 require_message_authenticator = yes }
server default {
 listen { type = auth
  ipaddr = 127.0.0.1
  port = ${port} }
 authorize {
  files
  pap
 }
 authenticate {
  Auth-Type PAP {
   pap
  }
 }
}
`;

export async function freeradius({ dir, secret, users, passphraseOf }) {
  const home = join(dir, 'freeradius');
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const port = await freePort();
  writeFileSync(join(home, 'radiusd.conf'), configuration(home, port));
  writeFileSync(join(home, 'dictionary'), '$INCLUDE /usr/share/freeradius/dictionary\n');
  const lines = [];
  for (let i = 0; i < users; i++) {
    const user = stationUser(i);
    lines.push(`${user} Cleartext-Password := "${user}"\n\tTunnel-Password:0 = "${passphraseOf(i)}",\n\tTunnel-Type:0 = VLAN,\n\tTunnel-Medium-Type:0 = IEEE-802,\n\tTunnel-Private-Group-Id:0 = "20"\n`);
  }
  writeFileSync(join(home, 'users'), lines.join('\n'));
  const began = performance.now();
  const server = start('freeradius', ['-d', home, '-n', 'radiusd', '-f', '-s', '-l', 'stdout'],
    { env: { ...process.env, BENCH_SECRET: secret } });
  await server.says(/Ready to process requests/, 60000);
  return { port, pid: server.child.pid, startSeconds: (performance.now() - began) / 1000, stop: () => server.stop() };
}
