// The life of people and groups in the requests that Entra ID sends, with its
// habits: Add, Replace and Remove, "False" as text, members taken out by value.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startPortal } from '../lib/whole.mjs';
import { directory, ENTERPRISE, ERROR, GROUP, LIST, USER } from '../lib/directory.mjs';

const CUSTOM = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User';
const external = '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef';
const name = 'Test_User_00aa00aa@testuser.example';
const mail = 'Test_User_11bb11bb@testuser.example';
let p, d, user, group, key;

before(async () => { p = await startPortal({ responder: true }); d = await directory(p); });
after(() => p?.stop());

test('Test Connection: a query for nobody is an empty list', async () => {
  const r = await d.find('Users', 'userName eq "b1a9e1c2-non-existent"');
  assert.equal(r.status, 200, r.text);
  assert.match(r.headers['content-type'], /^application\/scim\+json/);
  assert.deepEqual(r.json, { schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] });
  const schemas = await d.get('/Schemas');
  assert.deepEqual(schemas.json.Resources.map((s) => s.id), [USER, GROUP, ENTERPRISE]);
});

test('a user is created, read, and found by what matching uses', async () => {
  const r = await d.post('/Users', { schemas: [USER, ENTERPRISE], externalId: external, userName: name, active: true,
    emails: [{ primary: true, type: 'work', value: mail }], meta: { resourceType: 'User' },
    name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' }, roles: [] });
  assert.equal(r.status, 201, r.text);
  user = r.json.id;
  assert.equal(r.headers.location, r.json.meta.location);
  assert.equal(r.json.externalId, external);
  const got = await d.get(`/Users/${user}`);
  assert.deepEqual(got.json, r.json);
  for (const filter of [`externalId eq "${external}"`, `userName eq "${name.toUpperCase()}"`,
    `emails[type eq "work"].value eq "${mail}"`, `id eq "${user}"`]) {
    const found = await d.find('Users', filter);
    assert.equal(found.status, 200, found.text);
    assert.equal(found.json.totalResults, 1, filter);
    assert.equal(found.json.Resources[0].id, user);
  }
  assert.equal((await d.find('Users', 'externalId eq "someone else"')).json.totalResults, 0);
});

test('properties change one by one and several at once', async () => {
  let r = await d.patch(`/Users/${user}`, [
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updatedEmail@testuser.example' },
    { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
    { op: 'Add', path: 'nickName', value: 'Babs' },
    { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '555 0100' },
    { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Physics' },
    { op: 'Add', path: `${CUSTOM}:tag`, value: '701984' }]);
  assert.equal(r.status, 200, r.text);
  assert.deepEqual(r.json.emails, [{ primary: true, type: 'work', value: 'updatedEmail@testuser.example' }]);
  assert.equal(r.json.name.familyName, 'updatedFamilyName');
  assert.deepEqual(r.json.phoneNumbers, [{ type: 'mobile', value: '555 0100' }]);
  assert.deepEqual(r.json[ENTERPRISE], { department: 'Physics' });
  assert.deepEqual(r.json.schemas.sort(), [USER, ENTERPRISE, CUSTOM].sort());
  // with the flag aadOptscim062020
  r = await d.patch(`/Users/${user}?aadOptscim062020`, [{ op: 'replace', value: { displayName: 'Bjfe', 'name.givenName': 'Kkom',
    'name.familyName': 'Unua', [`${ENTERPRISE}:employeeNumber`]: 'Aklq' } }]);
  assert.equal(r.status, 200, r.text);
  assert.deepEqual(r.json.name, { formatted: 'givenName familyName', familyName: 'Unua', givenName: 'Kkom' });
  assert.equal(r.json[ENTERPRISE].employeeNumber, 'Aklq');
  assert.equal((await d.api('GET', `/people/${user}`)).json.name, 'Bjfe');
  assert.equal((await d.api('GET', `/people/${user}`)).json.mail, 'updatedEmail@testuser.example');
  r = await d.patch(`/Users/${user}`, [{ op: 'Replace', path: 'userName', value: '5b50642d@testuser.example' }]);
  assert.equal(r.json.userName, '5b50642d@testuser.example');
});

test('a group is created empty, read without its members, and renamed', async () => {
  let r = await d.post('/Groups', { schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159', displayName: 'displayName', meta: { resourceType: 'Group' } });
  assert.equal(r.status, 201, r.text);
  group = r.json.id;
  assert.deepEqual(r.json.members, []);
  r = await d.get(`/Groups/${group}?excludedAttributes=members`);
  assert.equal(r.json.displayName, 'displayName');
  assert.ok(!('members' in r.json));
  r = await d.get(`/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "displayName"')}`);
  assert.equal(r.json.totalResults, 1);
  assert.ok(!('members' in r.json.Resources[0]));
  r = await d.patch(`/Groups/${group}`, [{ op: 'Replace', path: 'displayName', value: 'staff' }]);
  assert.equal(r.status, 204, r.text);
  assert.equal(r.text, '');
  assert.equal((await d.get(`/Groups/${group}`)).json.displayName, 'staff');
});

test('who comes into the group has Wi-Fi, who leaves it has none at once', async (t) => {
  const entitled = await d.key(user, p.made.staff, '02-aa-00-00-00-01').catch((e) => e);
  assert.ok(entitled.passphrase, String(entitled)); // staff may give what rules do not
  await d.api('POST', `/keys/${entitled.id}/revoke`, {});
  let r = await d.patch(`/Groups/${group}`, [{ op: 'Add', path: 'members', value: [{ $ref: null, value: user }] }]);
  assert.equal(r.status, 204, r.text);
  r = await d.get(`/Groups/${group}`);
  assert.deepEqual(r.json.members.map((m) => m.value), [user]);
  r = await d.find('Groups', `id eq "${group}" and members eq "${user}"`, '&attributes=id');
  assert.deepEqual(r.json.Resources, [{ schemas: [GROUP], id: group }]);
  assert.deepEqual((await d.get(`/Users/${user}`)).json.groups.map((g) => g.display), ['staff']);
  key = await d.key(user, p.made.staff, '02-aa-00-00-00-02');
  await d.until(key, 'accept');
  assert.equal((await d.join(key)).vlan, '120');
  r = await d.patch(`/Groups/${group}`, [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: user }] }]);
  assert.equal(r.status, 204, r.text);
  const took = await d.until(key, 'reject');
  t.diagnostic(`left the group to refused: ${took} ms`);
  assert.ok(took <= 250, `${took} ms`);
  assert.equal((await d.api('GET', `/keys/${key.id}`)).json.standing, 'suspended');
  r = await d.patch(`/Groups/${group}`, [{ op: 'Add', path: 'members', value: [{ $ref: null, value: user }] }]);
  assert.equal(r.status, 204, r.text);
  await d.until(key, 'accept');
  r = await d.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${user}"]` }]);
  assert.equal(r.status, 204, r.text);
  assert.ok(await d.until(key, 'reject') <= 250);
  await d.patch(`/Groups/${group}`, [{ op: 'Add', path: 'members', value: [{ value: user }] }]);
  await d.until(key, 'accept');
});

test('O-43: a user who is disabled is refused within 250 ms, and comes back', async (t) => {
  let r = await d.patch(`/Users/${user}`, [{ op: 'Replace', path: 'active', value: 'False' }]);
  assert.equal(r.status, 200, r.text);
  assert.equal(r.json.active, false);
  const took = await d.until(key, 'reject');
  t.diagnostic(`disabled to refused: ${took} ms`);
  assert.ok(took <= 250, `${took} ms`);
  assert.equal((await d.api('GET', `/people/${user}`)).json.state, 'suspended');
  // a soft-deleted user is still there
  assert.equal((await d.get(`/Users/${user}`)).json.active, false);
  assert.equal((await d.find('Users', 'active eq false')).json.totalResults, 1);
  r = await d.patch(`/Users/${user}`, [{ op: 'Replace', path: 'active', value: 'True' }]);
  assert.equal(r.json.active, true);
  await d.until(key, 'accept');
});

test('deleted for good is gone, ended, and may be brought again', async () => {
  let r = await d.delete(`/Users/${user}`);
  assert.equal(r.status, 204, r.text);
  assert.ok(await d.until(key, 'reject') <= 250);
  r = await d.get(`/Users/${user}`);
  assert.equal(r.status, 404);
  assert.deepEqual(r.json.schemas, [ERROR]);
  assert.equal(r.json.status, '404');
  assert.deepEqual((await d.get(`/Groups/${group}`)).json.members, []);
  assert.equal((await d.api('GET', `/people/${user}`)).json.state, 'ended');
  r = await d.post('/Users', { schemas: [USER], externalId: external, userName: name, active: true });
  assert.equal(r.status, 201, r.text);
  assert.equal(r.json.id, user);
  assert.equal((await d.api('GET', `/people/${user}`)).json.state, 'active');
  r = await d.delete(`/Groups/${group}`);
  assert.equal(r.status, 204, r.text);
  assert.equal((await d.get(`/Groups/${group}`)).status, 404);
});
