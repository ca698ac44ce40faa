// F-05: a file system goes read-only under the programs that run: no process
// dies, what is known is read and answered, a change is refused with the reason,
// and what was refused is possible again without a restart. The first time every
// call that would write fails (tests/lib/bad_disk.c); the second time it is a
// real disk of ext4 with an error on it (errors=remount-ro), which Linux lets
// nobody write to before everybody has let go of it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { below } from '../lib/killing.mjs';
import { must, program, run, scratch, start, top, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const dir = scratch('disk'), place = join(dir, 'at'), image = join(dir, 'image'), mended = join(dir, 'mended');
let p, ssid, plan, token, known, disk;

// The image WHAT as a disk, mounted at PLACE; what fails is why this machine cannot.
async function mount(what) {
  const r = await run('mount', ['-o', 'loop,errors=remount-ro', what, place]);
  if (r.code !== 0) return r.stderr.trim();
  disk = (await must('findmnt', ['-no', 'SOURCE', place])).trim();
  return existsSync(fault()) ? '' : 'this kernel makes no errors of ext4';
}
const fault = () => `/sys/fs/ext4/${basename(disk)}/trigger_fs_error`;
await must('chmod', ['755', dir]);
await must('mkdir', [place]);
await must('truncate', ['-s', '24M', image]);
const made = await run('/sbin/mkfs.ext4', ['-q', image]);
const skip = made.code ? 'no mkfs.ext4' : await mount(image) || false;

const latchkey = (...args) => run(program('latchkey'), ['-c', p.conf, ...args]);
const json = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));
async function api(path, body, method = 'POST') {
  const out = await must('curl', ['-sS', '-m', '20', '-w', '\n%{http_code}', '--cacert', p.ca, '-X', method, p.url + path,
    '-H', `Authorization: Bearer ${token}`, ...(body ? ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)] : [])]);
  const at = out.lastIndexOf('\n');
  return { status: Number(out.slice(at + 1)), json: JSON.parse(out.slice(0, at)) };
}
const accepted = async (more) => (await ask({ port: p.auth, secret: p.secret, ssid, timeout: 1000, tries: 2, ...more })).what === 'accept';
const page = async () => Number(await must('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', p.ca, `${p.url}/signin`]));
const pids = () => below(p.portal.child.pid).map((c) => c.pid).sort();

before(async () => {
  const library = join(dir, 'bad.so');
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(top, 'tests/lib/bad_disk.c')]);
  Object.assign(process.env, { LD_PRELOAD: library, BAD_DISK_DIR: place, BAD_DISK_PLAN: join(place, 'plan') });
  p = await startPortal({ responder: true, place });
  delete process.env.LD_PRELOAD;
  await p.radius.says(/radius\.ready/, 20000);
  ssid = (await json('network', 'list'))[0].ssid;
  plan = (await json('plan', 'list'))[0];
  token = (await json('token', 'add', '--name', 'test', '--scopes', 'read,people,keys,reveal')).token;
  const person = (await api('/api/v1/people', { name: 'Ada' })).json;
  const key = (await api('/api/v1/keys', { person: person.id, plan: plan.id, network: plan.network, kind: 'personal' })).json;
  known = { person: person.id, id: key.id, station: '02-aa-00-00-70-01', passphrase: (await api(`/api/v1/keys/${key.id}/reveal`)).json.passphrase };
  await until('an accept', () => accepted(known));
}, { timeout: 90000 });
after(async () => {
  await Promise.all([p?.radius?.stop(), p?.portal?.stop()]);
  await p?.stop();
  if (disk) await run('umount', ['-l', place]);
});

let next = 10;
// Nothing can be written: what goes on, what is said.
async function goesOn(r, from) {
  assert.equal(r.status, 503);
  assert.match(r.json.title, /Nothing can be saved right now/);
  assert.equal(await page(), 200);
  assert.equal((await api(`/api/v1/people/${known.person}`, null, 'GET')).status, 200);
  assert.ok(await accepted(known), 'a device that is known');
  assert.ok(await accepted({ ...known, station: `02-aa-00-00-70-${next++}` }), 'and one that is not');
  await until('it to say why', () => [p.portal, p.radius].every((x, i) =>
    new RegExp(`db.failed.*file=${place}/latchkey.db`).test(x.output.slice(from[i]))));
  assert.equal(p.portal.ended, null);
  assert.equal(p.radius.ended, null);
  assert.deepEqual(pids(), was, 'no process died');
}
const from = () => [p.portal.output.length, p.radius.output.length];
let was;

test('nothing can be written for a while, then all can', { timeout: 60000 }, async () => {
  was = pids();
  const at = from();
  writeFileSync(join(place, 'plan'), '* latchkey.db 30');
  for (let i = 0; i < 3; i++) await goesOn(await api('/api/v1/people', { name: `Guest ${i}` }), at);
  rmSync(join(place, 'plan'));
  const saved = await until('a write', async () => {
    const r = await api('/api/v1/people', { name: 'Max' });
    return r.status === 201 && r.json.id;
  }, 10000);
  assert.equal((await api(`/api/v1/people/${saved}`, null, 'GET')).status, 200);
  await p.radius.says(/radius.store_back/, 20000);
  const told = p.radius.output.slice(at[1]).match(/radius\.(devices|life|visits|feed) error=/g) ?? [];
  assert.ok(told.length <= 4, `once, not again and again: ${told}`);
});

test('an error of the disk: read-only until it was mended and mounted again', { skip, timeout: 60000 }, async (t) => {
  const at = from();
  const before = (await api('/api/v1/people', { name: 'Zoe' })).json.id;
  await must('sync', []);
  writeFileSync(fault(), '1');
  assert.notEqual((await run('touch', [join(place, 'x')])).code, 0, 'the disk is read-only');
  for (let i = 0; i < 3; i++) await goesOn(await api('/api/v1/people', { name: `Late ${i}` }), at);
  const doctor = await latchkey('doctor');
  t.diagnostic(doctor.stdout.trim().split('\n').filter((l) => /^WRONG/.test(l)).join('; ').replaceAll(dir, ''));
  assert.equal(doctor.code, 1);
  assert.match(doctor.stdout, /WRONG disk: nothing can be written where the store is: Read-only file system/);

  // what runs has files of that disk open, and keeps it from being unmounted
  await Promise.all([p.portal.stop(), p.radius.stop()]);
  await must('umount', [place]);
  p.radius = start(program('latchkey-radius'), ['-c', p.conf]);
  await p.radius.says(/radius\.ready/, 20000);
  assert.ok(await accepted(known), 'from its snapshot, while the disk is mended');
  // a copy: programs of others that run in namespaces of their own may hold on to
  // the first one, and a disk that somebody holds is not read anew
  await must('cp', [image, mended]);
  assert.ok([0, 1].includes((await run('/sbin/e2fsck', ['-p', mended])).code));
  assert.equal(await mount(mended), '');
  p.portal = start(program('latchkey-portal'), ['-c', p.conf]);
  await until('a write', async () => (await api('/api/v1/people', { name: 'Kim' }).catch(() => ({}))).status === 201, 20000);
  assert.equal((await api(`/api/v1/people/${before}`, null, 'GET')).status, 200);
  await p.radius.says(/radius.store_back/, 20000);
  assert.ok(await accepted(known));
  assert.equal((await latchkey('audit', 'verify')).code, 0);
});

test('programs that began on a read-only disk write as soon as others may', { skip, timeout: 60000 }, async () => {
  await Promise.all([p.portal.stop('SIGKILL'), p.radius.stop('SIGKILL')]);
  // what was not closed has left its log behind, so that it can be read
  await until('all to let go', async () => (await run('mount', ['-o', 'remount,ro', place])).code === 0);
  p.portal = start(program('latchkey-portal'), ['-c', p.conf]);
  p.radius = start(program('latchkey-radius'), ['-c', p.conf]);
  await p.radius.says(/radius\.ready/, 20000);
  await until('a page', async () => await page().catch(() => 0) === 200, 20000);
  was = pids();
  for (let i = 0; i < 3; i++) await goesOn(await api('/api/v1/people', { name: `Soon ${i}` }), [0, 0]);
  await must('mount', ['-o', 'remount,rw', place]);
  await until('a write', async () => (await api('/api/v1/people', { name: 'Pia' })).status === 201, 20000);
  for (let i = 0; i < 8; i++) assert.equal((await api('/api/v1/people', { name: `Pia ${i}` })).status, 201, 'whoever serves it');
  const station = `02-aa-00-00-70-${next++}`;
  assert.ok(await accepted({ ...known, station }));
  await until('the responder to write', async () => (await must('sqlite3', [join(place, 'latchkey.db'), 'SELECT mac FROM device']))
    .replace(/[:-]/g, '').includes(station.replaceAll('-', '')), 20000);
  assert.deepEqual(pids(), was, 'without a restart');
});
