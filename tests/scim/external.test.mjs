// A directory whose name for somebody is not what sign-in calls `sub`, as with
// Entra ID: `external_claim` says which claim has it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startPortal } from '../lib/whole.mjs';
import { Browser } from '../lib/browse.mjs';
import { directory, send, USER } from '../lib/directory.mjs';

let p, d;
before(async () => {
  p = await startPortal({ campus: 'external_claim = "preferred_username"' });
  d = await directory(p);
});
after(() => p?.stop());

const cookies = (r) => (r.headers['set-cookie'] ?? []).map((c) => c.split(';')[0]).join('; ');

// LOGIN signs in; the page that greets them.
async function home(login) {
  const began = await send(p, '/signin/campus');
  assert.equal(began.status, 303, began.text);
  const back = new URL(await new Browser().signInAt(began.headers.location, login, p.url));
  const done = await send(p, back.pathname + back.search, { headers: { cookie: cookies(began) } });
  assert.equal(done.status, 303, done.text);
  return send(p, '/', { headers: { cookie: cookies(done) } });
}

test('somebody the directory brought is the one who signs in', async () => {
  const made = await d.post('/Users', { schemas: [USER], userName: 'anna@example.org', externalId: 'anna', active: true });
  assert.equal(made.status, 201, made.text);
  assert.equal((await home('anna')).status, 200);
  const people = (await d.api('GET', '/people')).json.items.filter((x) => /anna/i.test(x.name + x.mail));
  assert.deepEqual(people.map((x) => x.id), [made.json.id]);
});

test('somebody it has switched off may not sign in', async () => {
  const made = await d.post('/Users', { schemas: [USER], userName: 'tom@example.org', externalId: 'tom', active: false });
  assert.equal(made.status, 201, made.text);
  const page = await home('tom');
  const tom = (await d.api('GET', `/people/${made.json.id}`)).json;
  assert.equal(tom.state, 'suspended');
  assert.match(page.text, /suspended/i);
  assert.equal((await d.api('GET', '/people')).json.items.length, 2, 'nobody was made a second time');
});
