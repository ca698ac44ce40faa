// W-32: a directory's token in the wrong hands, and a directory that errs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startPortal } from '../lib/whole.mjs';
import { directory, ERROR, PATCH, send, token, USER } from '../lib/directory.mjs';

let p, d, other, ada, bob;
const refused = (r, status, type) => {
  assert.equal(r.status, status, r.text);
  assert.match(r.headers['content-type'], /^application\/scim\+json/);
  assert.deepEqual(r.json.schemas, [ERROR]);
  assert.equal(r.json.status, String(status));
  if (type) assert.equal(r.json.scimType, type, r.text);
};
const user = (name, more = {}) => ({ schemas: [USER], userName: name, externalId: name, active: true, ...more });

before(async () => {
  p = await startPortal();
  d = await directory(p);
  other = await directory(p, 'https://id.example.net');
  ada = (await d.post('/Users', user('ada'))).json.id;
  bob = (await d.post('/Users', user('bob'))).json.id;
});
after(() => p?.stop());

test('only a token with the scope scim comes in', async () => {
  refused(await send(p, '/scim/v2/Users'), 401);
  refused(await send(p, '/scim/v2/Users', { token: 'lkt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }), 401);
  refused(await send(p, '/scim/v2/Users', { token: await token(p, 'read,people,setup') }), 403);
  refused(await send(p, `/scim/v2/Users?access_token=${d.token}`), 401);
  assert.equal((await send(p, '/api/v1/people', { token: d.token })).status, 403);
});

test('what another directory brought does not exist', async () => {
  refused(await other.get(`/Users/${ada}`), 404);
  refused(await other.patch(`/Users/${ada}`, [{ op: 'replace', path: 'active', value: false }]), 404);
  refused(await other.delete(`/Users/${ada}`), 404);
  assert.equal((await other.find('Users', `id eq "${ada}"`)).json.totalResults, 0);
  refused(await other.post('/Groups', { displayName: 'staff', members: [{ value: ada }] }), 400, 'invalidValue');
  // the same names belong to each
  const mine = await other.post('/Users', user('ada'));
  assert.equal(mine.status, 201, mine.text);
  assert.notEqual(mine.json.id, ada);
  assert.equal((await d.get(`/Users/${ada}`)).json.active, true);
});

test('externalId is text, exact, and of one person; userName has no case', async () => {
  refused(await d.post('/Users', user('x', { externalId: 4711 })), 400, 'invalidValue');
  refused(await d.post('/Users', user('x', { externalId: 'ada' })), 409, 'uniqueness');
  refused(await d.post('/Users', user('ADA', { externalId: 'y' })), 409, 'uniqueness');
  refused(await d.patch(`/Users/${bob}`, [{ op: 'replace', path: 'externalId', value: 'ada' }]), 409, 'uniqueness');
  refused(await d.patch(`/Users/${bob}`, [{ op: 'replace', path: 'userName', value: 'Ada' }]), 409, 'uniqueness');
  const twin = await d.post('/Users', user('x', { externalId: 'Ada' }));
  assert.equal(twin.status, 201, 'another externalId is another person');
  const number = await d.post('/Users', user('z', { externalId: '1' }));
  assert.equal((await d.find('Users', 'externalId eq "1"')).json.Resources[0].id, number.json.id);
  assert.equal((await d.find('Users', 'externalId eq 1')).json.totalResults, 0);
});

test('a filter is only ever a filter', async () => {
  for (const f of ['userName eq "x\' OR \'1\'=\'1"', 'userName eq "\\" or userName pr"', 'userName eq "x\\u0027; DELETE FROM person"'])
    assert.equal((await d.find('Users', f)).json.totalResults, 0, f);
  for (const f of ['', 'userName', 'userName eq x', '1=1', 'userName eq "a"; --', '('.repeat(500)])
    refused(await d.find('Users', f), 400, 'invalidFilter');
  for (const f of [`${'a pr or '.repeat(400)}a pr`, `userName eq "${'x'.repeat(5000)}"`, '('.repeat(3000)])
    refused(await d.post('/Users/.search', { filter: f }), 400, 'invalidFilter');
  refused(await d.get('/Users?startIndex=x'), 400);
  assert.equal((await d.get('/Users?startIndex=-5&count=-1')).json.startIndex, 1);
  assert.ok((await d.get('/Users?count=999999999')).json.totalResults >= 3);
  refused(await d.get('/Schemas?filter=id%20pr'), 403);
});

test('a path is only ever a path', async () => {
  const patch = (op) => d.patch(`/Users/${ada}`, [op]);
  refused(await patch({ op: 'replace', path: '../Users/x', value: 1 }), 400, 'invalidPath');
  refused(await patch({ op: 'replace', path: '/active', value: false }), 400, 'invalidPath');
  refused(await patch({ op: 'replace', path: 'id', value: bob }), 400, 'mutability');
  refused(await patch({ op: 'replace', path: 'emails[value eq "a" or x pr].value', value: 'b' }), 400, 'noTarget');
  refused(await patch({ op: 'copy', path: 'active', value: false }), 400, 'invalidSyntax');
  refused(await patch({ op: 'replace', path: 'active', value: 'perhaps' }), 400, 'invalidValue');
  refused(await patch({ op: 'replace', path: 'userName', value: { a: 1 } }), 400, 'invalidValue');
  refused(await patch({ op: 'remove', path: 'userName' }), 400, 'invalidValue');
  refused(await patch({ op: 'remove' }), 400, 'noTarget');
  const before = (await d.get(`/Users/${ada}`)).json;
  // nothing half-done: the second operation is bad
  refused(await d.patch(`/Users/${ada}`, [{ op: 'replace', path: 'active', value: false }, { op: 'add', path: 'x[' }]), 400);
  assert.deepEqual((await d.get(`/Users/${ada}`)).json, before);
});

test('roles and groups of the body give nobody anything', async () => {
  const r = await d.patch(`/Users/${ada}`, [{ op: 'add', path: 'roles', value: [{ value: 'admin' }] },
    { op: 'add', value: { groups: [{ value: 'wifi-admins' }], id: bob, password: 'secret' } }]);
  assert.equal(r.status, 200, r.text);
  assert.equal(r.json.id, ada);
  assert.deepEqual(r.json.groups, []);
  const g = await d.post('/Groups', { displayName: 'wifi-admins', members: [{ value: ada }] });
  assert.equal(g.status, 201, g.text);
  assert.deepEqual((await d.api('GET', `/people/${ada}`)).json.roles, ['person']);
});

test('floods and nonsense are refused, and the portal lives', async () => {
  const many = Array.from({ length: 1001 }, () => ({ op: 'replace', path: 'title', value: 'x' }));
  assert.equal((await d.patch(`/Users/${ada}`, many.slice(0, 1000))).status, 200);
  refused(await d.patch(`/Users/${ada}`, many), 413);
  const group = (await d.post('/Groups', { displayName: 'many' })).json.id;
  refused(await d.patch(`/Groups/${group}`, many), 413);
  refused(await d.post('/Groups', { displayName: 'huge', members: Array.from({ length: 20001 }, () => ({ value: ada })) }), 413);
  refused(await d.post('/Users', user('big', { title: 'x'.repeat(20000) })), 413);
  refused(await d.post('/Users', `{"userName":"a","x":${'['.repeat(2000)}${']'.repeat(2000)}}`), 400, 'invalidSyntax');
  refused(await d.post('/Users', '{"userName":"a","userName":"b"}'), 400);
  refused(await d.post('/Users', user('twin', { USERNAME: 'other' })), 400);
  refused(await d.post('/Users', '[]'), 400);
  refused(await d.post('/Users', user('x'), { 'content-type': 'text/plain' }), 415);
  refused(await d.post('/Bulk', { Operations: [] }), 501);
  refused(await d.get('/Me'), 501);
  refused(await d.patch('/Users/2819c223-7f76-453a-919d-413861904646', []), 404);
  assert.equal((await d.get('/ServiceProviderConfig')).json.bulk.supported, false);
  assert.equal((await d.get(`/Users/${ada}`)).status, 200);
});

test('a request that is replayed does nothing twice', async () => {
  const body = user('eve');
  assert.equal((await d.post('/Users', body)).status, 201);
  refused(await d.post('/Users', body), 409, 'uniqueness');
  const id = (await d.find('Users', 'userName eq "eve"')).json.Resources[0].id;
  assert.equal((await d.delete(`/Users/${id}`)).status, 204);
  refused(await d.delete(`/Users/${id}`), 404);
});

test('what is asked for in a body is what is asked for in a query', async () => {
  const r = await d.post('/Users/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    attributes: ['userName'], filter: 'userName eq "bob"', startIndex: 1, count: 10 });
  assert.equal(r.status, 200, r.text);
  assert.deepEqual(r.json.Resources, [{ schemas: [USER], id: bob, userName: 'bob' }]);
});

test('the interface describes itself', async () => {
  for (const kind of ['Schemas', 'ResourceTypes']) {
    const { json } = await d.get(`/${kind}`);
    assert.equal(json.totalResults, json.Resources.length);
    for (const one of json.Resources) {
      assert.equal(one.meta.location, `${p.url}/scim/v2/${kind}/${one.id}`);
      assert.deepEqual((await d.get(`/${kind}/${one.id}`)).json, one);
    }
    refused(await d.get(`/${kind}/urn:nothing:like:this`), 404);
  }
  const { json } = await d.get('/ServiceProviderConfig');
  assert.deepEqual([json.patch.supported, json.filter, json.sort.supported, json.etag.supported],
    [true, { supported: true, maxResults: 500 }, false, true]);
  assert.equal(PATCH.endsWith('PatchOp'), true);
});
