// Changes made without pause while programs are killed, and what must be true
// of the store afterwards.
import { request, Agent } from 'node:https';
import { readFileSync } from 'node:fs';
import { must, program, run, sleep } from './process.mjs';

// The processes below PID: [{pid, what}], what being their titles and names.
export function below(pid) {
  const list = [];
  let children = '';
  try { children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'); } catch { /* it is gone */ }
  for (const child of children.split(' ').filter(Boolean).map(Number)) {
    let what = '';
    try { what = ['cmdline', 'comm'].map((f) => readFileSync(`/proc/${child}/${f}`, 'utf8')).join(' ').replaceAll('\0', ' '); } catch { /* gone, too */ }
    list.push({ pid: child, what });
  }
  return list;
}

// People and their passwords, made and revoked through the API of SITE by N
// machines at once. All that was asked is in .acts: {act, name, id, sent, done},
// done being the time of the answer that said so, 0 while there was none.
export async function changes(site, n = 4) {
  const ca = readFileSync(site.ca);
  const tokens = await Promise.all(Array.from({ length: n }, async (_, i) => JSON.parse(await must(program('latchkey'),
    ['-c', site.conf, 'token', 'add', '--name', `machine ${i}`, '--scopes', 'read,people,keys,reveal', '--json'])).token));
  const it = { acts: [], refused: [], over: false, last: 0 };

  it.call = (agent, token, path, body, ms = 5000) => new Promise((done, fail) => {
    const text = JSON.stringify(body ?? {});
    const rq = request(`${site.url}${path}`, { ca, agent, method: 'POST', timeout: ms, headers: { authorization: `Bearer ${token}`,
      'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, (rs) => {
      let all = '';
      rs.setEncoding('utf8');
      rs.on('data', (d) => { all += d; });
      rs.on('error', fail);
      rs.on('end', () => (rs.complete ? done({ status: rs.statusCode, json: all.startsWith('{') ? JSON.parse(all) : {} })
        : fail(new Error('an answer that was cut'))));
    });
    rq.on('error', fail);
    rq.on('timeout', () => rq.destroy(new Error('no answer')));
    rq.end(text);
  });

  const machine = async (token, number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let person = null, count = 0;
    // true when it was answered with success
    const act = async (what, path, body, more) => {
      const a = { act: what, sent: Date.now(), done: 0, ...more };
      it.acts.push(a);
      try {
        const r = await it.call(agent, token, path, body);
        if (r.status >= 300) { it.refused.push({ ...a, status: r.status, json: r.json }); await sleep(50); return null; }
        a.done = Date.now();
        it.last = Math.max(it.last, a.sent); // of those that were answered
        a.id = r.json.id;
        return a;
      } catch (e) {
        a.lost = e.message;
        await sleep(15); // until somebody is there again
        return null;
      }
    };
    while (!it.over) {
      const name = `m${number}-${++count}`;
      if (!person || count % 8 === 0) person = (await act('person.add', '/api/v1/people', { name }, { name }))?.id ?? null;
      if (!person) continue;
      const key = await act('key.issue', '/api/v1/keys', { person, plan: site.made.staff, network: site.made.network, kind: 'thing', name }, { name });
      if (key && Math.random() < 0.7) await act('key.revoke', `/api/v1/keys/${key.id}/revoke`, { reason: 'test' }, { name, key: key.id });
    }
    agent.destroy();
  };
  const machines = tokens.map((t, i) => machine(t, i));
  it.token = tokens[0];
  it.end = async () => { it.over = true; await Promise.all(machines); };
  return it;
}

const reader = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
rows = lambda sql: db.execute(sql).fetchall()
print(json.dumps({
    "whole": [r[0] for r in rows("PRAGMA integrity_check")],
    "strays": len(rows("PRAGMA foreign_key_check")),
    "people": rows("SELECT id, name FROM person"),
    "keys": rows("SELECT id, name, state FROM wifi_key"),
    "audit": rows("SELECT act, id FROM audit WHERE act IN ('person.add', 'key.issue', 'key.revoke') ORDER BY seq"),
    "feed": rows("SELECT noun, id FROM change"),
}))`;

// Everything that is wrong with the store at FILE (of CONF) after ACTS: a list of
// sentences, empty when nothing is. ALL counts what was only sent as answered.
export async function wrong(conf, file, acts, { all = false } = {}) {
  const found = [];
  const say = (text) => found.push(text);
  const s = JSON.parse(await must('python3', ['-c', reader, file]));
  const verify = await run(program('latchkey'), ['-c', conf, 'audit', 'verify', '--json']);
  if (verify.code !== 0) say(`audit: ${verify.stdout.trim()}${verify.stderr.trim()}`);
  if (s.whole.join() !== 'ok') say(`store: ${s.whole.join()}`);
  if (s.strays) say(`store: ${s.strays} rows that refer to nothing`);
  const people = new Map(s.people), keys = new Map(s.keys.map(([id, name, state]) => [id, { name, state }]));
  const named = new Map(s.keys.map(([id, name]) => [name, id])), met = new Map(s.people.map(([id, name]) => [name, id]));
  const written = new Map(), feed = new Set(s.feed.map(([noun, id]) => `${noun} ${id}`));
  for (const [act, id] of s.audit) written.set(`${act} ${id}`, (written.get(`${act} ${id}`) ?? 0) + 1);
  // what was acknowledged is there
  for (const a of acts) {
    if (!a.done && !all) continue;
    const id = a.act === 'key.revoke' ? a.key : a.id ?? (a.act === 'person.add' ? met : named).get(a.name);
    const there = a.act === 'person.add' ? people.has(id) : a.act === 'key.issue' ? keys.has(id) : keys.get(id)?.state === 'revoked';
    if (!there) say(`lost: ${a.act} ${a.name} ${id ?? ''}`);
  }
  // what is there was written down, once, and announced; and the other way round
  const once = (act, id) => { if (written.get(`${act} ${id}`) !== 1) say(`audit: ${written.get(`${act} ${id}`) ?? 0} rows of ${act} ${id}`); };
  const announced = (noun, id) => { if (!feed.has(`${noun} ${id}`)) say(`feed: nothing about ${noun} ${id}`); };
  for (const a of acts.filter((x) => x.act === 'person.add'))
    if (met.has(a.name)) { once('person.add', met.get(a.name)); announced('person', met.get(a.name)); }
  for (const [id, k] of keys) {
    once('key.issue', id);
    announced('key', id);
    if (k.state === 'revoked') once('key.revoke', id);
  }
  for (const [act, id] of s.audit)
    if (act === 'person.add' ? !people.has(id) : act === 'key.issue' ? !keys.has(id) : keys.get(id)?.state !== 'revoked')
      say(`half: ${act} ${id} was written down and is not so`);
  return found;
}
