// A directory that provisions people: SCIM requests with a token of its own,
// the passwords its people have, and what the responder says of them.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { must, program, until } from './process.mjs';
import { ask } from './radius.mjs';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

// One request: {status, headers, text, json}.
export const send = (p, path, { method = 'GET', token, body, headers = {} } = {}) => new Promise((done, fail) => {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const r = request(new URL(p.url + path), { method, ca: readFileSync(p.ca), agent: false,
    headers: { ...(token && { authorization: `Bearer ${token}` }),
      ...(text !== undefined && { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) }), ...headers } },
  (answer) => {
    let all = '';
    answer.setEncoding('utf8');
    answer.on('data', (d) => { all += d; });
    answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text: all,
      json: all.startsWith('{') ? JSON.parse(all) : null }));
  });
  r.on('error', fail);
  r.end(text);
});

export async function token(p, scopes, issuer) {
  const args = ['-c', p.conf, 'token', 'add', '--name', scopes, '--scopes', scopes, '--json'];
  return JSON.parse(await must(program('latchkey'), issuer ? [...args, '--issuer', issuer] : args)).token;
}

export async function directory(p, issuer = p.provider.issuer) {
  const mine = await token(p, 'scim', issuer);
  const machine = await token(p, 'read,keys,reveal,people');
  const it = { token: mine };
  const call = (method) => (path, body, headers) => send(p, `/scim/v2${path}`, { method, token: mine, body, headers });
  it.get = call('GET');
  it.post = call('POST');
  it.put = call('PUT');
  it.patch = (path, operations, headers) => call('PATCH')(path,
    { schemas: [PATCH], Operations: operations }, headers);
  it.delete = call('DELETE');
  it.find = (kind, filter, more = '') => it.get(`/${kind}?filter=${encodeURIComponent(filter)}${more}`);
  it.api = (method, path, body) => send(p, `/api/v1${path}`,
    { method, token: machine, body, headers: { 'content-type': 'application/json' } });
  // A password of PERSON on PLAN of the store: {id, passphrase, station}.
  it.key = async (person, plan, station) => {
    const made = await it.api('POST', '/keys', { person, plan, network: p.made.network, kind: 'personal' });
    if (made.status !== 201) throw new Error(made.text);
    const shown = await it.api('POST', `/keys/${made.json.id}/reveal`, {});
    return { id: made.json.id, passphrase: shown.json.passphrase, station };
  };
  // What an access point hears about a key.
  it.join = (key) => ask({ port: p.auth, secret: p.secret, ssid: 'Harbour; "guest"', timeout: 1000,
    station: key.station, passphrase: key.passphrase });
  // Waits for the answer; the milliseconds it took.
  it.until = async (key, what) => {
    const from = Date.now();
    await until(`the responder to ${what}`, async () => (await it.join(key)).what === what, 5000);
    return Date.now() - from;
  };
  return it;
}
