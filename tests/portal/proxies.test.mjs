// The samples of conf/proxy, run by the real programs: what comes through is
// what was sent, the portal knows who asked, and nobody can say they are
// somebody else.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { directory } from '../lib/directory.mjs';
import { freePort, must, start, top, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';
import { authority } from '../lib/tls.mjs';

let p, d;
before(async () => {
  p = await startPortal({ more: 'trusted_proxies = {"127.0.0.1"}' });
  d = await directory(p);
});
after(() => p?.stop());

// A sample with the names, ports and paths of this test.
function fitted(file, port, files) {
  let text = readFileSync(join(top, 'conf/proxy', file), 'utf8');
  for (const [from, to] of [['wifi.example.org', 'localhost'], ['127.0.0.1:8443', `127.0.0.1:${p.port}`],
    [/\b443\b/g, String(port)], ...files]) {
    assert.ok(text.match(from), `${file} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const listening = (port) => until('the proxy to listen', () => new Promise((done) => {
  const c = connect(port, '127.0.0.1', () => { c.destroy(); done(true); });
  c.on('error', () => done(false));
}));

// One request through the proxy at PORT, from 127.0.0.9.
async function ask(port, path, more = []) {
  const out = await must('curl', ['-sS', '-i', '--interface', '127.0.0.9', '--cacert', p.ca, '-H', `Host: localhost:${p.port}`,
    `https://localhost:${port}${path}`, '--resolve', `localhost:${port}:127.0.0.1`, ...more]);
  const last = out.split(/\r\n\r\n/);
  while (/^HTTP\/\S+ 100/.test(last[0])) last.shift();
  return { status: Number(last[0].split(' ')[1]), head: last[0].toLowerCase(), body: last.slice(1).join('\r\n\r\n') };
}

async function works(port) {
  const seen = p.portal.output.length;
  const page = await ask(port, '/signin', ['-H', 'X-Forwarded-For: 203.0.113.7', '-H', 'Forwarded: for=203.0.113.7']);
  assert.equal(page.status, 200, page.head);
  assert.match(page.body, /Harbour Campus/);
  assert.match(page.head, /content-security-policy: default-src 'none'/);
  assert.match(page.head, /strict-transport-security/);
  await until('the log', () => /page=enter_page from=\S+/.test(p.portal.output.slice(seen)));
  assert.match(p.portal.output.slice(seen), /page=enter_page from="?127\.0\.0\.9/, 'who asked');
  assert.ok(!p.portal.output.slice(seen).includes('203.0.113.7'), 'not who they say');
  // methods, bodies and headers of machines
  const auth = ['-H', `Authorization: Bearer ${d.token}`, '-H', 'Content-Type: application/scim+json'];
  const made = await ask(port, '/scim/v2/Groups', [...auth, '-d', JSON.stringify({ displayName: `g${port}` })]);
  assert.equal(made.status, 201, made.body);
  const { id } = JSON.parse(made.body);
  const patched = await ask(port, `/scim/v2/Groups/${id}`, [...auth, '-X', 'PATCH', '-d', JSON.stringify({ Operations: [{ op: 'Replace', path: 'displayName', value: `h${port}` }] })]);
  assert.equal(patched.status, 204, patched.body);
  const found = await ask(port, `/scim/v2/Groups?filter=${encodeURIComponent(`displayName eq "h${port}"`)}`, auth);
  assert.equal(JSON.parse(found.body).totalResults, 1);
  // large bodies come through to whoever refuses them
  const file = join(p.dir, 'large.json');
  writeFileSync(file, JSON.stringify({ displayName: 'x', members: Array.from({ length: 60000 }, () => ({ value: 'x'.repeat(40) })) }));
  const large = await ask(port, '/scim/v2/Groups', [...auth, '--data-binary', `@${file}`]);
  assert.equal(large.status, 413);
  assert.match(large.body, /urn:ietf:params:scim:api:messages:2.0:Error/, 'the portal itself said so');
  assert.equal((await ask(port, '/healthz')).status, 200);
  assert.equal((await ask(port, '/metrics')).status, 404);
  // fifty at once
  const all = await Promise.all(Array.from({ length: 50 }, () => ask(port, '/healthz')));
  assert.ok(all.every((r) => r.status === 200));
}

async function tls(dir) {
  mkdirSync(dir, { recursive: true });
  const { issue } = await authority(dir);
  const { cert, key } = await issue('front', { hosts: ['localhost'] });
  return { cert, key, ca: join(dir, 'ca.pem') };
}

test('nginx', async () => {
  const port = await freePort(), dir = join(p.dir, 'nginx'), t = await tls(dir);
  p.ca = t.ca; // of what clients see
  const conf = join(dir, 'nginx.conf');
  writeFileSync(conf, `daemon off; error_log stderr; pid ${dir}/pid;\nevents {}\nhttp { access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${dir}/${n};`).join(' ')}
  ${fitted('nginx.conf', port, [['/etc/nginx/tls/wifi.pem', t.cert], ['/etc/nginx/tls/wifi.key', t.key], ['/etc/nginx/tls/latchkey-ca.pem', join(p.dir, 'ca.pem')]])} }\n`);
  const it = start('nginx', ['-c', conf, '-p', dir]);
  try { await listening(port); await works(port); } finally { await it.stop(); }
});

test('HAProxy', async () => {
  const port = await freePort(), dir = join(p.dir, 'haproxy'), t = await tls(dir);
  p.ca = t.ca;
  const conf = join(dir, 'haproxy.cfg'), pem = join(dir, 'both.pem');
  writeFileSync(pem, readFileSync(t.cert, 'utf8') + readFileSync(t.key, 'utf8'));
  writeFileSync(conf, fitted('haproxy.cfg', port, [['/etc/haproxy/tls/wifi.pem', pem], ['/etc/haproxy/tls/latchkey-ca.pem', join(p.dir, 'ca.pem')]]));
  await must('haproxy', ['-c', '-f', conf]);
  const it = start('haproxy', ['-db', '-f', conf]);
  try { await listening(port); await works(port); } finally { await it.stop('SIGUSR1'); }
});

test('Caddy', async () => {
  const port = await freePort(), dir = join(p.dir, 'caddy'), t = await tls(dir);
  p.ca = t.ca;
  const conf = join(dir, 'Caddyfile');
  writeFileSync(conf, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${fitted('Caddyfile', port, [['/etc/caddy/tls/wifi.pem', t.cert], ['/etc/caddy/tls/wifi.key', t.key], ['/etc/caddy/tls/latchkey-ca.pem', join(p.dir, 'ca.pem')]])}`);
  const it = start('caddy', ['run', '--adapter', 'caddyfile', '--config', conf], { env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir } });
  try { await listening(port); await works(port); } finally { await it.stop(); }
});
