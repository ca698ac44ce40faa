// S-01: secrets that everybody would recognise, pushed through every feature with
// the most talkative log; then everything that was written, and everything a
// process shows of itself, is searched for them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { must, program, run, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { control } from '../lib/site.mjs';
import { startPortal } from '../lib/whole.mjs';
import { pmk } from '../lib/wpa.mjs';

const ssid = 'Harbour; "guest"';
const canary = { passphrase: 'canary of a Passphrase', wrong: 'canary nobody was given', ap: 'canary-Shared-Secret-of-an-ap' };
const secrets = {}; // name -> octets
let p, logs, shown = '';

const latchkey = (...args) => must(program('latchkey'), ['-c', p.conf, ...args]);
const json = async (...args) => JSON.parse(await latchkey(...args, '--json'));
const curl = (path, ...args) => must('curl', ['-sS', '-i', '--cacert', p.ca, ...args, p.url + path]);

before(async () => {
  p = await startPortal({ responder: true, providers: 'log { level = "debug" }' });
  logs = () => p.portal.output + p.radius.output;
});
after(() => p?.stop());

// Everything in which OCTETS may stand: as they are, in hexadecimal, in base64.
function forms(octets) {
  const b = Buffer.from(octets);
  const all = [b.toString('latin1')];
  for (const h of [b.toString('hex'), b.toString('hex').toUpperCase()]) all.push(h);
  for (let shift = 0; shift < 3; shift++) { // base64 depends on where in a text it begins
    const t = Buffer.concat([Buffer.alloc(shift), b]).toString('base64');
    const inner = t.slice(shift === 0 ? 0 : shift + 1, t.length - 4);
    all.push(inner, inner.replace(/\+/g, '-').replace(/\//g, '_'));
  }
  return all.filter((f) => f.length > 8);
}

// Which of the secrets TEXT (latin1) has, as `name in where`.
function search(text, where) {
  return Object.entries(secrets).filter(([, s]) => forms(s).some((f) => text.includes(f))).map(([name]) => `${name} in ${where}`);
}

const files = (dir) => readdirSync(dir).flatMap((f) => {
  const path = join(dir, f);
  return statSync(path).isDirectory() ? files(path) : statSync(path).isFile() ? [path] : [];
});

test('every feature that touches a secret is used', async () => {
  const person = await json('person', 'add', '--name', 'Ida Novak', '--mail', 'ida@example.org');
  const table = join(p.dir, 'given.secret');
  writeFileSync(table, `person;person_name;name;passphrase\nida@example.org;Ida;Phone;${canary.passphrase}\n`, { mode: 0o600 });
  await latchkey('key', 'import', table, '--plan', 'Employee');
  writeFileSync(join(p.dir, 'ap.secret'), canary.ap, { mode: 0o600 });
  await latchkey('ap', 'add', '--name', 'Attic', '--address', '192.0.2.99', '--secret-file', join(p.dir, 'ap.secret'));
  const [key] = (await json('key', 'list')).filter((k) => k.name === 'Phone');
  shown += await latchkey('key', 'reveal', key.id);
  const psk = await latchkey('ap', 'psk', 'Attic');
  secrets.psk = /[0-9a-f]{64}/.exec(psk)[0];
  shown += psk;
  Object.assign(secrets, { passphrase: canary.passphrase, wrong: canary.wrong, ap: canary.ap, pmk: pmk(canary.passphrase, ssid) });
  secrets.token = (await json('token', 'add', '--name', 'canary', '--scopes', 'read,setup,people,keys,reveal,guests,audit')).token;
  secrets.link = (await json('admin-link')).admin_link.split('/').pop();
  secrets.session = (await p.harness('session', 'otto', 'staff')).token;

  // the API: list, reveal, make another, and errors that carry what came
  const bearer = ['-H', `Authorization: Bearer ${secrets.token}`];
  shown += await curl(`/api/v1/keys/${key.id}/reveal`, '-X', 'POST', ...bearer);
  await curl('/api/v1/keys', ...bearer);
  await curl('/api/v1/keys', ...bearer, '-H', 'Content-Type: application/json', '-d', JSON.stringify({ passphrase: canary.wrong, person: person.id }));
  await curl('/api/v1/keys', '-H', `Authorization: Bearer ${secrets.token}x`);
  // pages: with a session, a link, and both a little wrong
  const cookie = `__Host-latchkey=${secrets.session}`;
  await curl('/', '-H', `Cookie: ${cookie}`);
  const page = await curl('/', '-H', `Cookie: ${cookie}; x=${canary.wrong}`);
  secrets.csrf = /name="csrf" value="([^"]+)"/.exec(page)[1];
  await curl(`/setup/${secrets.link}`, '-H', `Cookie: ${cookie}`);
  await curl(`/signin/campus/callback?state=${canary.wrong.replace(/ /g, '+')}&code=${secrets.token}`);
  await curl('/guest/code', '-d', `code=${canary.wrong.replace(/ /g, '+')}`);

  // the air: right, wrong, by MAC, garbage
  const question = { port: p.auth, secret: p.secret, ssid, tries: 3 };
  const joined = await until('the password to work', async () => {
    const r = await ask({ ...question, passphrase: canary.passphrase });
    return r.what === 'accept' && r;
  });
  assert.equal(joined.passphrase.toString(), canary.passphrase);
  await ask({ ...question, passphrase: canary.wrong, station: '02-aa-00-00-00-02' });
  await ask({ ...question, secret: canary.ap, tries: 1, timeout: 300 });
  await control(join(p.dir, 'radius.sock'), 'why');
  await latchkey('backup', join(p.dir, 'backup.db'));
  await latchkey('key', 'rotate', key.id);
  await latchkey('key', 'list');
  await latchkey('audit', 'list');
});

test('S-01 no secret is in any file, log, argument or environment', async () => {
  // the search works: what was shown on purpose is found
  const found = search(shown, 'shown');
  for (const name of ['passphrase', 'psk']) assert.ok(found.includes(`${name} in shown`), found.join());
  for (const [name, form] of [['pmk', secrets.pmk.toString('hex')], ['token', `xx${Buffer.from(`a${secrets.token}b`).toString('base64')}`]])
    assert.deepEqual(search(form, 'x'), [`${name} in x`]);

  const bad = [];
  const given = /\.secret$|master\.key$|\.key$/; // what the test itself wrote down, and keys
  const all = files(p.dir).filter((f) => !given.test(f));
  for (const f of ['latchkey.db', 'latchkey.db-wal', 'radius.snapshot', 'backup.db'])
    assert.ok(all.includes(join(p.dir, f)), `${f} is searched`);
  for (const f of all) bad.push(...search(readFileSync(f, 'latin1'), f.replace(p.dir, '')));
  assert.ok(logs().length > 500, `there are logs: ${logs()}`);
  bad.push(...search(logs(), 'logs'));
  for (const verb of [['audit', 'list'], ['key', 'list'], ['ap', 'list'], ['ap', 'why'], ['token', 'list'], ['doctor']])
    bad.push(...search((await run(program('latchkey'), ['-c', p.conf, ...verb])).stdout, verb.join(' ')));
  for (const question of ['why', 'status', 'metrics'])
    bad.push(...search(await control(join(p.dir, 'radius.sock'), question), `radius.sock ${question}`));
  for (const pid of readdirSync('/proc').filter((d) => /^\d+$/.test(d) && Number(d) !== process.pid))
    for (const what of ['cmdline', 'environ']) {
      const path = `/proc/${pid}/${what}`;
      try {
        if (existsSync(path)) bad.push(...search(readFileSync(path, 'latin1'), path));
      } catch { /* it ended, or is not ours to read */ }
    }
  assert.deepEqual(bad, []);
});

test('what is kept of a token, a session and a link is a hash', () => {
  const db = readFileSync(join(p.dir, 'latchkey.db')).toString('latin1') + readFileSync(join(p.dir, 'latchkey.db-wal')).toString('latin1');
  const hashes = ['token', 'session', 'link'].filter((name) => [secrets[name], Buffer.from(secrets[name], 'base64url')]
    .some((s) => db.includes(createHash('sha256').update(s).digest().toString('latin1'))));
  assert.ok(hashes.length > 0, 'plain SHA-256 of a random token, or a keyed one');
});
