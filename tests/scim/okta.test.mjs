// The same life as Okta sends it: PATCH without a path, PUT of the whole user,
// a password nobody wants, one PATCH that takes members out and puts others in.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPortal } from '../lib/whole.mjs';
import { directory, ERROR, GROUP, LIST, USER } from '../lib/directory.mjs';

let p, d, first, second, group, key;
const profile = (n, more = {}) => ({ schemas: [USER], userName: `test.user${n}@okta.local`,
  name: { givenName: 'Test', familyName: `User ${n}` },
  emails: [{ primary: true, value: `test.user${n}@okta.local`, type: 'work' }],
  displayName: `Test User ${n}`, locale: 'en-US', externalId: `00ujl29u0le5T6Aj10h${n}`, groups: [],
  password: '1mz050nq', active: true, ...more });

before(async () => { p = await startPortal({ responder: true }); d = await directory(p); });
after(() => p?.stop());

test('is there somebody? no: then make them', async () => {
  const test2 = await d.get('/Users?startIndex=1&count=2');
  assert.equal(test2.status, 200, test2.text);
  const asked = await d.get('/Users?filter=userName%20eq%20%22test.user1%40okta.local%22&startIndex=1&count=100');
  assert.deepEqual(asked.json, { schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] });
  const r = await d.post('/Users', profile(1));
  assert.equal(r.status, 201, r.text);
  first = r.json.id;
  assert.equal(r.json.displayName, 'Test User 1');
  assert.deepEqual(r.json.groups, []);
  assert.ok(!r.text.includes('1mz050nq') && !('password' in r.json), 'no password comes back');
  second = (await d.post('/Users', profile(2))).json.id;
  const again = await d.post('/Users', profile(1));
  assert.equal(again.status, 409);
  assert.deepEqual(again.json.schemas, [ERROR]);
  assert.equal(again.json.scimType, 'uniqueness');
  const kept = readFileSync(join(p.dir, 'latchkey.db')).toString('latin1')
    + readFileSync(join(p.dir, 'latchkey.db-wal')).toString('latin1');
  assert.ok(!kept.includes('1mz050nq'), 'nor is it stored');
});

test('PUT replaces the user and keeps what it does not say of active', async () => {
  const was = (await d.get(`/Users/${first}`)).json;
  const r = await d.put(`/Users/${first}`, { ...was, name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
    displayName: undefined, title: 'Chief' });
  assert.equal(r.status, 200, r.text);
  assert.equal(r.json.name.middleName, 'Excited');
  assert.equal(r.json.title, 'Chief');
  assert.ok(!('displayName' in r.json));
  assert.equal((await d.api('GET', `/people/${first}`)).json.name, 'Another User');
  const bare = await d.put(`/Users/${first}`, { userName: was.userName, externalId: was.externalId });
  assert.equal(bare.json.active, true);
  assert.ok(!('title' in bare.json));
});

test('versions: If-Match of another one changes nothing', async () => {
  const got = await d.get(`/Users/${first}`);
  assert.equal(got.headers.etag, got.json.meta.version);
  assert.equal((await d.get(`/Users/${first}`, undefined, { 'if-none-match': got.headers.etag })).status, 304);
  const old = await d.patch(`/Users/${first}`, [{ op: 'replace', value: { title: 'x' } }], { 'if-match': 'W/"1"' });
  assert.equal(old.status, 412, old.text);
  const now = await d.patch(`/Users/${first}`, [{ op: 'replace', value: { title: 'x' } }], { 'if-match': got.headers.etag });
  assert.equal(now.status, 200, now.text);
});

test('groups are pushed, renamed with their id, and their members change in one request', async () => {
  let r = await d.post('/Groups', { schemas: [GROUP], displayName: 'Test SCIMv2', members: [{ value: second, display: 'test.user2@okta.local' }] });
  assert.equal(r.status, 201, r.text);
  group = r.json.id;
  r = await d.patch(`/Groups/${group}`, [{ op: 'replace', value: { id: group, displayName: 'staff' } }]);
  assert.equal(r.status, 204, r.text);
  r = await d.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${second}"]` },
    { op: 'add', path: 'members', value: [{ value: first, display: 'test.user1@okta.local' }] }]);
  assert.equal(r.status, 204, r.text);
  r = await d.get(`/Groups/${group}`);
  assert.equal(r.json.displayName, 'staff');
  assert.deepEqual(r.json.members, [{ value: first, display: 'test.user1@okta.local', type: 'User', $ref: `${p.url}/scim/v2/Users/${first}` }]);
  r = await d.patch(`/Groups/${group}?attributes=members.value`, [{ op: 'replace', path: 'members',
    value: [{ value: first, display: 'x' }, { value: second, display: 'y' }] }]);
  assert.equal(r.status, 200, r.text);
  assert.deepEqual(r.json.members.map((m) => m.value).sort(), [first, second].sort());
  assert.deepEqual(Object.keys(r.json).sort(), ['id', 'members', 'schemas']);
});

test('a deactivated user is refused within 250 ms, by PATCH and by PUT', async (t) => {
  key = await d.key(first, p.made.staff, '02-aa-00-00-01-01');
  await d.until(key, 'accept');
  let r = await d.patch(`/Users/${first}`, [{ op: 'replace', value: { active: false } }]);
  assert.equal(r.status, 200, r.text);
  assert.equal(r.json.active, false);
  const took = await d.until(key, 'reject');
  t.diagnostic(`deactivated to refused: ${took} ms`);
  assert.ok(took <= 250, `${took} ms`);
  r = await d.put(`/Users/${first}`, { ...r.json, active: true });
  assert.equal(r.status, 200, r.text);
  await d.until(key, 'accept');
  r = await d.put(`/Users/${first}`, { ...r.json, active: false });
  assert.ok(await d.until(key, 'reject') <= 250);
  await d.put(`/Users/${first}`, { ...r.json, active: true });
});

test('a group that is deleted takes its passwords along', async () => {
  await d.until(key, 'accept');
  assert.equal((await d.delete(`/Groups/${group}`)).status, 204);
  assert.ok(await d.until(key, 'reject') <= 250);
});

test('an import reads everybody page by page, each once and in the same order', async () => {
  for (let n = 3; n <= 25; n++) assert.equal((await d.post('/Users', profile(n))).status, 201);
  const read = async (count) => {
    const all = [];
    for (let start = 1; ; start += count) {
      const { json } = await d.get(`/Users?startIndex=${start}&count=${count}`);
      assert.equal(json.totalResults, 25);
      assert.equal(json.itemsPerPage, json.Resources.length);
      all.push(...json.Resources.map((u) => u.id));
      if (start + json.itemsPerPage > 25) return all;
    }
  };
  const all = await read(10);
  assert.equal(new Set(all).size, 25);
  assert.deepEqual(await read(7), all);
  const none = (await d.get('/Users?startIndex=1&count=0')).json;
  assert.deepEqual([none.totalResults, none.Resources], [25, []]);
  const some = (await d.find('Users', 'userName sw "test.user1" and not (userName co "user10")', '&startIndex=2&count=3')).json;
  assert.deepEqual([some.totalResults, some.startIndex, some.itemsPerPage], [10, 2, 3]);
});
