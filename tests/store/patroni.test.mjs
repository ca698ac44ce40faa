// conf/postgresql.md, followed: Patroni and etcd on three machines, which are
// network namespaces of one. The leader is cut off from everybody while a portal
// writes; nothing that was acknowledged is lost, and it comes back as a replica.
// LATCHKEY_CUTS: how often (2). Takes minutes, and is not part of `make check`.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, program, run, scratch, sleep, start, top, until } from '../lib/process.mjs';
import { ask } from '../lib/radius.mjs';
import { startPortal } from '../lib/whole.mjs';
import { authority } from '../lib/tls.mjs';

const cuts = Number(process.env.LATCHKEY_CUTS ?? 2);
const net = `10.${64 + process.pid % 128}.9`, bridge = `lkp${process.pid}`;
const machine = (n) => `latchkey-${process.pid}-db${n}`, wire = (n) => `lkp${n}w${process.pid}`;
const all = [1, 2, 3], running = [];
const ip = (...args) => must('ip', args);
let skip = !process.env.LATCHKEY_LONG ? 'LATCHKEY_LONG: takes minutes' : !existsSync('/usr/bin/patroni') || !existsSync('/usr/bin/etcd') ? 'needs patroni and etcd-server' : false;
if (!skip && (await run('ip', ['link', 'add', bridge, 'type', 'bridge'])).code !== 0) skip = 'needs network namespaces';
let dir, p, writes, ssid, plan, token;
const latchkey = async (...args) => JSON.parse(await must(program('latchkey'), ['-c', p.conf, ...args, '--json']));

// The indented lines of the guide from FIRST on, for machine N.
function lines(first, n) {
  const guide = readFileSync(join(top, 'conf/postgresql.md'), 'utf8');
  const at = guide.indexOf(`\n    ${first}`);
  assert.ok(at > 0, `the guide has no ${first}`);
  return guide.slice(at + 1).split('\n\n')[0].split('\n').map((l) => l.slice(4)).join('\n')
    .replaceAll('10.0.0.', `${net}.`).replace(/^(ETCD_NAME=|name: )db1/m, `$1db${n}`)
    .replace(/^(ETCD_(?:LISTEN|INITIAL_ADVERTISE|ADVERTISE).*)\.1:/gm, `$1.${n}:`)
    .replace(/\.1:(8008|5432)/g, `.${n}:$1`).replaceAll('"..."', '"a-Secret-of-tests"');
}

// What is the machine's own is made under its own /var and /etc.
async function boot(n, tls) {
  const { cert, key } = await tls.issue(`db${n}`, { hosts: [`db${n}.example.org`, `${net}.${n}`] });
  const config = join(dir, `db${n}.yml`), script = join(dir, `db${n}.sh`);
  writeFileSync(config, lines('scope: latchkey', n).replace('mode: required', 'mode: "off"'));
  writeFileSync(join(dir, `db${n}.etcd`), lines('ETCD_NAME', n));
  writeFileSync(script, `set -e
mkdir -p /etc/patroni /var/lib/postgresql /var/run/postgresql /var/lib/etcd
for d in /etc/patroni /var/lib/postgresql /var/run/postgresql /var/lib/etcd; do mount -t tmpfs none $d; done
chown postgres: /var/lib/postgresql /var/run/postgresql
install -o postgres -m 600 ${config} /etc/patroni/config.yml
install -o postgres -m 600 ${key} /etc/patroni/server.key
install -m 644 ${cert} /etc/patroni/server.pem
cd /
set -a; . ${join(dir, `db${n}.etcd`)}; ETCD_DATA_DIR=/var/lib/etcd/default
etcd >${join(dir, `etcd${n}.log`)} 2>&1 &
sleep 2
exec runuser -u postgres -- patroni /etc/patroni/config.yml\n`);
  await ip('netns', 'add', machine(n));
  await ip('link', 'add', wire(n), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', machine(n));
  await ip('link', 'set', wire(n), 'master', bridge, 'up');
  await ip('-n', machine(n), 'addr', 'add', `${net}.${n}/24`, 'dev', 'eth0');
  for (const l of ['lo', 'eth0']) await ip('-n', machine(n), 'link', 'set', l, 'up');
  running[n] = start('ip', ['netns', 'exec', machine(n), 'unshare', '-m', '--propagation', 'private', 'sh', script]);
}
// A command on machine N.
const on = async (n, ...args) => {
  const pids = (await ip('netns', 'pids', machine(n))).trim().split('\n');
  const at = pids.find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'etcd');
  return must('nsenter', ['-t', at, '-m', '-n', '--', ...args]);
};
const members = async (n) => JSON.parse(await on(n, 'patronictl', '-c', '/etc/patroni/config.yml', 'list', '-f', 'json'));
const state = async (n) => `${JSON.stringify(await members(n))}\n${await on(n, 'runuser', '-u', 'postgres', '--', 'psql', '-XAtc',
  "SELECT application_name, state, sync_state FROM pg_stat_replication; SELECT state, wait_event, count(*) FROM pg_stat_activity WHERE datname = 'latchkey' GROUP BY 1, 2")}`;
// all on the same timeline: one that is being rewound has none
const well = (list) => list.length === 3 && list.every((m) => ['running', 'streaming'].includes(m.State) && m.TL === list[0].TL)
  && list.some((m) => m.Role === 'Leader') && list.some((m) => m.Role === 'Sync Standby');
const leader = async () => {
  const r = await run('psql', [`${writes}&target_session_attrs=read-write&connect_timeout=2`, '-XAtc', 'SELECT inet_server_addr()']);
  return r.code === 0 ? Number(r.stdout.trim().split('.').at(-1)) : 0;
};

before(async () => {
  if (skip) return;
  dir = scratch('patroni');
  chmodSync(dir, 0o755);
  await ip('addr', 'add', `${net}.254/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  const tls = await authority(dir);
  for (const n of all) await boot(n, tls);
  const first = await until('a leader and a standby', async () => {
    const list = await members(1).catch(() => []);
    return well(list) && Number(list.find((m) => m.Role === 'Leader').Member.slice(2));
  }, 120000);
  const as = (...args) => on(first, 'runuser', '-u', 'postgres', '--', ...args);
  await as('psql', '-qc', "CREATE ROLE latchkey LOGIN PASSWORD 'a-Secret-of-tests'");
  await as('createdb', '-O', 'latchkey', 'latchkey');
  const password = join(dir, 'database.secret');
  writeFileSync(password, 'a-Secret-of-tests\n', { mode: 0o600 });
  chownSync(password, Number(await must('id', ['-u', 'nobody'])), 0);
  const url = `postgresql://latchkey@db1.example.org,db2.example.org,db3.example.org/latchkey?hostaddr=${all.map((n) => `${net}.${n}`)}&sslmode=verify-full&sslrootcert=${tls.ca}`;
  writes = url.replace('latchkey@', 'latchkey:a-Secret-of-tests@');
  p = await startPortal({ responder: true, store: `engine = "pgsql" url = "${url}" password_file = "${password}"` });
  await p.radius.says(/radius\.ready/, 20000);
  ssid = (await latchkey('network', 'list'))[0].ssid;
  plan = (await latchkey('plan', 'list'))[0];
  token = (await latchkey('token', 'add', '--name', 'desk', '--scopes', 'read,people')).token;
});
after(async () => {
  if (skip) return;
  await p?.stop();
  for (const n of all) {
    for (const pid of (await run('ip', ['netns', 'pids', machine(n)])).stdout.trim().split('\n').filter(Boolean)) await run('kill', ['-9', pid]);
    await running[n]?.exit;
    await run('ip', ['netns', 'del', machine(n)]);
  }
  await run('ip', ['link', 'del', bridge]);
});

test(`the leader is cut off ${cuts} times: nothing acknowledged is lost, and it is a replica afterwards (F-09)`, { skip, timeout: 600000 }, async (t) => {
  const person = await latchkey('person', 'add', '--name', 'Ada');
  const key = await latchkey('key', 'issue', '--person', person.id, '--plan', plan.id);
  const { passphrase } = await latchkey('key', 'reveal', key.id);
  const acked = [], times = [], silent = [];
  let stop = false, answers = 0;
  const desk = async (me) => {
    for (let i = 0; !stop; i++) {
      const r = await run('curl', ['-sS', '-m', '40', '-w', '\n%{http_code}', '--cacert', p.ca, `${p.url}/api/v1/people`, '-H', `Authorization: Bearer ${token}`,
        '-H', 'Content-Type: application/json', '-d', JSON.stringify({ name: `Guest ${me} ${i}` })]);
      if (r.code === 0 && r.stdout.endsWith('\n201')) { acked.push(JSON.parse(r.stdout.slice(0, -4)).id); times.push(Date.now()); } else await sleep(50);
    }
  };
  const point = async () => {
    while (!stop) {
      const { what } = await ask({ port: p.auth, secret: p.secret, ssid, passphrase, station: '02-aa-00-00-70-01', timeout: 1000, tries: 3 });
      answers++;
      if (what !== 'accept') silent.push(what);
      await sleep(50);
    }
  };
  const busy = [desk('a'), desk('b'), point()];
  t.after(() => { stop = true; });
  for (let i = 0; i < cuts; i++) {
    await sleep(2000);
    const was = await leader(), other = all.find((n) => n !== was), from = Date.now();
    await ip('link', 'set', wire(was), 'down');
    const now = await until('another leader', async () => { const n = await leader(); return n && n !== was && n; }, 90000)
      .catch(async (e) => { throw new Error(`${e.message}\n${await state(other)}`); });
    const led = Date.now();
    await until('a write', () => times.at(-1) > led, 60000).catch(async (e) => { throw new Error(`${e.message}\n${await state(now)}`); });
    const back = Date.now();
    await sleep(2000);
    await ip('link', 'set', wire(was), 'up');
    await until('all to be well again', async () => well(await members(other).catch(() => [])), 90000);
    assert.equal(await leader(), now, 'the new leader stays');
    t.diagnostic(`db${was} -> db${now}: a leader after ${led - from} ms, writes after ${back - from} ms`);
  }
  stop = true;
  await Promise.all(busy);
  const there = new Set((await must('psql', [`${writes}&target_session_attrs=read-write`, '-XAtc', 'SELECT id FROM person'])).split('\n'));
  t.diagnostic(`${acked.length} writes acknowledged, ${answers} answers`);
  assert.deepEqual(acked.filter((id) => !there.has(id)), []);
  assert.deepEqual(silent, []);
});
