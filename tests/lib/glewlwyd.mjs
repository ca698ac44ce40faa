// A second OpenID provider, unrelated to the first: glewlwyd of Debian, with a
// store of its own, driven through its administration API.
//
//   const g = await startGlewlwyd();
//   await g.person({ login: 'anna', name: 'Anna Berger', mail, groups: ['staff'] });
//   await g.client({ id: 'latchkey', secret, redirect, backchannel });
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from './browse.mjs';
import { freePort, must, scratch, start, until } from './process.mjs';

const share = '/usr/share/glewlwyd';
const schema = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';

// Its store; people have a list of groups, clients one of addresses after sign-out.
const furnish = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(open(sys.argv[2]).read())
for table, column, name in (("g_user_module_instance", "gumi_parameters", "groups"), ("g_client_module_instance", "gcmi_parameters", "post_logout_redirect_uris")):
    p = json.loads(db.execute(f"SELECT {column} FROM {table}").fetchone()[0])
    p["data-format"][name] = {"multiple": True, "read": True, "write": True, "profile-read": True, "profile-write": False}
    db.execute(f"UPDATE {table} SET {column} = ?", (json.dumps(p),))
db.commit()`;

const types = { html: 'text/html', css: 'text/css', js: 'application/javascript', json: 'application/json', png: 'image/png',
  ttf: 'font/ttf', woff: 'font/woff', woff2: 'font/woff2', ico: 'image/x-icon' };

function configuration(dir, port, url) {
  const mime = Object.entries(types).map(([e, t]) => `{ extension = ".${e}" mime_type = "${t}" }`).join(', ');
  return `port = ${port}
bind_address = "127.0.0.1"
external_url = "${url}/"
login_url = "login.html"
api_prefix = "api"
static_files_path = "${dir}/webapp"
static_files_mime_types = ( ${mime} )
log_mode = "console"
log_level = "WARNING"
cookie_secure = 0
session_expiration = 86400
session_key = "GLEWLWYD2_SESSION_ID"
admin_session_authentication = "cookie"
profile_session_authentication = "cookie"
allow_multiple_user_per_session = true
login_api_enabled = true
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "/usr/lib/glewlwyd/user"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = { type = "sqlite3" path = "${dir}/glewlwyd.db" };
`;
}

const plugin = (issuer, keys) => ({ module: 'oidc', name: 'oidc', display_name: 'OpenID Connect', parameters: {
  iss: issuer, 'jwt-type': 'rsa', 'jwt-key-size': '256', key: keys.privateKey, cert: keys.publicKey,
  'access-token-duration': 600, 'refresh-token-duration': 3600, 'code-duration': 60, 'refresh-token-rolling': false,
  'allow-non-oidc': false, 'auth-type-code-enabled': true, 'auth-type-token-enabled': false, 'auth-type-id-token-enabled': true,
  'auth-type-none-enabled': false, 'auth-type-password-enabled': false, 'auth-type-client-enabled': false,
  'auth-type-device-enabled': false, 'auth-type-refresh-enabled': false, 'jwks-show': true, 'subject-type': 'public',
  'pkce-allowed': true, 'pkce-method-plain-allowed': false, 'pkce-required': true, 'oauth-as-iss-id': true,
  'session-management-allowed': true, 'session-cookie-name': 'GLEWLWYD2_OIDC_SESSION', 'session-cookie-expiration': 86400,
  'back-channel-logout-allowed': true, 'front-channel-logout-allowed': true,
  'request-parameter-allow': false, 'name-claim': 'mandatory', 'email-claim': 'mandatory', 'scope-claim': 'no',
  claims: [{ name: 'groups', 'user-property': 'groups', type: 'string', mandatory: true, scope: [] }] } });

export async function startGlewlwyd() {
  const dir = scratch('glewlwyd'), port = await freePort(), url = `http://127.0.0.1:${port}`, issuer = `${url}/api/oidc`;
  cpSync(`${share}/webapp`, join(dir, 'webapp'), { recursive: true, dereference: true, filter: (f) => !f.endsWith('config.json') });
  writeFileSync(join(dir, 'webapp/config.json'), readFileSync(`${share}/templates/config.json`, 'utf8').replace('"GlewlwydUrl": "./"', `"GlewlwydUrl": "${url}/"`));
  await must('python3', ['-c', furnish, join(dir, 'glewlwyd.db'), schema]);
  writeFileSync(join(dir, 'glewlwyd.conf'), configuration(dir, port, url));
  const run = start('glewlwyd', ['-c', join(dir, 'glewlwyd.conf')]);
  await until('glewlwyd to listen', async () => {
    if (run.ended) throw new Error(`glewlwyd ended: ${run.output}`);
    return fetch(`${url}/config/`).then((r) => r.ok, () => false);
  }, 30000);
  const admin = new Browser();
  const call = async (path, body) => {
    const r = await admin.go(`${url}/api${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    if (!r.ok) throw new Error(`glewlwyd ${path}: ${r.status} ${await r.text()}\n${run.output}`);
  };
  await call('/auth/', { username: 'admin', password: 'password' });
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  await call('/mod/plugin/', plugin(issuer, keys));
  return {
    url, issuer, run,
    // the password is the login, twice
    person: ({ login, name, mail, groups }) => call('/user/', { username: login, password: login + login, name, email: mail, groups, enabled: true, scope: ['g_profile', 'openid'] }),
    client: ({ id, secret, redirect, backchannel, afterLogout }) => call('/client/', { client_id: id, name: id, enabled: true, confidential: true, client_secret: secret,
      redirect_uri: [redirect], authorization_type: ['code'], token_endpoint_auth_method: ['client_secret_basic'],
      backchannel_logout_uri: backchannel, post_logout_redirect_uris: [afterLogout], backchannel_logout_session_required: 'true', scope: [] }),
    stop: () => run.stop(),
  };
}
