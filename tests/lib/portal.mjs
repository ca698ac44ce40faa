// A portal of our own: configuration, certificates, store; and raw requests.
import { chmodSync, chownSync, existsSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { freePort, must, program, scratch, start, until } from './process.mjs';
import { authority } from './tls.mjs';

const section = (name, values) => `${name} {\n${Object.entries(values)
  .map(([k, v]) => `  ${k} = ${Array.isArray(v) ? `{${v.map((x) => `"${x}"`).join(', ')}}`
    : typeof v === 'number' ? v : `"${v}"`}\n`).join('')}}\n`;

// {dir, conf, port, ca, issue, start()}: everything but the running program.
export async function site({ rsa = false, portal = {} } = {}) {
  const dir = scratch('portal');
  const port = await freePort();
  const { ca, issue } = await authority(dir);
  const pair = await issue('portal', { hosts: ['localhost'], rsa });
  const conf = join(dir, 'latchkey.conf');
  writeFileSync(conf, section('portal', {
    listen: ['127.0.0.1'], port, public_url: `https://localhost:${port}`, hosts: ['other.example'],
    certificate: pair.cert, private_key: pair.key, user: 'nobody', keymgr_user: 'daemon', ...portal,
  }) + section('store', { path: join(dir, 'latchkey.db') })
    + section('keys', { master_key: join(dir, 'master.key') })
    + section('log', { level: 'debug' }));
  if (existsSync(program('latchkey')))
    await must(program('latchkey'), ['init', '-c', conf], { timeout: 60000 });
  // as root the portal changes to other users, to whom the files then belong
  if (process.getuid() === 0) {
    const id = async (u) => Number(await must('id', ['-u', u]));
    const nobody = await id('nobody'), keeper = await id('daemon');
    chmodSync(dir, 0o755);
    chownSync(dir, nobody, 0);
    for (const f of ['latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm'])
      if (existsSync(join(dir, f))) chownSync(join(dir, f), nobody, 0);
    chownSync(pair.key, keeper, 0);
  }
  return { dir, conf, port, ca: readFileSync(ca), issue, ...pair, start: async ({ files, ...options } = {}) => {
    const command = files ? ['prlimit', `--nofile=${files}`, program('latchkey-portal'), '-c', conf]
      : [program('latchkey-portal'), '-c', conf];
    const it = start(command[0], command.slice(1), { log: join(dir, 'portal.log'), ...options });
    await it.says(/portal\.ready/, 60000);
    return it;
  } };
}

// A TLS connection: {socket, text(), closed}. Everything received is kept.
export function dial(s, options = {}) {
  const socket = connect({ host: '127.0.0.1', port: s.port, servername: 'localhost', ca: s.ca, ...options });
  let got = Buffer.alloc(0);
  const it = { socket, ended: false, error: null, octets: () => got, text: () => got.toString('latin1') };
  socket.on('data', (d) => { got = Buffer.concat([got, d]); });
  it.closed = new Promise((done) => socket.on('close', () => { it.ended = true; done(); }));
  it.open = new Promise((done, fail) => { socket.on('secureConnect', () => done(it)); socket.on('error', fail); });
  socket.on('error', (e) => { it.error = e; });
  it.open.catch(() => {});
  return it;
}

// The answers in TEXT, one after the other: [{status, headers, body}]; HEADS
// says which of them answer HEAD.
export function answers(text, heads = () => false) {
  const list = [];
  while (text.length > 0) {
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [line, ...rest] = text.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(rest.map((h) => [h.slice(0, h.indexOf(':')).toLowerCase(), h.slice(h.indexOf(':') + 1).trim()]));
    const status = Number(line.split(' ')[1]);
    const len = heads(list.length) || status === 304 || status === 100 ? 0 : Number(headers['content-length'] ?? 0);
    if (text.length < end + 4 + len) break;
    list.push({ status, headers, body: text.slice(end + 4, end + 4 + len), line });
    text = text.slice(end + 4 + len);
  }
  return list;
}

// Sends PARTS (octets, or milliseconds to wait) and collects what comes until
// the other side closes or COUNT answers are there.
export async function raw(s, parts, { count = 1, ms = 15000, heads } = {}) {
  const it = dial(s);
  await it.open;
  for (const p of [].concat(parts)) {
    if (typeof p === 'number') await new Promise((done) => setTimeout(done, p));
    else if (!it.socket.destroyed) it.socket.write(p, typeof p === 'string' ? 'latin1' : undefined);
  }
  await until('an answer', () => it.ended || answers(it.text(), heads).length >= count, ms);
  const list = answers(it.text(), heads);
  it.list = list;
  return it;
}

// Like raw(), but waits for the close: all answers that were given.
export async function all(s, parts, { ms = 15000, heads } = {}) {
  const it = await raw(s, parts, { count: Infinity, ms, heads });
  it.socket.destroy();
  return it.list;
}

export const get = (path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
