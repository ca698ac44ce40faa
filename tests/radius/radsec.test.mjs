// RADIUS over TLS: Debian's radsecproxy stands for an access point, and others
// that are nobody's are refused.
// waits: proxies to find out that nobody answers
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, run, scratch, start, until } from '../lib/process.mjs';
import { pmk } from '../lib/wpa.mjs';
import { radsecSite } from '../lib/radsec.mjs';
import { authority } from '../lib/tls.mjs';

const dir = scratch('radsec');
const station = '02-aa-00-00-00-01', inner = 'a secret of the inner side';
let it, key, port, ca, hall, server;

before(async () => {
  ca = await authority(dir);
  server = await ca.issue('server');
  hall = await ca.issue('hall', { hosts: ['hall.example'] });
  ({ it, port } = await radsecSite('radsec', server, ca.ca));
  await it.tell('tls hall.example');
  await it.responder();
  key = await it.key();
});
after(() => it.end());

// A radsecproxy that shows CERT, between radclient and the responder.
async function proxy(name, { cert, key: private_ }) {
  const udp = await freePort();
  const conf = join(dir, `${name}.conf`);
  writeFileSync(conf, `ListenUDP 127.0.0.1:${udp}
LogLevel 2
LogDestination x-stderr:///
tls default {
  CACertificateFile ${ca.ca}
  CertificateFile ${cert}
  CertificateKeyFile ${private_}
}
client 127.0.0.1 {
  type udp
  secret "${inner}"
}
server localhost {
  type tls
  port ${port}
  secret radsec
  StatusServer on
}
realm * {
  server localhost
  accountingServer localhost
}
`);
  const it_ = start('radsecproxy', ['-f', '-c', conf]);
  return { udp, stop: () => it_.stop(), said: () => it_.output };
}

const client = (udp, kind, text) =>
  run('radclient', ['-x', '-r', '1', '-t', '2', `127.0.0.1:${udp}`, kind, inner], { input: text });
const question = (name = it.ssid) => `User-Name = "02aa00000001"\nUser-Password = "02aa00000001"\n` +
  `Calling-Station-Id = "${station}"\nCalled-Station-Id = "02-00-00-00-00-10:${name}"\nMessage-Authenticator = 0x00\n`;
const metric = async (name) => Number((await it.control('metrics')).match(new RegExp(`^latchkey_radius_${name} (\\d+)`, 'm'))[1]);

test('radsecproxy with a certificate asks, and gets the key', async () => {
  await it.tell(`bind ${key.id} ${station}`);
  const p = await proxy('good', hall);
  try {
    const r = await until('an accept', async () => {
      const one = await client(p.udp, 'auth', question());
      return /Received Access-Accept/.test(one.stdout) && one;
    }, 30000);
    const [, said] = r.stdout.match(/Tunnel-Password:0 = "(.*)"/);
    assert.deepEqual(pmk(said, it.ssid), pmk(key.passphrase, it.ssid));
    assert.match(r.stdout, /Tunnel-Private-Group-Id:0 = "20"/);
    assert.match(it.radius.output, /radsec\.opened .*ap=hall .*radius=1\.0/);
    const a = await client(p.udp, 'acct', `Acct-Status-Type = Start\nAcct-Session-Id = "s1"\nUser-Name = "02aa00000001"\nCalling-Station-Id = "${station}"\nCalled-Station-Id = "02-00-00-00-00-10:${it.ssid}"\n`);
    assert.match(a.stdout, /Received Accounting-Response/);
    await until('the visit', async () => /^\d/.test(await it.tell(`visits ${key.id}`)));
    // it is asked to let the device go, does not know what that is, and stays
    await it.tell(`revoke ${key.id}`);
    await it.radius.says(/radius\.disconnect .*answer=timeout/, 30000);
    await until('a refusal', async () => /Received Access-Reject/.test((await client(p.udp, 'auth', question())).stdout), 30000);
    assert.equal(it.radius.output.match(/radsec\.opened/g).length, 1);
    key = await it.key();
    await it.tell(`bind ${key.id} ${station}`);
  } finally { await p.stop(); }
});

test('another name, another authority and no certificate are refused (R-26)', async () => {
  const other = await ca.issue('other', { hosts: ['cellar.example'] });
  const far = await (await authority(scratch('radsec-far'))).issue('hall', { hosts: ['hall.example'] });
  for (const cert of [other, far]) {
    const refused = await metric('tls_refused_total');
    const p = await proxy('bad', cert);
    try {
      const r = await client(p.udp, 'auth', question());
      assert.doesNotMatch(r.stdout, /Received/);
      await until('a refusal', async () => await metric('tls_refused_total') > refused);
    } finally { await p.stop(); }
  }
});

test('a certificate known by its hash needs no authority', async () => {
  const far = await (await authority(scratch('radsec-hash'))).issue('ap', { hosts: ['cellar.example'] });
  const hash = createHash('sha256').update(new X509Certificate(readFileSync(far.cert)).raw).digest('hex');
  const id = await it.tell(`ap cellar sha256:${hash}`);
  await until('the record', async () => await metric('access_points') === 2);
  const p = await proxy('hash', far);
  try {
    await until('an accept', async () =>
      /Received Access-Accept/.test((await client(p.udp, 'auth', question())).stdout), 30000);
    await it.tell(`unap ${id}`);
    await until('silence', async () =>
      !/Received/.test((await client(p.udp, 'auth', question())).stdout), 30000);
  } finally { await p.stop(); }
});
