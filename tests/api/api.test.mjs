// The description of the API, walked against the running portal: every call
// is there, asks for a token, and answers in the shape it declares.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, spec, all;

// One request by curl: {status, headers, body}.
async function ask(path, { method = 'GET', token, body, headers = {} } = {}) {
  const args = ['-sS', '-i', '--cacert', p.ca, '-X', method, p.url + path];
  if (token) args.push('-H', `Authorization: Bearer ${token}`);
  for (const [k, v] of Object.entries(headers)) args.push('-H', `${k}: ${v}`);
  if (body !== undefined) args.push('-H', 'Content-Type: application/json', '-d', JSON.stringify(body));
  const [head, ...rest] = (await must('curl', args)).split('\r\n\r\n');
  const lines = head.split('\r\n');
  const text = rest.join('\r\n\r\n');
  return {
    status: Number(lines[0].split(' ')[1]),
    headers: Object.fromEntries(lines.slice(1).map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 2)])),
    text, json: text.startsWith('{') ? JSON.parse(text) : null,
  };
}

const token = async (scopes) => JSON.parse(await must(program('latchkey'),
  ['-c', p.conf, 'token', 'add', '--name', 'test', '--scopes', scopes, '--json'])).token;

// Enough of JSON Schema 2020-12 for what the description uses.
function check(schema, value, at = '$') {
  if (schema.$ref) return check(spec.components.schemas[schema.$ref.split('/').pop()], value, at);
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const types = [schema.type].flat();
  assert.ok(types.includes(kind), `${at}: ${kind}, not ${types}`);
  if (schema.enum) assert.ok(schema.enum.includes(value), `${at}: ${value}`);
  if (schema.pattern && value !== null) assert.match(value, new RegExp(schema.pattern), at);
  if (kind === 'array') value.forEach((v, i) => check(schema.items, v, `${at}[${i}]`));
  if (kind !== 'object') return;
  for (const r of schema.required ?? []) assert.ok(r in value, `${at}.${r} is missing`);
  for (const [k, v] of Object.entries(value)) {
    if (schema.properties[k]) check(schema.properties[k], v, `${at}.${k}`);
    else assert.notEqual(schema.additionalProperties, false, `${at}.${k} is not declared`);
  }
}

before(async () => {
  p = await startPortal();
  spec = (await ask('/api/openapi.json')).json;
  all = await token([...new Set(calls().flatMap(({ op }) => op['x-scopes']))].join());
});
after(() => p?.stop());

const calls = () => Object.entries(spec.paths).flatMap(([path, ops]) =>
  Object.entries(ops).map(([method, op]) => ({ path, method: method.toUpperCase(), op })));

test('every call that is described is there, and asks for a token', async () => {
  assert.equal(spec.openapi, '3.1.0');
  assert.ok(calls().length > 50);
  for (const { path, method, op } of calls()) {
    const r = await ask(path.replace(/\{\w+\}/g, '0123456789abcdefghjkmnpqrs'), { method });
    assert.equal(r.status, 401, `${method} ${path}`);
    assert.match(r.headers['www-authenticate'], /^Bearer/);
    check(op.responses.default.content['application/problem+json'].schema, r.json);
    assert.ok(!Object.keys(r.headers).some((h) => h.startsWith('access-control-')));
  }
});

test('lists, and what is in them, have the shape that is described', async () => {
  for (const { path, method, op } of calls()) {
    if (method !== 'GET' || path.includes('{')) continue;
    const r = await ask(path, { token: all });
    assert.equal(r.status, 200, `${path}: ${r.text}`);
    check(op.responses[200].content['application/json'].schema, r.json, path);
    for (const item of r.json.items.slice(0, 3)) {
      const one = spec.paths[`${path}/{id}`]?.get;
      if (!one) continue;
      const got = await ask(`${path}/${item.id}`, { token: all });
      check(one.responses[200].content['application/json'].schema, got.json, path);
      assert.deepEqual(got.json, item);
      assert.equal(got.headers.etag, `"${item.version}"`);
    }
  }
});

test('what does not exist is a problem document for every call on one thing', async () => {
  for (const { path, method, op } of calls()) {
    if (!path.includes('{')) continue;
    const r = await ask(path.replace(/\{\w+\}/g, '0123456789abcdefghjkmnpqrs'),
      { method, token: all, headers: { 'If-Match': '"1"' } });
    if (r.status === 200) check(op.responses[200].content['application/json'].schema, r.json);
    else if (r.status !== 204) {
      assert.ok([400, 404, 409].includes(r.status), `${method} ${path}: ${r.status} ${r.text}`);
      check(op.responses.default.content['application/problem+json'].schema, r.json);
    }
  }
});

test('a password from issue to revoke, and the one token that is revoked', async () => {
  const who = await ask('/api/v1/people', { method: 'POST', token: all, body: { name: 'Ida Novak' } });
  assert.equal(who.status, 201, who.text);
  const plan = (await ask('/api/v1/plans', { token: all })).json.items[0];
  const made = await ask('/api/v1/keys', { method: 'POST', token: all,
    body: { person: who.json.id, plan: plan.id, network: plan.network, kind: 'personal' } });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.location, `/api/v1/keys/${made.json.id}`, 'where it can be read again');
  assert.deepEqual((await ask(made.headers.location, { token: all })).json, made.json);
  check({ $ref: '#/components/schemas/key' }, made.json);
  const shown = await ask(`/api/v1/keys/${made.json.id}/reveal`, { method: 'POST', token: all });
  assert.match(shown.json.passphrase, /^.{8,63}$/);
  const ended = await ask(`/api/v1/keys/${made.json.id}/revoke`, { method: 'POST', token: all, body: { reason: 'left' } });
  assert.equal(ended.json.standing, 'revoked');
  const other = await token('read');
  assert.equal((await ask('/api/v1/keys', { token: other })).status, 200);
  const list = JSON.parse(await must(program('latchkey'), ['-c', p.conf, 'token', 'list', '--json']));
  await must(program('latchkey'), ['-c', p.conf, 'token', 'revoke', list.find((t) => t.scopes === 'read').id]);
  assert.equal((await ask('/api/v1/keys', { token: other })).status, 401);
});

test('W-31, W-33: identity headers and preflights get nobody in', async () => {
  for (const h of ['X-Forwarded-User', 'X-Original-URL', 'OIDC_CLAIM_sub', 'Remote-User']) {
    const r = await ask('/api/v1/keys', { headers: { [h]: 'admin' } });
    assert.equal(r.status, 401);
  }
  const r = await ask('/api/v1/keys', { method: 'OPTIONS',
    headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'GET' } });
  assert.ok(r.status >= 400);
  assert.ok(!Object.keys(r.headers).some((x) => x.startsWith('access-control-')));
});
