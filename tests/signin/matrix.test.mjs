// What a lying provider, or a lying browser, does not get past (B-1: by our own
// checks, N-15). Every refusal
// has its control: the same steps without the lie end in an identity.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { openSignin, publicUrl } from '../lib/signin.mjs';
import { newPair, startLiar } from '../lib/liar.mjs';

let liar, other, s;
const now = () => Math.floor(Date.now() / 1000);

const open = (more = {}) => openSignin({ a: { issuer: liar.issuer, ...more }, b: { issuer: other.issuer } });

before(async () => { liar = await startLiar(); other = await startLiar({ name: 'other' }); s = open(); });
after(async () => { await s.end(); await liar.stop(); await other.stop(); });
beforeEach(() => { liar.lie = {}; other.lie = {}; });

// One sign-in from beginning to end.
async function signIn({ lie = {}, on = s, slug = 'a', from = liar, answer = {}, begin = {}, finish = {} } = {}) {
  from.lie = {};
  const b = await on.begin(slug, begin);
  assert.equal(b.result, 'ok', `${b.reason}: ${b.detail}`);
  from.lie = lie;
  const r = await on.finish(slug, from.answer(b.location, answer), b.cookie, finish);
  from.lie = {};
  return r;
}

async function welcome(options) {
  const r = await signIn(options);
  assert.equal(r.result, 'ok', `${r.reason}: ${r.detail}`);
  assert.equal(r.subject, 'victor');
  return r;
}

async function refused(reason, lie, options = {}) {
  const r = await signIn({ lie, ...options });
  assert.equal(r.result, 'provider', `${r.result} ${r.reason} ${r.detail}`);
  assert.match(r.reason, reason instanceof RegExp ? reason : new RegExp(`^${reason}$`));
  assert.equal(r.subject, undefined);
  assert.equal(r.id_token, undefined);
  return r;
}

// A table of lies, each refused, and an honest sign-in before and after.
const rows = (id, lies) => {
  for (const [what, reason, lie] of lies)
    test(`${id}: ${what} is refused`, async () => { await refused(reason, typeof lie === 'function' && lie.length === 0 ? lie() : lie); });
  test(`${id}: control, without the lie`, async () => { await welcome(); });
};
const claims = (f) => ({ claims: f });

for (const alg of ['RS256', 'ES256', 'PS256', 'EdDSA']) {
  test(`O-01: ${alg}: one flipped bit of the signature is refused; the same token unharmed is not`, async () => {
    const r = await welcome({ lie: { alg } });
    assert.equal(JSON.parse(Buffer.from(r.id_token.split('.')[0], 'base64url')).alg, alg);
    for (const at of [0, 17, 40])
      await refused('signature', { alg, sign: (input, honest) => { const b = Buffer.from(honest()); b[at] ^= 0x10; return b; } });
    await refused('signature', { alg, key: newPair(alg).privateKey });
  });
}

rows('O-02', [
  ['alg none', 'alg', { alg: 'none', raw: (t) => `${t}AA` }],
  ['alg nOnE', 'alg', { header: (h) => { h.alg = 'nOnE'; } }],
  ['alg absent', 'alg', { header: (h) => { delete h.alg; } }],
  ['alg as a list', 'alg', { header: (h) => { h.alg = ['RS256']; } }],
  ['an empty signature', 'jwt', { sign: () => Buffer.alloc(0) }],
  ['two segments', 'jwt', { raw: (t) => t.split('.').slice(0, 2).join('.') }],
  ['five segments', 'jwt', { raw: (t) => `${t}.AA.AA` }],
  ['a header that is no object', 'jwt', { header: () => '[]' }],
  ['a header with alg twice', 'jwt', { header: () => '{"alg":"none","alg":"RS256","kid":"liar-RS256"}' }],
  ['claims with sub twice', 'jwt', { claims: (c) => JSON.stringify(c).replace('{', '{"sub":"admin",') }],
  ['a padded signature', 'signature', { raw: (t) => `${t}==` }],
]);

const publicRsa = () => liar.pairs.RS256.publicKey;
const hmacKeys = {
  PEM: () => publicRsa().export({ type: 'spki', format: 'pem' }),
  DER: () => publicRsa().export({ type: 'spki', format: 'der' }),
  'JWK text': () => JSON.stringify(publicRsa().export({ format: 'jwk' })),
  modulus: () => Buffer.from(publicRsa().export({ format: 'jwk' }).n, 'base64url'),
};
rows('O-03', ['HS256', 'HS384', 'HS512'].flatMap((alg) => Object.entries(hmacKeys).map(([form, key]) =>
  [`${alg} keyed with the public key as ${form}`, 'alg', () => ({ alg, key: key(), header: (h) => { h.kid = 'liar-RS256'; } })])));
test('O-03: an ES256 header over an RSA key of that kid is refused', async () => {
  await refused('kid', { alg: 'ES256', header: (h) => { h.kid = 'liar-RS256'; } });
});
test('O-03: an algorithm the configuration leaves out is refused, another is not', async () => {
  const narrow = open({ algs: ['ES256'] });
  await refused('alg', { alg: 'RS256' }, { on: narrow });
  await welcome({ on: narrow, lie: { alg: 'ES256' } });
  await narrow.end();
});

rows('O-04', [
  ['another iss', 'iss', claims((c) => { c.iss = other.issuer; })],
  ['iss in other case', 'iss', claims((c) => { c.iss = c.iss.replace('http', 'HTTP'); })],
  ['iss with a slash', 'iss', claims((c) => { c.iss += '/'; })],
  ['no iss', 'iss', claims((c) => { delete c.iss; })],
  ['iss as a list', 'iss', claims((c) => { c.iss = [c.iss]; })],
]);

rows('O-05', [
  ['another aud', 'aud', claims((c) => { c.aud = 'another'; })],
  ['no aud', 'aud', claims((c) => { delete c.aud; })],
  ['an empty aud list', 'aud', claims((c) => { c.aud = []; })],
  ['aud with a stranger', 'aud', claims((c) => { c.aud = ['latchkey', 'stranger']; c.azp = 'latchkey'; })],
  ['several aud without azp', 'azp', claims((c) => { c.aud = ['latchkey', 'latchkey']; })],
  ['azp of another', 'azp', claims((c) => { c.azp = 'another'; })],
  ['azp as a number', 'azp', claims((c) => { c.azp = 1; })],
]);
test('O-05: aud as a list of us alone, and azp that is us, are fine', async () => {
  await welcome({ lie: claims((c) => { c.aud = ['latchkey']; c.azp = 'latchkey'; }) });
});

rows('O-06', [
  ['no nonce', 'nonce', claims((c) => { delete c.nonce; })],
  ['a wrong nonce', 'nonce', claims((c) => { c.nonce = randomBytes(32).toString('base64url'); })],
  ['a nonce cut short', 'nonce', claims((c) => { c.nonce = c.nonce.slice(0, -1); })],
]);
test('O-06: the nonce of an earlier sign-in is refused', async () => {
  let old;
  await welcome({ lie: claims((c) => { old = c.nonce; }) });
  await refused('nonce', claims((c) => { c.nonce = old; }));
});

rows('O-07', [
  ['no exp', 'exp', claims((c) => { delete c.exp; })],
  ['a past exp', 'exp', claims((c) => { c.exp = now() - 61; c.iat = now() - 300; })],
  ['exp 1e300', /exp|jwt/, claims((c) => JSON.stringify(c).replace(/"exp":\d+/, '"exp":1e300'))],
  ['exp -1', 'exp', claims((c) => { c.exp = -1; })],
  ['exp as text', 'exp', claims((c) => { c.exp = String(c.exp); })],
  ['iat in ten minutes', 'iat', claims((c) => { c.iat += 600; })],
  ['iat a day ago', 'iat', claims((c) => { c.iat -= 86400; })],
  ['no iat', 'iat', claims((c) => { delete c.iat; })],
  ['nbf in ten minutes', 'nbf', claims((c) => { c.nbf = now() + 600; })],
]);
test('O-07: a fraction of a second, and a clock 50 s off, are fine', async () => {
  await welcome({ lie: claims((c) => JSON.stringify(c).replace(/"exp":(\d+)/, '"exp":$1.5')) });
  await welcome({ lie: claims((c) => { c.iat += 50; c.nbf = c.iat; }) });
});

test('O-08: a sub that is no subject is refused before userinfo is asked', async () => {
  const asked = liar.counts['/me'];
  for (const sub of [undefined, '', 'x'.repeat(256), 42, ['victor'], null, 'a\u0000b'])
    await refused(/sub|jwt/, claims((c) => { c.sub = sub; delete c.name; }));
  assert.equal(liar.counts['/me'], asked);
  const r = await signIn({ lie: claims((c) => { c.sub = 'x'.repeat(255); }) });
  assert.equal(r.result, 'ok');
});

rows('O-09', [
  ['at_hash of another token', 'at_hash', claims((c) => { c.at_hash = 'AAAAAAAAAAAAAAAAAAAAAA'; })],
  ['at_hash as a number', 'at_hash', claims((c) => { c.at_hash = 1; })],
]);
test('O-09: no at_hash is fine, EdDSA uses SHA-512', async () => {
  await welcome({ lie: claims((c) => { delete c.at_hash; }) });
  await welcome({ lie: { alg: 'EdDSA', claims: (c) => { c.at_hash = createHash('sha512').update('an-access-token').digest().subarray(0, 32).toString('base64url'); } } });
});

test('O-10: kid: unknown is refused; absent works with one key and not with three', async () => {
  await refused('kid', { header: (h) => { h.kid = 'unheard-of'; } });
  await welcome({ lie: { header: (h) => { delete h.kid; } } });
  const three = open(), more = [newPair('RS256'), newPair('RS256')].map((p, i) => ({ ...p.publicKey.export({ format: 'jwk' }), kid: `m${i}` }));
  const jwks = (set) => ({ keys: [...set.keys, ...more] });
  await refused('kid', { jwks, header: (h) => { delete h.kid; } }, { on: three });
  await welcome({ on: three, lie: { jwks } });
  await three.end();
});

test('O-11: a kid that is a path, SQL, an address, 10 kB, has a newline or NUL is nothing but unknown', async () => {
  for (const kid of ['../../etc/passwd', "' OR 1=1 --", `${other.issuer}/steal`, 'k'.repeat(10240), 'a\nb', 'a\u0000b', '', 7]) {
    const r = await refused(/kid|jwt/, { header: (h) => { h.kid = kid; } });
    assert.match(r.detail, /^[ -~]{0,200}$/);
  }
  assert.equal(other.counts['/steal'], undefined);
  await welcome();
});

test('O-12: jku, x5u, jwk, x5c in a header are not looked at', async () => {
  const mine = newPair('RS256'), jwk = mine.publicKey.export({ format: 'jwk' });
  await refused(/kid|signature/, { key: mine.privateKey, header: (h) => { Object.assign(h, { jku: `${other.issuer}/jku`, x5u: `${other.issuer}/x5u`, jwk, x5c: ['AAAA'] }); } });
  assert.equal(other.counts['/jku'], undefined);
  assert.equal(other.counts['/x5u'], undefined);
  await welcome({ lie: { header: (h) => { h.jku = `${other.issuer}/jku`; } } });
  assert.equal(other.counts['/jku'], undefined);
});

rows('O-13', [['an unknown crit', 'crit', { header: (h) => { h.crit = ['exp']; } }],
  ['an empty crit', 'crit', { header: (h) => { h.crit = []; } }]]);

test('O-14: encrypted tokens are refused at once, whatever is wrong with them', async () => {
  const b = (x) => Buffer.from(JSON.stringify(x)).toString('base64url');
  for (const head of [{ alg: 'dir', enc: 'A256GCM' }, { alg: 'A128KW', enc: 'A128GCM' }, { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31, p2s: 'AAAA' }, { alg: 'RSA1_5', enc: 'A128CBC-HS256', zip: 'DEF' }])
    for (const tag of ['AA', 'A'.repeat(20)]) {
      const r = await refused('jwt', { raw: () => `${b(head)}.AAAA.AAAA.AAAA.${tag}` });
      assert.ok(r.ms < 5000);
    }
  await welcome();
});

test('O-15: keys changed between redirect and callback: one more question, then in; the old key is out', async () => {
  const on = open(), t = now();
  await welcome({ on });
  const old = liar.pairs.RS256, before = liar.counts['/jwks'];
  const b = await on.begin('a', { now: t + 40 });
  liar.pairs.RS256 = newPair('RS256');
  const fresh = () => { const set = liar.keys(); set.keys.find((k) => k.alg === 'RS256').kid = 'new-key'; return set; };
  liar.lie = { jwks: fresh, header: (h) => { h.kid = 'new-key'; } };
  const r = await on.finish('a', liar.answer(b.location), b.cookie, { now: t + 41 });
  assert.equal(r.result, 'ok', `${r.reason} ${r.detail}`);
  assert.equal(liar.counts['/jwks'], before + 1);
  const late = await on.begin('a', { now: t + 80 });
  liar.lie = { jwks: fresh, key: old.privateKey, header: (h) => { h.kid = 'liar-RS256'; } };
  const o = await on.finish('a', liar.answer(late.location), late.cookie, { now: t + 80 });
  assert.equal(`${o.result} ${o.reason}`, 'provider kid');
  liar.pairs.RS256 = old;
  await on.end();
});

const badSets = {
  'status 500': { reply: { '/jwks': (req, res) => res.writeHead(500).end('oops') } },
  '10 MB': { jwks: () => 'x'.repeat(10 << 20) },
  HTML: { jwks: () => '<html>' },
  'nesting 10^5': { jwks: () => '['.repeat(1e5) },
  'members twice': { jwks: () => '{"keys":[],"keys":[]}' },
  '10^4 keys': { jwks: (set) => ({ keys: Array(10000).fill({ kty: 'oct', k: 'AA' }) }) },
};
for (const [what, lie] of Object.entries(badSets))
  test(`O-16: a key set that is ${what} leaves the last good one in use, for a day`, async () => {
    const on = open(), t = now();
    const at = async (when, use) => {
      const b = await on.begin('a', { now: when });
      liar.lie = { ...use, claims: (c) => { c.iat = when; c.exp = when + 300; } };
      return on.finish('a', liar.answer(b.location), b.cookie, { now: when });
    };
    assert.equal((await at(t, {})).result, 'ok');
    const soon = await at(t + 4000, lie);
    assert.equal(soon.result, 'ok', `${soon.reason} ${soon.detail}`);
    const tomorrow = await at(t + 25 * 3600, lie);
    assert.match(tomorrow.result, /^provider/);
    assert.equal((await at(t + 25 * 3600 + 60, {})).result, 'ok');
    await on.end();
  });

test('O-16: a key set that hangs costs its patience and no more', async () => {
  const on = open({ timeout: '1s' });
  const r = await signIn({ on, lie: { reply: { '/jwks': () => {} } } });
  assert.equal(r.result, 'provider_down');
  assert.ok(r.ms < 6000, `${r.ms} ms`);
  await on.end();
});

test('O-16: weak keys count for nothing', async () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const jwk = (pair) => pair.publicKey.export({ format: 'jwk' });
  const es = jwk(liar.pairs.ES256);
  const flip = Buffer.from(es.y, 'base64url'); flip[31] ^= 1;
  const weak = [
    ['RS256', { ...jwk(small), kid: 'k' }, small.privateKey],
    ['RS256', { ...jwk(liar.pairs.RS256), e: 'AQ', kid: 'k' }, liar.pairs.RS256.privateKey],
    ['RS256', { ...jwk(liar.pairs.RS256), e: 'AAAB', kid: 'k' }, liar.pairs.RS256.privateKey],
    ['RS256', { ...jwk(liar.pairs.RS256), use: 'enc', kid: 'k' }, liar.pairs.RS256.privateKey],
    ['ES256', { ...es, y: flip.toString('base64url'), kid: 'k' }, liar.pairs.ES256.privateKey],
    ['RS256', { kty: 'oct', k: 'AAAA', kid: 'k' }, liar.pairs.RS256.privateKey],
  ];
  for (const [alg, key, priv] of weak) {
    const on = open();
    await refused('kid', { alg, key: priv, header: (h) => { h.kid = 'k'; }, jwks: () => ({ keys: [key] }) }, { on });
    await on.end();
  }
  const on = open();
  await welcome({ on, lie: { header: (h) => { h.kid = 'k'; }, jwks: () => ({ keys: [{ ...jwk(liar.pairs.RS256), kid: 'k' }] }) } });
  await on.end();
});

test('O-17: 200 tokens with unknown kids cause one question, also when it fails', async () => {
  for (const lie of [{}, badSets['status 500'], badSets.HTML]) {
    const on = open(), before = liar.counts['/jwks'] ?? 0, when = now();
    for (let i = 0; i < 200; i++) {
      liar.lie = { ...lie, header: (h) => { h.kid = `r${i}`; } };
      const r = await on.backchannel('a', liar.make({ iss: liar.issuer }), { now: when });
      assert.match(r.result, /^(bad_input|provider_down)$/);
    }
    assert.equal(liar.counts['/jwks'] - before, 1);
    await on.end();
  }
});

test('O-18: a state that is missing, unknown, used, expired or another browser’s: no request leaves', async () => {
  const b = await s.begin('a'), c = await s.begin('a');
  const asked = () => liar.counts['/token'] ?? 0;
  const query = liar.answer(b.location), before = asked();
  const none = async (q, cookie, more) => { const r = await s.finish('a', q, cookie, more); assert.equal(r.result, 'bad_input', q); return r; };
  await none(query.replace(/state=[^&]*&?/, ''), b.cookie);
  await none(query.replace(/state=[^&]*/, `state=${randomBytes(32).toString('base64url')}`), b.cookie);
  await none(query.replace(/state=[^&]*/, 'state=x'), b.cookie);
  await none(query, undefined);
  await none(query, c.cookie);
  await none(query, b.cookie.slice(0, -2) + (b.cookie.endsWith('AA') ? 'BA' : 'AA'));
  await none(query, '');
  await none(query, 'A'.repeat(5000));
  await none(query, b.cookie, { now: now() + 601 });
  await none('', b.cookie);
  assert.equal(asked(), before);
  assert.equal((await s.finish('a', query, b.cookie)).result, 'ok');
  const used = await none(query, b.cookie);
  assert.equal(used.reason, 'state');
  assert.equal(asked(), before + 1);
});

test('O-19: the attacker’s code and state in the victim’s browser: no identity', async () => {
  const attacker = await s.begin('a'), victim = await s.begin('a');
  const q = liar.answer(attacker.location);
  assert.equal((await s.finish('a', q, victim.cookie)).result, 'bad_input');
  assert.equal((await s.finish('a', q, undefined)).result, 'bad_input');
  assert.equal((await s.finish('a', q, attacker.cookie)).result, 'ok');
});

test('O-20: a pending sign-in is a cookie below 512 octets and nothing here', async () => {
  const b = await s.begin('a', { return_to: `/${'x'.repeat(159)}` });
  assert.ok(b.cookie.length + b.cookie_name.length <= 512 + 22, `${b.cookie.length}`);
  assert.ok(4 * b.cookie.length <= 2048);
  assert.match(b.cookie_name, /^__Host-signin-[0-9a-f]{8}$/);
  const r = await s.finish('a', liar.answer(b.location), b.cookie);
  assert.equal(r.return_to, `/${'x'.repeat(159)}`);
  assert.equal(r.cookie_of, b.cookie_name);
});

test('O-21: every request has an S256 challenge, state and nonce of its own', async () => {
  const seen = new Set();
  for (let i = 0; i < 20; i++) {
    const q = new URL((await s.begin('a')).location).searchParams;
    assert.equal(q.get('code_challenge_method'), 'S256');
    assert.equal(q.get('response_type'), 'code');
    assert.equal(q.get('redirect_uri'), `${publicUrl}/signin/a/callback`);
    for (const name of ['code_challenge', 'state', 'nonce']) {
      assert.match(q.get(name), /^[\w-]{43}$/);
      seen.add(q.get(name));
    }
  }
  assert.equal(seen.size, 60);
  await welcome();
  assert.match(liar.last.token.form.get('code_verifier'), /^[\w-]{43}$/);
});
test('O-21: a code injected from another sign-in is refused', async () => {
  const x = await s.begin('a'), y = await s.begin('a');
  const stolen = new URLSearchParams(liar.answer(x.location)).get('code');
  const r = await s.finish('a', liar.answer(y.location, { code: stolen }), y.cookie);
  assert.equal(`${r.result} ${r.reason}`, 'provider token');
});

test('O-22: an answer of A delivered as B is refused', async () => {
  const b = await s.begin('a'), q = liar.answer(b.location);
  assert.equal((await s.finish('b', q, b.cookie)).result, 'bad_input');
  await welcome({ slug: 'a' });
  assert.equal((await signIn({ slug: 'b', from: other })).result, 'ok');
});
rows('O-22', []);
for (const [what, iss] of [['missing although advertised', undefined], ['of another', 'https://evil.example']])
  test(`O-22: iss ${what} is refused, before the code is used`, async () => {
    const before = liar.counts['/token'] ?? 0;
    await refused('iss', {}, { answer: { iss } });
    assert.equal(liar.counts['/token'] ?? 0, before);
  });

for (const name of ['code', 'state', 'iss', 'error'])
  test(`O-23: ${name} twice is refused, and no request leaves`, async () => {
    const b = await s.begin('a'), before = liar.counts['/token'] ?? 0;
    const q = liar.answer(b.location, name === 'error' ? { error: 'access_denied' } : {});
    const twice = new URLSearchParams(q); twice.append(name, new URLSearchParams(q).get(name));
    assert.equal((await s.finish('a', twice.toString(), b.cookie)).result, 'bad_input');
    assert.equal(liar.counts['/token'] ?? 0, before);
  });
test('O-23: tokens in the answer are refused; unknown parameters in any order are not', async () => {
  for (const name of ['id_token', 'access_token', 'logout_token', 'response']) {
    const b = await s.begin('a');
    assert.equal((await s.finish('a', `${name}=x&${liar.answer(b.location)}`, b.cookie)).result, 'bad_input');
  }
  const b = await s.begin('a');
  assert.equal((await s.finish('a', `session_state=1&session_state=2&x&${liar.answer(b.location)}&z=%41`, b.cookie)).result, 'ok');
});

test('O-24: an error’s description is cut to 200 characters and stays one line', async () => {
  const b = await s.begin('a');
  const r = await s.finish('a', liar.answer(b.location, { code: undefined, error: 'access_denied', error_description: `<b>\r\n${'x'.repeat(3000)}` }), b.cookie);
  assert.equal(`${r.result} ${r.reason}`, 'forbidden error');
  assert.match(r.detail, /^[ -~]{200}$/);
});

test('O-30: a logout token that is not exactly one is refused; a true one counts once', async () => {
  const event = 'http://schemas.openid.net/event/backchannel-logout';
  const good = () => ({ iss: liar.issuer, aud: 'latchkey', iat: now(), exp: now() + 120, jti: randomBytes(8).toString('hex'), sub: 'victor', events: { [event]: {} } });
  const send = async (change = {}, lie = {}, typ = 'logout+jwt') => {
    liar.lie = lie;
    return s.backchannel('a', liar.make({ ...good(), ...change }, typ));
  };
  const lies = [{ iss: other.issuer }, { aud: 'another' }, { events: undefined }, { events: {} }, { events: { [event]: 1 } }, { events: { [`${event}-not`]: {} } }, { nonce: 'n' }, { nonce: null },
    { iat: undefined }, { iat: now() - 86400 }, { jti: undefined }, { jti: '' }, { exp: now() - 61 }, { sub: undefined }, { sub: 1 }, { sub: '', sid: 'x' }, { exp: 'soon' }];
  for (const lie of lies) {
    const r = await send(lie);
    assert.equal(r.result, 'bad_input', JSON.stringify(lie));
    assert.equal(r.subject, '');
  }
  assert.equal((await send({}, { alg: 'none', raw: (t) => `${t}AA` })).result, 'bad_input');
  assert.equal((await send({}, { alg: 'HS256', key: publicRsa().export({ type: 'spki', format: 'pem' }) })).result, 'bad_input');
  assert.equal((await send({}, { sign: (i, h) => { const b = Buffer.from(h()); b[3] ^= 1; return b; } })).result, 'bad_input');
  assert.equal((await send({}, {}, 'at+jwt')).result, 'bad_input');
  const jti = 'only-once', first = await send({ jti });
  assert.equal(`${first.result} ${first.subject}`, 'ok victor');
  assert.equal((await send({ jti })).result, 'bad_input');
  const sid = await send({ sub: undefined, sid: 'session-1' });
  assert.equal(`${sid.result} ${sid.sid}`, 'ok session-1');
  // glewlwyd: typ JWT and no exp, good while fresh
  assert.equal((await send({ exp: undefined }, {}, 'JWT')).result, 'ok');
  assert.equal((await send({ exp: undefined, iat: now() - 400 }, {}, 'JWT')).result, 'bad_input');
});

test('O-32: a mail address counts as checked for true alone', async () => {
  for (const [value, want] of [[true, true], [false, false], ['true', false], [1, false], [undefined, false]]) {
    const r = await welcome({ lie: claims((c) => { c.email_verified = value; }) });
    assert.equal(r.mail_verified, want, String(value));
    assert.equal(r.subject, 'victor');
  }
});

test('O-33: equal sub of two issuers stays two', async () => {
  const a = await welcome(), b = await signIn({ slug: 'b', from: other });
  assert.equal(a.subject, b.subject);
  assert.notEqual(a.issuer, b.issuer);
});

for (const [what, f] of Object.entries({
  hasgroups: (c) => { c.hasgroups = true; delete c.groups; },
  _claim_names: (c) => { c._claim_names = { groups: 'src1' }; c._claim_sources = { src1: { endpoint: 'http://127.0.0.1:1/' } }; },
  'groups:src1': (c) => { c['groups:src1'] = 'https://graph.example/'; },
  'more than 200': (c) => { c.groups = Array.from({ length: 201 }, (_, i) => `g${i}`); },
}))
  test(`O-34: ${what}: the groups are unknown, and none count`, async () => {
    const r = await welcome({ lie: { claims: f, userinfo: (u) => { delete u.groups; } } });
    assert.equal(r.groups_known, false);
    assert.deepEqual(r.groups, []);
  });

test('O-35: groups as text, object, 10^4 entries, look-alikes', async () => {
  const of = async (value) => welcome({ lie: claims((c) => { c.groups = value; }) });
  assert.deepEqual((await of('staff')).groups, ['staff']);
  assert.deepEqual((await of(['Staff', 'staff ', 'ѕtaff'])).groups, ['Staff', 'staff ', 'ѕtaff']);
  for (const bad of [{ staff: true }, 7, ['staff', 7], ['x'.repeat(256)], Array(10000).fill('g')])
    assert.equal((await of(bad)).groups_known, false);
  const all = await of(Array.from({ length: 200 }, (_, i) => `g${i}`));
  assert.equal(all.groups.length, 200);
  assert.equal(all.groups_known, true);
});

const bare = (c) => { delete c.name; delete c.groups; };
rows('O-36', [
  ['userinfo of another sub', 'userinfo', { claims: bare, userinfo: (u) => { u.sub = 'admin'; } }],
  ['userinfo without sub', 'userinfo', { claims: bare, userinfo: (u) => { delete u.sub; } }],
  ['userinfo as a list', 'userinfo', { claims: bare, userinfo: (u) => [u] }],
  ['userinfo as an unsigned JWT', 'userinfo', { claims: bare, userinfoType: 'application/jwt', userinfo: () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ2aWN0b3IifQ.' }],
  ['userinfo of 5 MB', 'fetch', { claims: bare, userinfo: (u) => { u.pad = 'x'.repeat(5 << 20); } }],
  ['userinfo with sub twice', 'userinfo', { claims: bare, userinfo: () => '{"sub":"admin","sub":"victor"}' }],
]);
test('O-36: control: userinfo fills in what is missing and changes nothing else', async () => {
  const r = await welcome({ lie: { claims: (c) => { bare(c); c.email = 'in-token@example.org'; c.email_verified = false; },
    userinfo: (u) => { u.email_verified = true; u.sid = 'forged'; u.auth_time = now(); } } });
  assert.equal(r.name, 'Victor from userinfo');
  assert.equal(r.mail, 'in-token@example.org');
  assert.equal(r.mail_verified, false);
  assert.equal(r.sid, '');
  assert.deepEqual(r.groups, ['staff']);
});
test('O-36: userinfo is asked for with the access token in the header and nowhere else', async () => {
  await welcome({ lie: claims(bare) });
  assert.deepEqual(liar.last.me, { method: 'GET', url: '/me', authorization: 'Bearer an-access-token', body: '' });
});

for (const [what, change, settings] of [
  ['another issuer', (d) => { d.issuer += '/'; }],
  ['no issuer', (d) => { delete d.issuer; }],
  ['an http endpoint elsewhere', (d) => { d.token_endpoint = 'http://example.org/token'; }],
  ['a link-local endpoint', (d) => { d.jwks_uri = 'https://169.254.169.254/latest/meta-data'; }],
  ['another host', (d) => { d.userinfo_endpoint = 'https://evil.example/me'; }],
  ['a name of this machine', (d) => { d.token_endpoint = 'http://localhost:1/token'; }],
  ['no token endpoint', (d) => { delete d.token_endpoint; }],
  ['a script for an endpoint', (d) => { d.authorization_endpoint = 'javascript:alert(1)'; }],
  ['a list', () => []],
  ['members twice', () => '{"issuer":"a","issuer":"b"}'],
])
  test(`O-37: discovery with ${what} is refused`, async () => {
    const on = open(settings);
    liar.lie = { discovery: change };
    const r = await on.begin('a');
    assert.equal(`${r.result} ${r.reason}`, 'provider discovery');
    assert.equal(r.location, undefined);
    liar.lie = {};
    assert.equal((await on.begin('a')).result, 'ok');
    await on.end();
  });
test('O-37: without allow_loopback nothing on loopback is asked', async () => {
  const on = open({ allow_loopback: 'no', issuer: liar.issuer.replace('http:', 'https:') });
  const before = liar.counts['/.well-known/openid-configuration'];
  const r = await on.begin('a');
  assert.match(r.result, /^provider/);
  assert.equal(liar.counts['/.well-known/openid-configuration'], before);
  await on.end();
});

test('O-39: a code of 4 kB and an ID token of 60 kB work; above 64 kB and 8 kB do not', async () => {
  await welcome({ lie: claims((c) => { c.pad = 'x'.repeat(40000); }) });
  await refused(/jwt|token/, claims((c) => { c.pad = 'x'.repeat(70000); }));
  await refused(/token|fetch/, claims((c) => { c.pad = 'x'.repeat(1 << 20); }));
  const long = await s.begin('a');
  assert.equal((await s.finish('a', liar.answer(long.location, { code: 'x'.repeat(4000) }), long.cookie)).reason, 'token');
  const state = await s.begin('a');
  assert.equal((await s.finish('a', liar.answer(state.location, { state: 'x'.repeat(4000) }), state.cookie)).result, 'bad_input');
  assert.equal((await s.finish('a', liar.answer(state.location, { pad: 'x'.repeat(9000) }), state.cookie)).result, 'bad_input');
});

test('O-41: a new proof is asked for and has to be one', async () => {
  const q = new URL((await s.begin('a', { fresh: true })).location).searchParams;
  assert.equal(q.get('prompt'), 'login');
  assert.equal(q.get('max_age'), '0');
  for (const auth_time of [undefined, 0, now() - 3600, 'now'])
    await refused('auth_time', claims((c) => { c.auth_time = auth_time; }), { begin: { fresh: true } });
  const r = await welcome({ lie: claims((c) => { c.auth_time = now(); }), begin: { fresh: true } });
  assert.ok(Math.abs(r.auth_at - now()) < 60);
});

test('a provider that is not there is said to be down at once after two tries', async () => {
  const gone = createServer();
  await new Promise((done) => gone.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${gone.address().port}`; // accepts, never answers
  const on = openSignin({ a: { issuer, timeout: '1s' } });
  for (let i = 0; i < 2; i++) {
    const r = await on.begin('a');
    assert.equal(r.result, 'provider_down');
    assert.ok(r.ms < 6000);
  }
  const third = await on.begin('a');
  assert.equal(third.result, 'provider_down');
  assert.match(third.detail, /left alone/);
  await on.end();
  gone.close();
});

test('the client proves who it is: basic (encoded before it is Basic) and post', async () => {
  const secret = 'p&ss w+rd:%ü';
  const basic = open({ secret });
  await welcome({ on: basic });
  const [, b] = liar.last.token.authorization.split(' ');
  const pair = Buffer.from(b, 'base64').toString().split(':');
  assert.equal(pair.length, 2);
  assert.equal(new URLSearchParams(`a=${pair[1]}`).get('a'), secret);
  await basic.end();
  const post = open({ secret, auth_method: 'client_secret_post' });
  await welcome({ on: post });
  assert.equal(liar.last.token.form.get('client_secret'), secret);
  assert.equal(liar.last.token.authorization, undefined);
  await post.end();
});

test('RP-initiated logout names the token, the client and the way back', async () => {
  const r = await welcome();
  const out = await s.logout('a', r.id_token, `${publicUrl}/signedout`);
  const u = new URL(out.location);
  assert.equal(u.pathname, '/end');
  assert.equal(u.searchParams.get('id_token_hint'), r.id_token);
  assert.equal(u.searchParams.get('client_id'), 'latchkey');
  assert.equal(u.searchParams.get('post_logout_redirect_uri'), `${publicUrl}/signedout`);
});
