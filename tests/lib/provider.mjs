// A real OpenID provider (oidc-provider) on loopback, with named people.
//
//   import { startProvider } from './provider.mjs';
//   const p = await startProvider({ redirect: 'https://localhost:8443/signin/demo/callback' });
//   p.issuer, p.client, p.people, p.signOut('anna'), await p.stop()
//
// or as a program, until it is interrupted:
//
//   node tests/lib/provider.mjs --port 4000 --redirect URL [--backchannel URL] [--ca FILE]
//
// Everybody's password is the login name.
import './older.mjs';
import { createServer } from 'node:http';
import { Agent } from 'node:https';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const table = JSON.parse(readFileSync(new URL('people.json', import.meta.url)));
const escape = (t) => String(t).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

// Fresh signing keys, one per algorithm, as a private JWKS.
function signingKeys() {
  const key = (type, options, alg, kid) => ({
    ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, kid, use: 'sig' });
  return { keys: [
    key('rsa', { modulusLength: 2048 }, 'RS256', 'rs'),
    key('rsa', { modulusLength: 2048 }, 'PS256', 'ps'),
    key('ec', { namedCurve: 'P-256' }, 'ES256', 'es'),
    key('ed25519', {}, 'EdDSA', 'ed'),
  ] };
}

const page = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:1rem/1.5 system-ui;max-width:28rem;margin:3rem auto;padding:0 1rem}
label,input,button{display:block;width:100%;box-sizing:border-box;margin:.25rem 0 .75rem;font:inherit;padding:.4rem}
label{padding:0}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

function loginPage(uid, people, trouble = '') {
  return page('Example sign-in service', `${trouble && `<p role="alert">${escape(trouble)}</p>`}
<form method="post" action="/interaction/${uid}">
<label for="login">Account</label><input id="login" name="login" autocomplete="username" autofocus required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password">
<button type="submit" name="do" value="in">Sign in</button>
<button type="submit" name="do" value="no" formnovalidate>Cancel</button></form>
<h2>Accounts</h2><p>The password is the account’s name.</p>
<ul>${people.map((p) => `<li><b>${escape(p.login)}</b>: ${escape(p.about)}</li>`).join('')}</ul>`);
}

const bodyOf = (req) => new Promise((done, fail) => {
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (d) => { if ((text += d).length > 65536) req.destroy(); });
  req.on('end', () => done(new URLSearchParams(text)));
  req.on('error', fail);
});

// Back-channel logout goes to a certificate that only CA signs.
const reach = (ca) => (url) => (url.protocol === 'https:' ? { agent: new Agent({ ca }) } : {});

function claimsOf(person, everything) {
  const c = { sub: person.sub };
  if (!everything) return c;
  Object.assign(c, { name: person.name, preferred_username: person.login,
    email: `${person.login}@example.org`, email_verified: !person.unverified });
  if (person.locale) c.locale = person.locale;
  if (person.groups) c.groups = person.groups;
  else { c.hasgroups = true; c._claim_names = { groups: 'src1' }; }
  return c;
}

function configuration(o, people, log) {
  const find = (sub) => people.find((p) => p.sub === sub);
  return {
    clients: [{
      client_id: o.clientId, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
      ...(o.auth === 'none' || o.auth === 'private_key_jwt' ? {} : { client_secret: o.clientSecret }),
      ...(o.clientJwks ? { jwks: o.clientJwks } : {}),
      ...(o.clientAlg ? { token_endpoint_auth_signing_alg: o.clientAlg } : {}),
      token_endpoint_auth_method: o.auth, redirect_uris: [o.redirect].flat(),
      post_logout_redirect_uris: o.afterLogout ? [o.afterLogout].flat() : [],
      id_token_signed_response_alg: o.alg,
      ...(o.backchannel ? { backchannel_logout_uri: o.backchannel, backchannel_logout_session_required: true } : {}),
    }],
    jwks: o.keys ?? signingKeys(),
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'locale', 'groups', 'hasgroups', '_claim_names'],
      email: ['email', 'email_verified'], groups: ['groups', 'hasgroups', '_claim_names'] },
    scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
    conformIdTokenClaims: o.conform,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true,
        logoutSource: (ctx, form) => { ctx.body = page('Sign out?', `${form}
<button autofocus type="submit" form="op.logoutForm" value="yes" name="logout">Yes, sign me out</button>`); },
        postLogoutSuccessSource: (ctx) => { ctx.body = page('Signed out', '<p>You are signed out.</p>'); } },
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600, RefreshToken: 3600 },
    interactions: { url: (ctx, i) => `/interaction/${i.uid}` },
    issueRefreshToken: (ctx, client, code) => client.grantTypeAllowed('refresh_token') && (o.refresh || code.scopes.has('offline_access')),
    findAccount: (ctx, sub) => { const p = find(sub); return p && { accountId: sub, claims: () => claimsOf(p, true) }; },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile email groups offline_access');
      await grant.save();
      return grant;
    },
    httpOptions: reach(o.ca),
    renderError: (ctx, out) => { log(`error ${out.error}: ${out.error_description ?? ''}`); ctx.type = 'html'; ctx.body = page('Sign-in error', `<p>${escape(out.error)}: ${escape(out.error_description ?? '')}</p>`); },
  };
}

async function interaction(provider, people, req, res) {
  const details = await provider.interactionDetails(req, res);
  const html = (status, text) => { res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(text); };
  if (req.method !== 'POST') return html(200, loginPage(details.uid, people));
  const form = await bodyOf(req);
  if (form.get('do') === 'no')
    return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'The person cancelled.' });
  const person = people.find((p) => p.login === form.get('login'));
  if (!person || form.get('password') !== person.login) return html(200, loginPage(details.uid, people, 'Wrong account or password.'));
  if (person.locked) return html(200, loginPage(details.uid, people, 'This account is locked.'));
  return provider.interactionFinished(req, res, { login: { accountId: person.sub, remember: true } });
}

// Starts one. OPTIONS: port (0: a free one), redirect, afterLogout,
// backchannel, clientId, clientSecret, auth, alg, conform, ca, keys, clientJwks.
export async function startProvider(options) {
  const o = { port: 0, host: '127.0.0.1', clientId: 'latchkey', clientSecret: 'a secret & more/+%: of 32 characters',
    auth: 'client_secret_basic', alg: 'RS256', conform: true, log: () => {}, ...options };
  const { Provider } = await import('oidc-provider');
  const people = structuredClone(table);
  let serve = (req, res) => res.writeHead(503).end();
  const server = createServer((req, res) => serve(req, res));
  await new Promise((done, fail) => { server.on('error', fail); server.listen(o.port, o.host, done); });
  const issuer = `http://${o.host}:${server.address().port}`;
  const provider = new Provider(issuer, configuration(o, people, o.log));
  const answer = provider.callback();
  const counts = {};
  serve = (req, res) => {
    const path = req.url.split('?')[0];
    counts[path] = (counts[path] ?? 0) + 1;
    if (!path.startsWith('/interaction/')) return answer(req, res);
    return interaction(provider, people, req, res).catch((e) => {
      o.log(`interaction: ${e.message}`);
      if (!res.headersSent) res.writeHead(400, { 'content-type': 'text/plain' });
      res.end('This sign-in is over. Go back and start again.\n');
    });
  };
  for (const event of ['server_error', 'grant.error', 'authorization.error', 'userinfo.error', 'backchannel.error', 'end_session.error'])
    provider.on(event, (...a) => { const e = a.find((x) => x instanceof Error); o.log(`${event}: ${e?.error ?? ''} ${e?.error_description ?? e?.message ?? ''} ${e?.error_detail ?? ''}`); });
  const person = (login) => { const p = people.find((x) => x.login === login); if (!p) throw new Error(`nobody is called ${login}`); return p; };
  return {
    issuer, provider, people, counts, person, server, options: o,
    client: { id: o.clientId, secret: o.clientSecret },
    // sends the client a logout token about LOGIN, as when the provider ends all sessions
    async signOut(login, sid) { await (await provider.Client.find(o.clientId)).backchannelLogout(person(login).sub, sid); },
    stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: v } = parseArgs({ options: { port: { type: 'string', default: '4000' }, redirect: { type: 'string' },
    'after-logout': { type: 'string' }, backchannel: { type: 'string' }, ca: { type: 'string' }, 'client-id': { type: 'string' },
    'secret-file': { type: 'string' }, conform: { type: 'string', default: 'yes' } } });
  if (!v.redirect) { console.error('usage: provider.mjs --port N --redirect URL [--after-logout URL] [--backchannel URL] [--ca FILE] [--client-id ID] [--secret-file FILE]'); process.exit(64); }
  const p = await startProvider({ port: Number(v.port), redirect: v.redirect, afterLogout: v['after-logout'], backchannel: v.backchannel,
    conform: v.conform === 'yes', log: (t) => console.error(`provider ${t}`),
    ...(v.ca ? { ca: readFileSync(v.ca) } : {}), ...(v['client-id'] ? { clientId: v['client-id'] } : {}),
    ...(v['secret-file'] ? { clientSecret: readFileSync(v['secret-file'], 'utf8').trim() } : {}) }).catch((e) => {
    console.error(e.code === 'EADDRINUSE' ? `port ${v.port} is taken` : e.message); process.exit(1); });
  console.log(`provider ready at ${p.issuer}`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, async () => { await p.stop(); process.exit(0); });
}
