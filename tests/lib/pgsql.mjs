// PostgreSQL servers of a test's own: a primary, and replicas of it.
//
//   const db = await pgsql('name');     db.url, db.sql('SELECT 1'), db.stop()
//   const two = await db.replica('two', { sync: true });
//   db.kill(); await two.promote();
import { chmodSync, chownSync, copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, must, scratch, until } from './process.mjs';

const bin = `/usr/lib/postgresql/${readdirSync('/usr/lib/postgresql').sort().at(-1)}/bin/`;
const root = process.getuid() === 0;
const as = (command, args, options) => (root
  ? must('runuser', ['-u', 'postgres', '--', command, ...args], { cwd: '/', ...options })
  : must(command, args, options));
const number = async (flag, user) => Number(await must('id', [flag, user]));

// TLS: {cert, key}: then strangers need TLS and a password. PORT: not any free
// one.
export async function pgsql(name, { tls, settings = {}, port } = {}) {
  const it = await server(name, settings, port);
  await as(`${bin}initdb`, ['-D', it.data, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
  writeFileSync(join(it.data, 'pg_hba.conf'), `local all all trust\nlocal replication all trust
host replication all 127.0.0.1/32 trust
${tls ? 'hostssl all all 127.0.0.1/32 scram-sha-256' : 'host all all 127.0.0.1/32 trust'}\n`);
  if (tls) await it.certify(tls);
  await it.start();
  await it.sql('CREATE DATABASE latchkey', 'postgres');
  return it;
}

async function server(name, settings, port) {
  const dir = scratch(name);
  port ??= await freePort();
  chmodSync(dir, 0o711);
  if (root) chownSync(dir, await number('-u', 'postgres'), await number('-g', 'postgres'));
  const data = join(dir, 'data');
  const it = { name, dir, data, port, settings, url: `postgresql://postgres@127.0.0.1:${port}/latchkey` };
  // shared memory in its folder: what a killed server had in /dev/shm would stay
  const options = () => Object.entries({ unix_socket_directories: dir, listen_addresses: '127.0.0.1', port,
    max_connections: 60, shared_buffers: '16MB', dynamic_shared_memory_type: 'mmap', ...it.settings }).map(([k, v]) => `-c ${k}='${v}'`).join(' ');
  it.start = () => as(`${bin}pg_ctl`, ['-D', data, '-s', '-w', '-t', '60', '-l', join(dir, 'server.log'), '-o', options(), 'start']);
  it.stop = (mode = 'immediate') => as(`${bin}pg_ctl`, ['-D', data, '-s', '-m', mode, 'stop']).catch(() => {});
  it.sql = async (text, database = 'latchkey') =>
    (await must('psql', ['-h', dir, '-p', String(port), '-U', 'postgres', '-d', database, '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text])).trim();
  it.certify = async ({ cert, key }) => {
    copyFileSync(cert, join(dir, 'server.pem'));
    copyFileSync(key, join(dir, 'server.key'));
    if (root) chownSync(join(dir, 'server.key'), await number('-u', 'postgres'), 0);
    Object.assign(it.settings, { ssl: 'on', ssl_cert_file: join(dir, 'server.pem'), ssl_key_file: join(dir, 'server.key') });
  };
  // Every process of it, at once and without a word.
  it.kill = () => signal(data, 'SIGKILL');
  it.pause = () => signal(data, 'SIGSTOP');
  it.resume = () => signal(data, 'SIGCONT');
  it.replica = (other, more) => replica(it, other, more);
  it.promote = async () => {
    await as(`${bin}pg_ctl`, ['-D', data, '-s', '-w', '-t', '60', 'promote']);
  };
  process.on('exit', () => { try { it.kill(); } catch { /* it has ended */ } });
  return it;
}

async function replica(primary, name, { sync = false, settings = {}, port } = {}) {
  // as conf/postgresql.md tells: its default may hold up a promotion for 5 s
  const it = await server(name, { wal_retrieve_retry_interval: '200ms', ...settings }, port);
  await as(`${bin}pg_basebackup`, ['-h', primary.dir, '-p', String(primary.port), '-U', 'postgres', '-D', it.data, '-X', 'stream', '-c', 'fast']);
  writeFileSync(join(it.data, 'standby.signal'), '');
  it.settings.primary_conninfo = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`;
  it.settings.hot_standby = 'on';
  await it.start();
  await until('the replica to stream', () => primary.sql(`SELECT 1 FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming'`), 20000);
  if (sync) {
    await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await primary.sql('SELECT pg_reload_conf()');
    await until('the replica to be synchronous', () => primary.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"));
  }
  return it;
}

function signal(data, name) {
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => {
    try { return readFileSync(`/proc/${p}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(postmaster); } catch { return false; }
  });
  for (const p of [postmaster, ...children.map(Number)])
    try { process.kill(p, name); } catch { /* gone */ }
}
