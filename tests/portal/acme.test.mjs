// conf/acme.md, followed: a real authority (Pebble) proves the portal's name,
// real clients get and renew the certificate, by the lines of the guide.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { get as ask } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pebble } from '../lib/acme.mjs';
import { answers, dial, get, site } from '../lib/portal.mjs';
import { freePort, must, run, sleep, until } from '../lib/process.mjs';
import { blocks } from '../lib/session.mjs';
import { cage } from '../lib/whole.mjs';

const guide = blocks('conf/acme.md');
let s, portal, ca, http, bin, group;

// A block of the guide, as it stands but for where things are on this machine.
const places = [['/etc/latchkey/', 'tls-of/'], ['/usr/local/sbin/', 'sbin/'], ['/var/lib/latchkey-acme', 'webroot'], ['/etc/dehydrated/', 'dehydrated/'],
  ['/etc/systemd/system/', 'units/']];
async function follow(under) {
  const all = guide.filter((b) => b.under === under);
  assert.ok(all.length > 0, under);
  let text = all.map((b) => b.shell).join('\n');
  for (const [from, to] of places) text = text.replaceAll(from, join(s.dir, to));
  text = text.replaceAll('-g latchkey', `-g ${group}`);
  assert.doesNotMatch(text, /(^|[\s='"])\/(etc|var|usr\/local)\//m, 'a path of the guide that would be this machine\'s own');
  return must('bash', ['-euc', text], { cwd: s.dir, env: environment(), timeout: 120000 });
}
const environment = () => ({ ...process.env, PATH: `${bin}:${process.env.PATH}`, REQUESTS_CA_BUNDLE: ca.ca, CURL_CA_BUNDLE: ca.ca });

// A command that stands before the system's own.
function stand(name, text) {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
}

before(async () => {
  http = await freePort();
  group = process.getuid() === 0 ? 'daemon' : (await must('id', ['-gn'])).trim();
  const chroot = await cage();
  s = await site({ portal: chroot ? { chroot } : {} });
  const conf = readFileSync(s.conf, 'utf8').replace(/public_url = .*/, `public_url = "https://wifi.example.org:${s.port}"`)
    .replace(/certificate = .*/, `certificate = "${join(s.dir, 'tls-of/tls/fullchain.pem')}"`)
    .replace(/private_key = .*/, `private_key = "${join(s.dir, 'tls-of/tls/key.pem')}"\n  acme_webroot = "${join(s.dir, 'webroot')}"`);
  writeFileSync(s.conf, `${conf}captive { http_port = ${http} }\n`);
  bin = join(s.dir, 'bin');
  for (const d of ['bin', 'tls-of', 'sbin', 'dehydrated', 'dehydrated/conf.d', 'units', 'pebble', 'ours', 'elsewhere']) mkdirSync(join(s.dir, d));
  ca = await pebble(join(s.dir, 'pebble'), http);
  const c = join(s.dir, 'certbot');
  stand('certbot', `exec /usr/bin/certbot "$@" --server ${ca.directory} --config-dir ${c} --work-dir ${c} --logs-dir ${c}`);
  stand('dehydrated', `exec /usr/bin/dehydrated "$@" --config ${join(s.dir, 'dehydrated/config')}`);
  writeFileSync(join(s.dir, 'dehydrated/config'), `CA=${ca.directory}\nBASEDIR=${join(s.dir, 'dehydrated')}\nCONFIG_D=${join(s.dir, 'dehydrated/conf.d')}\n`);
  stand('systemctl', `echo "$@" >> ${join(s.dir, 'systemctl.log')}
[ "$*" = "try-reload-or-restart latchkey-portal" ] && [ -e ${join(s.dir, 'pid')} ] && kill -HUP "$(cat ${join(s.dir, 'pid')})"
exit 0`);
});
after(async () => { await portal?.stop(); await ca?.stop(); });

const shown = (options = {}) => new Promise((done, fail) => {
  const it = dial({ ...s, ca: [s.first, ca.root] }, { servername: 'wifi.example.org', ...options });
  it.open.then(() => { done(new X509Certificate(it.socket.getPeerCertificate().raw)); it.socket.destroy(); }, fail);
});
const trusted = () => shown({ ca: ca.root });

const plainly = (path) => new Promise((done, fail) => {
  ask({ host: '127.0.0.1', port: http, path, headers: { host: 'wifi.example.org' } }, (r) => {
    let text = '';
    r.setEncoding('latin1').on('data', (d) => { text += d; }).on('end', () => done({ status: r.statusCode, headers: r.headers, text }));
  }).on('error', fail);
});

test('the portal begins with a certificate that nobody trusts', async () => {
  await follow('Once');
  for (const f of ['tls/fullchain.pem', 'tls/key.pem']) assert.equal(statSync(join(s.dir, 'tls-of', f)).mode & 0o777, 0o640, f);
  assert.ok(!existsSync(join(s.dir, 'tls-of/first.key')));
  s.first = readFileSync(join(s.dir, 'tls-of/tls/fullchain.pem'));
  portal = await s.start();
  writeFileSync(join(s.dir, 'pid'), String(portal.child.pid));
  assert.match((await shown()).subject, /wifi\.example\.org/);
  await assert.rejects(trusted(), /self.signed|unable to verify/i);
});

// While DOES runs: handshakes one after the other, and connections that ask
// again and again. None fails, and the connections are the same to the end.
async function under(load) {
  let on = true, failed = [], done = 0, asked = 0;
  const shakes = [1, 2].map(async () => {
    while (on) { await shown().catch((e) => failed.push(e.message)); done++; }
  });
  const kept = [1, 2, 3].map(async () => {
    const it = dial({ ...s, ca: [s.first, ca.root] }, { servername: 'wifi.example.org' });
    await it.open;
    for (let n = 1, last = false; !last; n++) {
      last = !on;
      it.socket.write(get('/healthz').replace('localhost', 'wifi.example.org'));
      await until('an answer', () => it.ended || answers(it.text()).length === n, 20000).catch((e) => failed.push(e.message));
      if (it.ended) { failed.push('a connection was closed'); break; }
      asked++;
      if (!last) await sleep(200);
    }
    assert.ok(answers(it.text()).every((a) => a.status === 200));
    it.socket.destroy();
  });
  const end = async () => { on = false; await Promise.all([...shakes, ...kept]); };
  try { await load(); } finally { await end(); }
  assert.deepEqual(failed, [], `of ${done} handshakes and ${asked} requests`);
  assert.ok(done > 4 && asked > 6, `${done} handshakes, ${asked} requests`);
}

async function renewed(how) {
  const old = (await shown()).serialNumber;
  await under(async () => {
    await how();
    await until('the new certificate', async () => (await shown()).serialNumber !== old, 20000);
  });
  const now = await trusted();
  assert.notEqual(now.serialNumber, old);
  assert.ok(now.checkHost('wifi.example.org'));
  assert.equal(statSync(join(s.dir, 'tls-of/tls/key.pem')).mode & 0o777, 0o640);
}

test('certbot: the first certificate, and its renewal, without a failed handshake', async () => {
  await renewed(() => follow('certbot'));
  await renewed(() => must('certbot', ['renew', '-q', '--force-renewal', '--no-random-sleep-on-renew'], { env: environment(), timeout: 120000 }));
});

test('dehydrated: the same, and a timer that systemd takes', { skip: !process.env.LATCHKEY_LONG && 'takes LATCHKEY_LONG=1' }, async () => {
  await renewed(() => follow('dehydrated'));
  await renewed(() => must('dehydrated', ['--cron', '--force'], { env: environment(), timeout: 120000 }));
  assert.match(readFileSync(join(s.dir, 'systemctl.log'), 'utf8'), /enable --now latchkey-dehydrated\.timer/);
  const r = await run('systemd-analyze', ['verify', ...['service', 'timer'].map((x) => join(s.dir, `units/latchkey-dehydrated.${x}`))]);
  assert.doesNotMatch(r.stderr, /latchkey-dehydrated\.(service|timer):/);
});

test('the authority was answered, and found what it had asked for', () => {
  assert.match(ca.output(), /set VALID/);
  assert.doesNotMatch(ca.output(), /urn:ietf:params:acme:error:unauthorized/);
});

const place = '/.well-known/acme-challenge/';
const says = (token) => `${token}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI`;

test('nothing but what an authority asks for leaves the directory', async () => {
  const dir = join(s.dir, 'webroot', place);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'good'), says('good'));
  const good = await plainly(`${place}good`);
  assert.deepEqual([good.status, good.text, good.headers['content-type'], good.headers['cache-control']],
    [200, says('good'), 'application/octet-stream', 'no-store']);
  writeFileSync(join(s.dir, 'elsewhere/link'), says('link'));
  symlinkSync(join(s.dir, 'elsewhere/link'), join(dir, 'link'));
  writeFileSync(join(dir, 'secret'), 'a secret');
  writeFileSync(join(dir, 'wrong'), says('good'));
  writeFileSync(join(dir, 'large'), says('large') + 'x'.repeat(1 << 20));
  writeFileSync(join(dir, 'with.dot'), says('with.dot'));
  writeFileSync(join(s.dir, 'webroot/outside'), says('outside'));
  await must('mkfifo', [join(dir, 'pipe')]);
  mkdirSync(join(dir, 'folder'));
  for (const name of ['none', 'link', 'secret', 'wrong', 'large', 'with.dot', 'pipe', 'folder', '', 'folder/', 'a'.repeat(128), 'a'.repeat(129), 'good%41', 'good~'])
    assert.equal((await plainly(place + name)).status, 404, name);
  // once per reason, however often strangers ask; and again after one that was there
  const told = () => portal.output.match(/portal\.acme file=.*/g) ?? [];
  assert.deepEqual(told().map((l) => l.match(/file=(\w+)/)[1]), ['link']);
  assert.equal((await plainly(`${place}good`)).status, 200);
  if (!readFileSync(s.conf, 'utf8').includes('chroot =')) { // locked in, it would still be there
    const away = join(s.dir, 'webroot.away');
    renameSync(join(s.dir, 'webroot'), away);
    for (const name of ['good', 'none', 'good']) assert.equal((await plainly(place + name)).status, 404);
    renameSync(away, join(s.dir, 'webroot'));
    assert.equal(told().length, 2);
    assert.match(told()[1], /file=good reason=.*portal\.acme_webroot cannot be opened/);
  }
  // as it is sent: no client between that takes the dots out
  for (const path of [`${place}../../outside`, `${place}..%2f..%2foutside`, `${place}%2e%2e/outside`, `${place}/good`, '/.well-known/../outside', `${place}good%00`, `${place}..\\outside`]) {
    const answer = await new Promise((done, fail) => {
      let text = '';
      const c = connect(http, '127.0.0.1', () => c.write(`GET ${path} HTTP/1.1\r\nHost: wifi.example.org\r\n\r\n`));
      c.setEncoding('latin1').on('data', (d) => { text += d; }).on('end', () => { c.destroy(); done(text); }).on('error', fail);
    });
    assert.match(answer, /^HTTP\/1\.1 (400|404) /, path);
    assert.doesNotMatch(answer, /9jg46WB3/, path);
  }
  // over TLS there is no such thing
  const it = dial({ ...s, ca: ca.root }, { servername: 'wifi.example.org' });
  await it.open;
  it.socket.write(get(`${place}good`).replace('localhost', 'wifi.example.org'));
  await until('an answer', () => answers(it.text()).length === 1);
  assert.equal(answers(it.text())[0].status, 404);
  it.socket.destroy();
});
