// How long pages take inside the portal with many people and passwords in the
// store: the times the portal itself writes down for each request.
//
//	LATCHKEY_BUILD=build node tests/bench/pages.mjs [--postgres]
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { must, sleep, until } from '../lib/process.mjs';
import { pgsql } from '../lib/pgsql.mjs';
import { startPortal } from '../lib/whole.mjs';
import { middle, spread } from './measure.mjs';

const DAY = 86400, TWO_YEARS = 730 * DAY;

// Ids in no order, as real ones are; the same for the same number.
const id = (letter, n) => `'7${letter}0000000000000' || substr(CAST(100000000000 + (${n}) * 7919731 % 99999999977 AS TEXT), 2)`;

// People with two or three passwords each, of all kinds and states, a device
// for each and a day's visits, and acts. The same words mean the same to both engines.
function rows({ people, keys, network, plan, who, now, blob }) {
  const counted = (last) => `WITH RECURSIVE i(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM i WHERE n < ${last})`;
  const ago = (n) => `${now} - (${n}) * 7919 % ${TWO_YEARS}`;
  const pair = (at) => `substr(CAST(1000000 + n AS TEXT), ${at}, 2)`, mac = `'02-4b-00-' || ${pair(2)} || '-' || ${pair(4)} || '-' || ${pair(6)}`;
  return [
    `INSERT INTO person(id, issuer, subject, name, mail, language, roles, groups_known, state, state_reason, state_since,
      terms_at, last_sign_in, created, version) ${counted(people)} SELECT ${id('p', 'n')}, 'https://login.example.org', 'subject-' || n,
      'Person ' || n, 'person.' || n || '@example.org', 'en', 0, 0, CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END, '', 0,
      0, ${ago('n')}, ${ago('n')}, 1 FROM i`,
    `INSERT INTO wifi_key(id, network, plan, person, kind, name, state, reason, not_before, not_after, first_used, last_used, used_day,
      created, version, generation, passphrase, pmk, fingerprint, ended) ${counted(keys)} SELECT ${id('k', 'n')}, '${network}', '${plan}',
      ${id('p', `1 + n % ${people}`)}, CASE WHEN n % 4 = 0 THEN 'guest' ELSE 'personal' END, CASE WHEN n % 4 = 0 THEN 'Room ' || (n % 900)
      ELSE 'Phone ' || n END, CASE WHEN n % 20 = 0 THEN 'revoked' WHEN n % 30 = 1 THEN 'suspended' ELSE 'active' END, '',
      CASE WHEN n % 25 = 2 THEN ${now} + n % 30 * ${DAY} WHEN n % 4 = 0 THEN ${ago('n')} ELSE 0 END,
      CASE WHEN n % 9 = 3 THEN ${now} - n % 5 * ${DAY} WHEN n % 4 = 0 THEN ${now} + n % 400 * ${DAY} ELSE 0 END, ${ago('n')}, ${now} - n % 60 * ${DAY},
      (${now} - n % 60 * ${DAY}) / ${DAY}, ${ago('n')}, 1, 1, ${blob("'sealed'")}, ${blob("'sealed'")}, ${blob("'print' || n")}, CASE WHEN n % 20 = 0 THEN ${now} - n % 30 * ${DAY} ELSE 0 END FROM i`,
    `INSERT INTO device(id, network, key, mac, name, origin, blocked, first_seen, last_seen, version, octets_in, octets_out)
      ${counted(keys)} SELECT ${id('d', 'n')}, '${network}', ${id('k', 'n')}, ${mac}, '', 'learnt', 0,
      ${ago('n')}, ${now} - n % 60 * ${DAY}, 1, 0, 0 FROM i`,
    `INSERT INTO visit(id, ap, key, session, mac, "start", "last", stop, octets_in, octets_out, stop_cause, nas, network, reported)
      ${counted(keys)} SELECT ${id('v', 'n')}, NULL, ${id('k', 'n')}, 'session-' || n, ${mac}, ${now} - n % 60 * ${DAY} - 3600,
      ${now} - n % 60 * ${DAY}, CASE WHEN n % 60 = 0 THEN 0 ELSE ${now} - n % 60 * ${DAY} END, n * 1000, n * 5000, 0, '', '${network}', 0 FROM i`,
    `INSERT INTO audit(seq, at, actor, act, noun, id, detail, hash) ${counted(6 * keys)} SELECT a.seq + n, ${now} - (${6 * keys} - n) * 20,
      'person:Person ' || n % ${people} || ':@192.0.2.' || n % 250, CASE WHEN n % 3 = 0 THEN 'key.issue' ELSE 'device.join' END,
      CASE WHEN n % 3 = 0 THEN 'key' ELSE 'device' END, CASE WHEN n % 3 = 0 THEN ${id('k', `1 + n % ${keys}`)} ELSE ${id('d', `1 + n % ${keys}`)} END,
      '{"network":"${network}","plan":"${plan}","number":' || n || '}', a.hash FROM i, (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1) a`,
    `UPDATE chain SET seq = seq + ${6 * keys} WHERE name = 'audit'`,
    `UPDATE person SET roles = 32 WHERE id = '${who}'`,
  ];
}

async function fill(p, db, size) {
  const now = Math.floor(Date.now() / 1000);
  const all = rows({ ...size, network: p.made.network, plan: p.made.tenant, who: p.who.person, now,
    blob: (text) => (db ? `convert_to(${text}, 'UTF8')` : `CAST(${text} AS BLOB)`) });
  if (db) for (const text of [...all, 'VACUUM ANALYZE']) await db.sql(text); // as the server would, soon after
  else await must('sqlite3', ['-bail', join(p.dir, 'latchkey.db'), `PRAGMA foreign_keys=ON; BEGIN; ${all.join(';')}; COMMIT`]);
}

const PAGES = ['/', '/desk', '/desk?q=Room+77', '/admin', '/admin/people', '/admin/people?from=15000', '/admin/people?q=Person+777',
  '/admin/keys', '/admin/keys?from=40000', '/admin/keys?q=Person+777', ...['scheduled', 'active', 'suspended', 'expired', 'revoked']
    .map((s) => `/admin/keys?standing=${s}`), '/admin/devices', '/admin/devices?from=40000',
  '/admin/devices?which=air', '/admin/visits', '/admin/visits?from=40000', '/admin/audit', '/admin/audit?q=none+such', '/admin/units', '/admin/rotations', '/admin/plans', '/admin/outbox'];

// One page after the other over one connection; the first ones are not counted:
// each process has to look at everything once, and a server plans five times
// before it keeps a plan.
const WARM = 24;
async function times(p, path, n) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(p.ca) });
  const { token } = p.who;
  const ask = () => new Promise((done, failed) => {
    get(`${p.url}${path}`, { agent, headers: { cookie: `__Host-latchkey=${token}` } }, (r) => {
      r.resume().on('end', () => (r.statusCode === 200 ? done() : failed(new Error(`${path}: ${r.statusCode}`))));
    }).on('error', failed);
  });
  const told = () => [...p.portal.output.matchAll(/\bus=(\d+)/g)].map((m) => Number(m[1]) / 1000);
  const before = told().length;
  for (let i = 0; i < n; i++) await ask();
  const all = await until('the times', () => (told().length >= before + n ? told().slice(before) : null));
  agent.destroy();
  return all;
}

async function timed(p, path, samples) {
  const all = await times(p, path, WARM + samples), rest = all.slice(WARM);
  return { path, first: all[0], took: middle(rest), least: Math.min(...rest), most: Math.max(...rest) };
}

// The first page of administration when its figures are counted anew, N times.
const HOLD = 31000;
async function counted(p, n) {
  const all = [];
  for (let i = 0; i < n; i++) {
    await sleep(HOLD);
    all.push(...await times(p, '/admin', 1));
  }
  return all;
}

// Pages with PEOPLE and KEYS in the store, SAMPLES of each, and RECOUNTS of what
// is held for a while; on PostgreSQL: true.
export async function pages({ people, keys, samples, recounts = 0, postgres = false }) {
  const db = postgres ? await pgsql('bench-pages') : null;
  const p = await startPortal(db ? { store: `engine = "pgsql" url = "${db.url}"` } : {});
  try {
    p.who = await p.harness('session', 'ida', 'wifi-admins');
    await fill(p, db, { people, keys });
    const out = [];
    for (const path of PAGES) out.push(await timed(p, path, samples));
    if (recounts) out.find((r) => r.path === '/admin').counted = await counted(p, recounts);
    return out;
  } finally {
    await p.stop();
    await db?.stop();
  }
}

if (process.argv[1]?.endsWith('bench/pages.mjs')) {
  const all = await pages({ people: 20000, keys: 50000, samples: 30, recounts: 5, postgres: process.argv.includes('--postgres') });
  for (const r of all) console.log(`${r.path.padEnd(34)} ${r.took.toFixed(2).padStart(8)} ms (${r.least.toFixed(2)}-${r.most.toFixed(2)}), the first ${r.first.toFixed(2)}${r.counted ? `, counted anew ${spread(r.counted, 2)}` : ''}`);
  process.exit(0);
}
