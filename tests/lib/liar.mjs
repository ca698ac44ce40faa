// A provider that lies on request. Without a lie it is an honest, small one:
// every test has a control case. A lie is an object of hooks:
//   header(h) claims(c) userinfo(u) token(body) discovery(doc) jwks(set)
//     change what is about to be sent, in place or by returning another
//   alg, key, sign(input, honest)      how the token is signed
//   raw(jwt)                           the last word on the token
//   reply: { '/token': (req, res) => } takes a path over altogether
import { createServer } from 'node:http';
import { createServer as createTls } from 'node:https';
import { constants, createHash, createHmac, generateKeyPairSync, sign as nodeSign, randomBytes } from 'node:crypto';

const b64 = (x) => Buffer.from(typeof x === 'string' || Buffer.isBuffer(x) ? x : JSON.stringify(x)).toString('base64url');
const jwkOf = (pair, alg, kid) => ({ ...pair.publicKey.export({ format: 'jwk' }), alg, kid, use: 'sig' });

const halfHash = (name, text) => { const h = createHash(name).update(text).digest(); return h.subarray(0, h.length / 2).toString('base64url'); };

export const newPair = (alg) => (alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  : alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 }));

export function signature(alg, key, input) {
  const data = Buffer.from(input);
  if (alg === 'none') return Buffer.alloc(0);
  if (alg.startsWith('HS')) return createHmac(`sha${alg.slice(2)}`, key).update(data).digest();
  if (alg === 'EdDSA') return nodeSign(null, data, key);
  if (alg === 'ES256') return nodeSign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  if (alg === 'PS256') return nodeSign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  return nodeSign('sha256', data, key);
}

// TLS: {key, cert, ...} of node:tls, for an issuer at https://localhost.
export async function startLiar({ clientId = 'latchkey', name = 'liar', tls } = {}) {
  const pairs = Object.fromEntries(['RS256', 'PS256', 'ES256', 'EdDSA'].map((alg) => [alg, newPair(alg)]));
  const liar = { lie: {}, counts: {}, last: {}, pairs, codes: new Map(),
    keys: () => ({ keys: Object.entries(pairs).map(([alg, p]) => jwkOf(p, alg, `${name}-${alg}`)) }) };
  const change = (hook, value) => liar.lie[hook]?.(value) ?? value;

  liar.make = (claims, typ = 'JWT') => {
    const { lie } = liar;
    const alg = lie.alg ?? 'RS256';
    const header = change('header', { alg, typ, kid: `${name}-${alg}` });
    const body = change('claims', claims);
    const input = `${b64(header)}.${b64(body)}`;
    const honest = () => signature(alg, lie.key ?? pairs[alg]?.privateKey, input);
    const jwt = `${input}.${b64(lie.sign ? lie.sign(input, honest) : honest())}`;
    return lie.raw ? lie.raw(jwt) : jwt;
  };
  liar.idClaims = (nonce, access) => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: liar.issuer, sub: 'victor', aud: clientId, exp: now + 300, iat: now, nonce,
      at_hash: halfHash(liar.lie.alg === 'EdDSA' ? 'sha512' : 'sha256', access),
      name: 'Victor Vale', email: 'victor@example.org', email_verified: true, groups: ['staff'] };
  };
  // the answer a browser would bring back for LOCATION
  liar.answer = (location, more = {}) => {
    const q = new URL(location).searchParams;
    const code = randomBytes(16).toString('hex');
    liar.codes.set(code, { nonce: q.get('nonce'), challenge: q.get('code_challenge') });
    const out = { code, state: q.get('state'), iss: liar.issuer, ...more };
    return new URLSearchParams(Object.entries(out).filter(([, v]) => v !== undefined)).toString();
  };
  const json = (res, value, type = 'application/json') => {
    res.writeHead(200, { 'content-type': type });
    res.end(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value));
  };
  const routes = {
    '/.well-known/openid-configuration': (req, res) => json(res, change('discovery', {
      issuer: liar.issuer, authorization_endpoint: `${liar.issuer}/auth`, token_endpoint: `${liar.issuer}/token`,
      jwks_uri: `${liar.issuer}/jwks`, userinfo_endpoint: `${liar.issuer}/me`, end_session_endpoint: `${liar.issuer}/end`,
      authorization_response_iss_parameter_supported: true })),
    '/jwks': (req, res) => json(res, change('jwks', liar.keys())),
    '/me': (req, res, body) => (liar.last.me = { method: req.method, url: req.url, authorization: req.headers.authorization, body }) && json(res, change('userinfo', { sub: 'victor', name: 'Victor from userinfo', email: 'victor@example.org', groups: ['staff'] }), liar.lie.userinfoType),
    '/token': (req, res, body) => {
      const form = new URLSearchParams(body);
      liar.last.token = { form, authorization: req.headers.authorization };
      const code = liar.codes.get(form.get('code'));
      liar.codes.delete(form.get('code'));
      const proof = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
      if (!code || code.challenge !== proof) {
        res.writeHead(400, { 'content-type': 'application/json' });
        return res.end('{"error":"invalid_grant"}');
      }
      const access = 'an-access-token';
      return json(res, change('token', { access_token: access, token_type: 'Bearer', expires_in: 300, id_token: liar.make(liar.idClaims(code.nonce, access)) }));
    },
  };
  const server = (tls ? (answer) => createTls(tls, answer) : createServer)((req, res) => {
    const path = req.url.split('?')[0];
    liar.counts[path] = (liar.counts[path] ?? 0) + 1;
    let body = '';
    req.on('data', (d) => { body += d; });
    req.on('end', () => {
      const way = liar.lie.reply?.[path] ?? routes[path];
      if (way) way(req, res, body, routes[path]); else res.writeHead(404).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  liar.issuer = `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${server.address().port}`;
  liar.stop = () => new Promise((done) => { server.close(done); server.closeAllConnections(); });
  return liar;
}
