// Sign-in at a real provider (oidc-provider), page by page as a browser would.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Browser } from '../lib/browse.mjs';
import { scratch } from '../lib/process.mjs';
import { startProvider } from '../lib/provider.mjs';
import { openSignin, publicUrl } from '../lib/signin.mjs';

const redirect = `${publicUrl}/signin/demo/callback`;

async function pair(options = {}, settings = {}) {
  const p = await startProvider({ redirect, afterLogout: `${publicUrl}/signedout`, ...options });
  const s = openSignin({ demo: { issuer: p.issuer, secret: p.client.secret, ...settings } });
  const signIn = async (login, { begin = {}, browser = new Browser(), press } = {}) => {
    const b = await s.begin('demo', begin);
    assert.equal(b.result, 'ok', b.detail);
    const back = await browser.signInAt(b.location, login, redirect, { press });
    return s.finish('demo', new URL(back).search.slice(1), b.cookie);
  };
  return { p, s, signIn, stop: async () => { await s.end(); await p.stop(); } };
}

for (const conform of [true, false])
  for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'])
    test(`${alg}, claims ${conform ? 'at userinfo' : 'in the ID token'}: anna signs in`, async () => {
      const it = await pair({ conform, alg });
      const r = await it.signIn('anna', { begin: { return_to: '/devices' } });
      assert.equal(r.result, 'ok', `${r.reason} ${r.detail}`);
      assert.equal(r.issuer, it.p.issuer);
      assert.equal(r.subject, it.p.person('anna').sub);
      assert.equal(r.name, 'Anna Berger');
      assert.equal(r.mail, 'anna@example.org');
      assert.equal(r.mail_verified, true);
      assert.deepEqual(r.groups, ['staff']);
      assert.equal(r.return_to, '/devices');
      assert.equal(it.p.counts['/me'] ?? 0, conform ? 1 : 0);
      await it.stop();
    });

test('the people of the table come as they are', async () => {
  const it = await pair();
  for (const p of it.p.people.filter((x) => !x.locked)) {
    const r = await it.signIn(p.login);
    assert.equal(r.result, 'ok', `${p.login} ${r.reason} ${r.detail}`);
    assert.equal(r.subject, p.sub);
    assert.equal(r.name, p.name);
    assert.equal(r.groups_known, p.groups !== null);
    assert.deepEqual(r.groups, p.groups ?? []);
    assert.equal(r.mail_verified, !p.unverified);
    assert.equal(r.language, p.locale ?? '');
  }
  await assert.rejects(it.signIn('sven'), /locked/);
  await it.stop();
});

test('who cancels there is told no here', async () => {
  const it = await pair();
  const r = await it.signIn('anna', { press: 'no' });
  assert.equal(`${r.result} ${r.reason}`, 'forbidden error');
  await it.stop();
});

test('a new proof is asked for at the provider although a session is there', async () => {
  const it = await pair();
  const browser = new Browser();
  assert.equal((await it.signIn('anna', { browser })).result, 'ok');
  const r = await it.signIn('anna', { browser, begin: { fresh: true } });
  assert.equal(r.result, 'ok', `${r.reason} ${r.detail}`);
  assert.ok(Math.abs(r.auth_at - Date.now() / 1000) < 60);
  await it.stop();
});

for (const auth of ['client_secret_post', 'none'])
  test(`the client proves who it is: ${auth}`, async () => {
    const it = await pair({ auth }, { auth_method: auth });
    const r = await it.signIn('tom');
    assert.equal(r.result, 'ok', `${r.reason} ${r.detail}`);
    await it.stop();
  });

for (const [what, alg, make] of [
  ['RSA', 'RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['P-256', 'ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
])
  test(`the client proves who it is: private_key_jwt by ${what}`, async () => {
    const { privateKey, publicKey } = make();
    const file = join(scratch('client-key'), 'client.pem');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'client-1', use: 'sig', alg };
    const it = await pair({ auth: 'private_key_jwt', clientAlg: alg, clientJwks: { keys: [jwk] } },
      { auth_method: 'private_key_jwt', private_key_file: file, key_id: 'client-1' });
    const r = await it.signIn('tom');
    assert.equal(r.result, 'ok', `${r.reason} ${r.detail}`);
    await it.stop();
  });

test('a wrong client secret: refused, and nothing of it is said', async () => {
  const it = await pair({}, { secret: 'not-the-secret' });
  const r = await it.signIn('tom');
  assert.equal(`${r.result} ${r.reason}`, 'provider token');
  assert.doesNotMatch(JSON.stringify(r), /not-the-secret/);
  await it.stop();
});

test('back-channel logout: the token the provider sends is accepted, once', async () => {
  let heard;
  const ear = createServer((req, res) => {
    let body = '';
    req.on('data', (d) => { body += d; });
    req.on('end', () => { heard = new URLSearchParams(body).get('logout_token'); res.writeHead(200).end(); });
  });
  await new Promise((done) => ear.listen(0, '127.0.0.1', done));
  const it = await pair({ backchannel: `http://127.0.0.1:${ear.address().port}/` });
  const r = await it.signIn('anna');
  assert.equal(r.result, 'ok', r.detail);
  await it.p.signOut('anna', r.sid || 'a-session');
  const l = await it.s.backchannel('demo', heard);
  assert.equal(l.result, 'ok', `${l.reason} ${l.detail}`);
  assert.equal(l.subject, it.p.person('anna').sub);
  assert.equal((await it.s.backchannel('demo', heard)).result, 'bad_input');
  assert.equal((await it.s.backchannel('demo', r.id_token)).result, 'bad_input');
  await it.stop();
  ear.close();
});

test('signing out at the provider ends its session and comes back', async () => {
  const it = await pair();
  const browser = new Browser();
  const r = await it.signIn('anna', { browser });
  const out = await it.s.logout('demo', r.id_token, `${publicUrl}/signedout`);
  const asked = await browser.follow(out.location, publicUrl);
  const xsrf = asked.page.match(/name="xsrf" value="([^"]+)"/)[1];
  const action = asked.page.match(/action="([^"]+)"/)[1];
  const done = await browser.follow(new URL(action, asked.url).href, publicUrl, { method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) });
  assert.equal(done.url, `${publicUrl}/signedout`);
  await it.stop();
});
