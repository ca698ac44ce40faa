// F-01, N-03, B-3: each process killed outright, again and again, while people,
// passwords and revocations are made: what was acknowledged is there, and
// nothing is there that was not written down. 200 cycles; KILL_CYCLES=10000 and
// NODE_SECONDS=20000 for the long run. A cycle is a kill and the recovery from it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { below, changes, wrong } from '../lib/killing.mjs';
import { must, program, run, scratch, sleep, start, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';

const cycles = Number(process.env.KILL_CYCLES ?? 200);
const sites = {};
const counts = {};
const some = (ms) => sleep(Math.random() * ms);
const gone = (pid) => { try { process.kill(pid, 0); return false; } catch { return true; } };

before(async () => {
  // one whose programs are started here, and one that `latchkey run` looks after
  [sites.alone, sites.run] = await Promise.all([startPortal({ issuer: 'http://127.0.0.1:9', responder: true }),
    startPortal({ issuer: 'http://127.0.0.1:9' })]);
  await sites.run.portal.stop();
  for (const s of Object.values(sites)) s.changes = await changes(s);
});
after(() => Promise.all(Object.values(sites).map(async (s) => {
  s.changes?.over || await s.changes?.end();
  await s.supervisor?.stop('SIGTERM', 30000);
  await s.stop();
})));

const question = (s, more) => ask({ port: s.auth, secret: s.secret, ssid: 'Harbour; "guest"', timeout: 400, tries: 10, ...more });
// somebody was answered who asked after NOW
const written = (s, now = Date.now()) => until('a change to be acknowledged', () => s.changes.last > now, 60000);

// Starts the program NAME of S anew; its address may be kept for a moment by a
// process that outlived its parent.
async function again(s, name) {
  for (let tries = 0; ; tries++) {
    const p = start(program(name), ['-c', s.conf]);
    const what = name === 'latchkey-portal' ? 'portal' : 'radius';
    await until(`${name} to be up`, () => p.ended || p.output.includes(`${what}.ready`), 60000);
    if (!p.ended) { s[what] = p; return; }
    if (tries > 200 || !/cannot listen|in use/.test(p.output)) throw new Error(`${name}: ${p.output}`);
    await sleep(25);
  }
}

async function portalCycle(s, i) {
  const parts = below(s.portal.child.pid);
  const whom = ['worker', 'keeper', 'parent', 'worker', 'guard', 'keeper', 'keymgr'][i % 7];
  const named = { worker: 'wrk', keymgr: 'keymgr', guard: 'latchkey-guard', keeper: 'latchkey-keeper' }[whom];
  const pid = whom === 'parent' ? s.portal.child.pid
    : [...parts, ...parts.flatMap((p) => below(p.pid))].find((p) => p.what.includes(named))?.pid;
  if (!pid) return null;
  process.kill(pid, 'SIGKILL');
  const at = Date.now();
  if (whom === 'parent' || whom === 'keymgr' || whom === 'guard') { // without which it does not go on
    await until(`the portal to end without its ${whom}`, () => s.portal.ended, 20000);
    await again(s, 'latchkey-portal');
  }
  await written(s, at);
  return `portal ${whom}`;
}

// What the responder says of passwords that were made and revoked long ago, and
// of the newest one.
async function responderCycle(s) {
  const [good, bad] = s.known;
  s.radius.child.kill('SIGKILL');
  await s.radius.exit;
  await again(s, 'latchkey-radius');
  await until('the good one to be accepted', async () => (await question(s, { station: good.station, passphrase: good.passphrase })).what === 'accept');
  const r = await question(s, { station: bad.station, passphrase: bad.passphrase });
  assert.equal(r.what, 'reject', 'a revoked password, right after the restart');
  return 'responder';
}

async function supervised(s) {
  for (let tries = 0; ; tries++) {
    s.supervisor = start(program('latchkey'), ['-c', s.conf, 'run']);
    await until('it to be up or not', () => s.supervisor.ended || s.supervisor.output.includes('run.started'), 60000);
    if (!s.supervisor.ended) break;
    if (tries > 400 || !/cannot be taken/.test(s.supervisor.output)) throw new Error(s.supervisor.output);
    await sleep(25);
  }
}

async function supervisedCycle(s, i) {
  const whom = ['latchkey-radius', 'latchkey-portal', 'supervisor', 'all'][i % 4];
  const children = below(s.supervisor.child.pid);
  const at = Date.now();
  if (whom === 'supervisor' || whom === 'all') {
    s.supervisor.child.kill('SIGKILL');
    if (whom === 'all') for (const c of children) for (const p of [c, ...below(c.pid)]) if (!gone(p.pid)) process.kill(p.pid, 'SIGKILL');
    await s.supervisor.exit;
    await until('its programs to end', () => children.every((c) => gone(c.pid)), 30000);
    await supervised(s);
  } else {
    const child = children.find((c) => c.what.includes(whom));
    if (!child) return null;
    process.kill(child.pid, 'SIGKILL');
  }
  if (whom !== 'latchkey-radius') await written(s, at);
  const { station, passphrase } = s.known[0];
  await until('an answer', async () => (await question(s, { station, passphrase })).what === 'accept', 30000);
  return `run: ${whom}`;
}

// N of CYCLE, each of which says whether it was one; milliseconds for each.
let failed = false;
async function loop(n, cycle) {
  const from = Date.now();
  for (let i = 0, done = 0; done < n && !failed; i++) {
    await some(60);
    const what = await cycle(i).catch((e) => { failed = true; throw e; });
    if (what) { counts[what] = (counts[what] ?? 0) + 1; done++; }
  }
  return Math.round((Date.now() - from) / n);
}

// A password that stays, and one that was revoked, with a device each.
async function acquaint(s) {
  const call = async (path, body) => {
    const r = await s.changes.call(undefined, s.changes.token, path, body);
    assert.ok(r.status < 300, JSON.stringify(r));
    return r.json;
  };
  const one = async (n, revoke) => {
    const person = await call('/api/v1/people', { name: `known ${n}` });
    const key = await call('/api/v1/keys', { person: person.id, plan: s.made.staff, network: s.made.network, kind: 'personal', name: `known ${n}` });
    const { passphrase } = await call(`/api/v1/keys/${key.id}/reveal`);
    if (revoke) await call(`/api/v1/keys/${key.id}/revoke`, { reason: 'test' });
    return { passphrase, station: `02-aa-00-00-77-0${n}` };
  };
  s.known = [await one(1, false), await one(2, true)];
}

test(`${cycles} times one of them is killed: nothing acknowledged is lost, nothing is there unwritten (F-01, N-03, B-3)`,
  { timeout: 60000 + cycles * 4000 }, async (t) => {
    const from = Date.now();
    await supervised(sites.run);
    for (const s of Object.values(sites)) { await written(s); await acquaint(s); }
    const part = (share) => Math.ceil(cycles * share);
    const each = await Promise.all([
      loop(part(0.4), (i) => portalCycle(sites.alone, i)),
      loop(part(0.35), () => responderCycle(sites.alone)),
      loop(part(0.25), (i) => supervisedCycle(sites.run, i)),
    ]);
    for (const s of Object.values(sites)) await s.changes.end();
    t.diagnostic(`${Object.values(counts).reduce((a, b) => a + b, 0)} cycles in ${Math.round((Date.now() - from) / 1000)} s (${each.join(', ')} ms each): ${JSON.stringify(counts)}`);
    for (const [name, s] of Object.entries(sites)) {
      const { acts, refused } = s.changes;
      const unanswered = acts.filter((a) => a.lost).length;
      t.diagnostic(`${name}: ${acts.length} changes asked for, ${acts.filter((a) => a.done).length} acknowledged, ${unanswered} without an answer, ${refused.length} refused`);
      assert.deepEqual(refused.filter((r) => r.status !== 429), [], 'nothing is refused because of a restart');
      assert.ok(unanswered > 0, 'kills fall between question and answer');
      assert.deepEqual(await wrong(s.conf, join(s.dir, 'latchkey.db'), acts), []);
    }
  });

test('the control: the same look finds what a portal that answers too early would lose', async () => {
  let lost = 0;
  for (const s of Object.values(sites))
    lost += (await wrong(s.conf, join(s.dir, 'latchkey.db'), s.changes.acts, { all: true })).filter((w) => w.startsWith('lost: ')).length;
  assert.ok(lost > 0, 'no kill came before a commit');
});

test('the control: the same look finds a row that is missing, changed, or not written down', async () => {
  const s = sites.alone, dir = scratch('kill');
  await s.portal.stop();
  await s.radius.stop();
  const file = join(dir, 'latchkey.db'), conf = join(dir, 'latchkey.conf');
  writeFileSync(conf, readFileSync(s.conf, 'utf8').replaceAll(join(s.dir, 'latchkey.db'), file), { mode: 0o600 });
  const last = (act) => s.changes.acts.filter((a) => a.act === act && a.done).at(-1);
  const issued = last('key.issue').id, revoked = last('key.revoke').key;
  for (const [what, sql, finds] of [
    ['nothing', '', null],
    ['a password gone', `DELETE FROM wifi_key WHERE id = '${issued}'`, /^lost: key\.issue/],
    ['a revocation undone', `UPDATE wifi_key SET state = 'active' WHERE id = '${revoked}'`, /^lost: key\.revoke/],
    ['an audit row gone', `DELETE FROM audit WHERE id = '${issued}' AND act = 'key.issue'`, /^audit: 0 rows of key\.issue/],
    ['the chain cut', `UPDATE audit SET detail = '{}' WHERE id = '${issued}'`, /^audit: [^]*broken/],
    ['a change not announced', `DELETE FROM change WHERE id = '${issued}'`, /^feed: nothing about key/],
  ]) {
    await must('python3', ['-c', 'import sqlite3, sys; a = sqlite3.connect(sys.argv[1]); b = sqlite3.connect(sys.argv[2]); a.backup(b); b.commit(); b.executescript(sys.argv[3]); b.commit()',
      join(s.dir, 'latchkey.db'), file, sql]);
    const found = await wrong(conf, file, s.changes.acts);
    if (finds) assert.ok(found.some((f) => finds.test(f)), `${what}: ${found.slice(0, 3).join('; ') || 'nothing found'}`);
    else assert.deepEqual(found, []);
  }
});

test('a command that is killed half way leaves all of it or nothing (F-01)', async (t) => {
  const s = sites.alone, acts = [];
  const person = JSON.parse(await must(program('latchkey'), ['-c', s.conf, 'person', 'add', '--name', 'By hand', '--json']));
  const from = Date.now();
  await must(program('latchkey'), ['-c', s.conf, 'key', 'list', '--person', person.id]);
  const takes = Date.now() - from;
  let killed = 0;
  for (let i = 0; i < Math.max(20, cycles / 10); i++) {
    const name = `hand-${i}`;
    const p = start(program('latchkey'), ['-c', s.conf, 'key', 'issue', '--person', person.id, '--plan', 'Employee', '--kind', 'thing', '--name', name, '--json']);
    await Promise.race([some(5 * takes), p.exit]);
    if (!p.ended) p.child.kill('SIGKILL');
    const { code } = await p.exit;
    if (code !== 0) killed++;
    acts.push({ act: 'key.issue', name, done: code === 0 ? 1 : 0, id: code === 0 ? JSON.parse(p.output).id : undefined });
    for (const k of JSON.parse(await must(program('latchkey'), ['-c', s.conf, 'key', 'list', '--person', person.id, '--json'])))
      if (k.name === name) await run(program('latchkey'), ['-c', s.conf, 'key', 'revoke', k.id]);
  }
  t.diagnostic(`${killed} of ${acts.length} commands were killed`);
  assert.ok(killed > 0);
  assert.deepEqual(await wrong(s.conf, join(s.dir, 'latchkey.db'), [...s.changes.acts, ...acts]), []);
});
