// `latchkey run`: sockets, restarts, signals. The children are scripts, so that
// they crash when told to; the real ones have tests of their own.
// waits: programs to be started again
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { house } from '../lib/house.mjs';
import { program, scratch, sleep, start, top, until } from '../lib/process.mjs';

const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };

// `latchkey run` in a directory where both programs are the script.
async function supervised(portal = 'wait', radius = 'wait') {
  const h = await house();
  const dir = scratch('run');
  copyFileSync(program('latchkey'), join(dir, 'latchkey'));
  for (const [name, does] of [['latchkey-portal', portal], ['latchkey-radius', radius]]) {
    copyFileSync(join(top, 'tests/cli/child.py'), join(dir, name));
    writeFileSync(join(dir, `${name}.does`), does);
  }
  const lines = (name, word) => (existsSync(join(dir, `latchkey-${name}.log`))
    ? readFileSync(join(dir, `latchkey-${name}.log`), 'utf8') : '')
    .split('\n').filter((l) => l.startsWith(word)).map((l) => l.split(' '));
  const ready = (name, n = 1) => until(`${name} to be ready ${n} times`,
    () => lines(name, 'ready').length >= n, 30000);
  const pid = (name) => Number(lines(name, 'start').at(-1)[1]);
  const does = (name, what) => writeFileSync(join(dir, `latchkey-${name}.does`), what);
  const run = start(join(dir, 'latchkey'), ['-c', h.conf, 'run']);
  return { ...h, dir, lines, ready, pid, does, run };
}

test('both programs get their sockets by name, and end when told', async () => {
  const s = await supervised();
  await s.ready('portal'); await s.ready('radius');
  const [, pid, listenPid, names, ports, ...args] = s.lines('portal', 'start')[0];
  assert.equal(listenPid, pid);
  assert.equal(names, 'https');
  assert.equal(Number(ports), s.port);
  assert.deepEqual(args, ['-c', s.conf]);
  const radius = s.lines('radius', 'start')[0];
  assert.equal(radius[3], 'auth:acct');
  assert.equal(radius[4], `${s.auth},${s.acct}`);
  assert.match(s.run.output, /run\.started/);
  s.run.child.kill('SIGHUP');
  await until('both to hear of it', () => s.lines('portal', 'hup').length && s.lines('radius', 'hup').length);
  assert.deepEqual(await s.run.stop(), { code: 0, signal: null });
  assert.equal(s.lines('portal', 'term').length, 1);
  assert.equal(s.lines('radius', 'term').length, 1);
  assert.match(s.run.output, /run\.stopped/);
});

test('a new configuration is taken, a bad one is refused and the old one stays (F-13)', async () => {
  const s = await supervised('wait', 'echo');
  assert.equal((await s.latchkey('init')).code, 0);
  s.file('cert.pem', 'x'); s.file('key.pem', 'x');
  await s.ready('portal'); await s.ready('radius');
  const good = readFileSync(s.conf, 'utf8');
  for (const [bad, why] of [[good.replace('portal {', 'portal { no_such_setting = 1'), /run\.kept.*no_such_setting/],
    [good.replace('key.pem', 'nowhere.pem'), /run\.kept.*nowhere\.pem/], ['portal {', /run\.kept/]]) {
    writeFileSync(s.conf, bad);
    s.run.child.kill('SIGHUP');
    await s.run.says(why);
  }
  await sleep(700); // a start that was asked for
  assert.equal(s.lines('portal', 'start').length + s.lines('radius', 'start').length, 2, 'nobody was touched');
  // questions that come while the programs change are answered by the next ones
  writeFileSync(s.conf, good.replace('portal {', 'portal { brand = "Another"'));
  const client = createSocket('udp4');
  const got = [];
  client.on('message', (m) => got.push(m.toString()));
  s.run.child.kill('SIGHUP');
  for (let i = 0; i < 40; i++) { client.send(`question ${i}`, s.auth, '127.0.0.1'); await sleep(10); }
  await s.ready('portal', 2); await s.ready('radius', 2);
  // asked again as an access point does: a script that is told to end takes a question along
  await until('all answers', () => {
    const open = Array.from({ length: 40 }, (_, i) => `question ${i}`).filter((q) => !got.includes(q));
    for (const q of open) client.send(q, s.auth, '127.0.0.1');
    return open.length === 0;
  }, 20000);
  const c = connect(s.port, '127.0.0.1');
  await new Promise((done, fail) => c.on('connect', done).on('error', fail));
  c.destroy();
  client.close();
  // the same again is only about certificates
  s.run.child.kill('SIGHUP');
  await until('both to hear of it', () => s.lines('portal', 'hup').length && s.lines('radius', 'hup').length);
  assert.equal(s.lines('portal', 'start').length, 2);
  assert.equal((await s.run.stop()).code, 0);
});

test('a child that is killed comes back, and nothing that was sent meanwhile is lost (B-6)', async () => {
  const s = await supervised('wait', 'echo');
  await s.ready('portal'); await s.ready('radius');
  const client = createSocket('udp4');
  const got = [];
  client.on('message', (m) => got.push(m.toString()));
  for (let round = 1; round <= 3; round++) {
    const pid = s.pid('radius');
    process.kill(pid, 'SIGKILL');
    await until('its end', () => !alive(pid)); // or it may take the question along
    client.send(`question ${round}`, s.auth, '127.0.0.1');
    await s.ready('radius', round + 1);
    await until('the answer', () => got.includes(`question ${round}`), 20000);
  }
  // the portal's socket takes connections while nobody is there to answer
  process.kill(s.pid('portal'), 'SIGKILL');
  const c = connect(s.port, '127.0.0.1');
  await new Promise((done, fail) => c.on('connect', done).on('error', fail));
  c.destroy();
  client.close();
  await s.ready('portal', 2);
  assert.equal(s.lines('radius', 'start').length, 4);
  assert.equal((await s.run.stop()).code, 0);
});

test('a child that ends at once is started less and less often, alone', async () => {
  const s = await supervised('exit 1', 'wait');
  await until('five starts', () => s.lines('portal', 'start').length >= 5, 30000);
  const waits = [...s.run.output.matchAll(/again_ms=(\d+)/g)].map((m) => Number(m[1]));
  for (let i = 1; i < waits.length; i++) assert.equal(waits[i], 2 * waits[i - 1]);
  assert.equal(s.lines('radius', 'start').length, 1);
  s.does('portal', 'wait');
  await s.ready('portal');
  assert.equal((await s.run.stop()).code, 0);
});

test('a configuration that a child cannot use ends everything with 78', async () => {
  const s = await supervised('wait', 'wait');
  await s.ready('portal'); await s.ready('radius');
  s.does('radius', 'exit 78');
  const portal = s.pid('portal');
  process.kill(s.pid('radius'), 'SIGKILL');
  assert.equal((await until('the end', () => s.run.ended, 30000)).code, 78);
  assert.ok(!alive(portal));
});

test('the programs end with their supervisor, even if it is killed', async () => {
  const s = await supervised();
  await s.ready('portal'); await s.ready('radius');
  s.run.child.kill('SIGKILL');
  await until('both to end', () => !alive(s.pid('portal')) && !alive(s.pid('radius')), 20000);
  assert.equal(s.lines('portal', 'term').length, 1);
});

test('a child that does not end when told is killed in the end', async () => {
  const s = await supervised('stubborn', 'wait');
  await s.ready('portal'); await s.ready('radius');
  const portal = s.pid('portal');
  assert.equal((await s.run.stop('SIGTERM', 60000)).code, 0);
  assert.ok(s.lines('portal', 'term').length >= 1);
  assert.ok(!alive(portal));
});

test('a port that is taken is named with a remedy', async () => {
  const h = await house();
  const other = createServer();
  await new Promise((done) => other.listen(h.port, '127.0.0.1', done));
  const dir = scratch('run');
  copyFileSync(program('latchkey'), join(dir, 'latchkey'));
  for (const name of ['latchkey-portal', 'latchkey-radius'])
    copyFileSync(join(top, 'tests/cli/child.py'), join(dir, name));
  const run = start(join(dir, 'latchkey'), ['-c', h.conf, 'run']);
  assert.equal((await until('the end', () => run.ended, 20000)).code, 1);
  await until('a remedy', () => run.output.match(`port ${h.port} .*cannot be taken.*another port`));
  other.close();
});
