#!/usr/bin/env node
// `make demo`: everything on this machine, until Ctrl-C, leaving nothing.
// DEMO_PORT, DEMO_SIGNIN_PORT, DEMO_AUTH_PORT and DEMO_ACCT_PORT move the ports.
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, program, start, until } from './lib/process.mjs';
import { startProvider } from './lib/provider.mjs';
import { authority } from './lib/tls.mjs';

const number = (name, value) => Number(process.env[name] ?? value);
const ports = { DEMO_PORT: number('DEMO_PORT', 8443), DEMO_SIGNIN_PORT: number('DEMO_SIGNIN_PORT', 8480) };
const udp = { DEMO_AUTH_PORT: number('DEMO_AUTH_PORT', 18120), DEMO_ACCT_PORT: number('DEMO_ACCT_PORT', 18130) };
const { DEMO_PORT: port, DEMO_SIGNIN_PORT: signinPort } = ports;
const { DEMO_AUTH_PORT: auth, DEMO_ACCT_PORT: acct } = udp;
const url = `https://localhost:${port}`;
const shared = 'demo-secret-of-24-octets';
const dir = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
let provider, service, ending = false;

async function end(code) {
  if (ending) return;
  ending = true;
  await service?.stop('SIGTERM', 15000);
  await provider?.stop();
  rmSync(dir, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { console.log('\nending'); end(0); });

const tcpFree = (n) => new Promise((done) => {
  const s = createServer();
  s.on('error', () => done(false));
  s.listen(n, '127.0.0.1', () => s.close(() => done(true)));
});
const udpFree = (n) => new Promise((done) => {
  const s = createSocket('udp4');
  s.on('error', () => done(false));
  s.bind(n, '127.0.0.1', () => s.close(() => done(true)));
});

async function portsFree() {
  for (const [table, free, kind] of [[ports, tcpFree, 't'], [udp, udpFree, 'u']])
    for (const [name, n] of Object.entries(table))
      if (!(await free(n))) {
        console.error(`Port ${n} is taken. See who has it:  ss -l${kind}np 'sport = :${n}'
Then end that, or choose another port:  ${name}=${n + 1000} make demo`);
        return false;
      }
  return true;
}

const root = process.getuid() === 0;
const uid = async (user) => Number(await must('id', ['-u', user]));
const gid = async (user) => Number(await must('id', ['-g', user]));

// As root the programs change to other users, to whom their files belong.
async function own(key) {
  if (!root) return;
  const [u, g] = [await uid('nobody'), await gid('nobody')];
  for (const f of readdirSync(dir)) if (/^(latchkey\.db|demo\.secret)/.test(f)) chownSync(join(dir, f), u, g);
  chownSync(dir, u, g);
  chmodSync(dir, 0o755);
  chownSync(key, await uid('daemon'), 0);
}

const file = (name, text) => { writeFileSync(join(dir, name), text, { mode: 0o600 }); return join(dir, name); };

function configuration(cert, key) {
  return `portal {
  listen = {"127.0.0.1"}
  port = ${port}
  public_url = "${url}"
  user = "nobody"
  keymgr_user = "daemon"
  certificate = "${cert}"
  private_key = "${key}"
  brand = "Latchkey demo"
  support = "The one who typed make demo"
}
radius {
  listen = {"127.0.0.1"}
  auth_port = ${auth}
  acct_port = ${acct}
  user = "nobody"
  snapshot = "${join(dir, 'radius.snapshot')}"
}
store { path = "${join(dir, 'latchkey.db')}" }
keys { master_key = "${join(dir, 'master.key')}" }
admin { groups = {"wifi-admins"} }
provider demo {
  label = "Example sign-in service"
  issuer = "${provider.issuer}"
  client_id = "latchkey"
  client_secret_file = "${file('demo.secret', provider.client.secret)}"
  allow_loopback = yes
}
`;
}

async function furnish(conf) {
  const say = (...args) => must(program('latchkey'), ['-c', conf, ...args]);
  await say('init');
  await say('network', 'add', '--ssid', 'Latchkey-Demo', '--name', 'Latchkey-Demo');
  for (const [name, vlan, group] of [['Staff', '10', 'staff'], ['Tenant', '20', 'tenants']]) {
    await say('plan', 'add', '--name', name, '--network', 'Latchkey-Demo', '--vlan', vlan, '--self-service', 'yes');
    await say('rule', 'add', '--value', group, '--plan', name);
  }
  await say('rule', 'add', '--value', 'front-desk', '--roles', 'desk');
  await say('ap', 'add', '--name', 'This machine', '--address', '127.0.0.0/8', '--dialect', 'hostapd', '--secret-file', file('ap.secret', `${shared}\n`));
}

const question = `echo 'User-Name="0200000000aa",User-Password="0200000000aa",Calling-Station-Id="02-00-00-00-00-AA",Called-Station-Id="02-11-22-33-44-55:Latchkey-Demo",NAS-Port-Type=Wireless-802.11,Message-Authenticator=0x00' | radclient -x 127.0.0.1:${auth} auth ${shared}`;

const welcome = () => `
Latchkey is running. Open   ${url}
(The certificate is made for this demo: the browser will warn, go on.)

Accounts; the password is the account's name:
${provider.people.map((p) => `  ${p.login.padEnd(7)} ${p.about}`).join('\n')}

What to try
  1. Sign in as anna, take a password, show its QR code, download the PDF.
  2. Ask as an access point would. This device is unknown, so: Access-Reject
       ${question}
  3. In another terminal, say that the device is hers and ask again as in 2:
     Access-Accept, VLAN 10, and in Tunnel-Password what her page shows
       ${program('latchkey')} -c ${join(dir, 'latchkey.conf')} device add 'Anna Berger' 02:00:00:00:00:aa
  4. Revoke the password on the page and ask once more: Access-Reject.
  5. Sign in as ada and look at it from the other side.

Ctrl-C ends all of it and leaves nothing behind.
`;

async function main() {
  if (!(await portsFree())) return end(1);
  const { ca, issue } = await authority(dir);
  const { cert, key } = await issue('portal', { hosts: ['localhost', '127.0.0.1'] });
  provider = await startProvider({ port: signinPort, redirect: `${url}/signin/demo/callback`, afterLogout: `${url}/signedout`,
    backchannel: `${url}/signin/demo/backchannel`, ca: readFileSync(ca) });
  const conf = file('latchkey.conf', configuration(cert, key));
  await own(key);
  await furnish(conf);
  await own(key);
  service = start(program('latchkey'), ['-c', conf, 'run'], { detached: true, ...(process.env.DEMO_LOG ? { log: process.env.DEMO_LOG } : {}) });
  service.exit.then(() => { if (!ending) { console.error(`latchkey ended:\n${service.output}`); end(1); } });
  await until('the portal to answer', async () => {
    const r = await must('curl', ['-sS', '--cacert', ca, `${url}/readyz`]).catch(() => '');
    return ending || r.includes('ready');
  }, 60000);
  if (!existsSync(join(dir, 'latchkey.db'))) throw new Error('no store was made');
  if (!ending) console.log(welcome());
  return undefined;
}

main().catch((e) => { console.error(e.message); end(1); });
