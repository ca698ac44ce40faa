// A site for tests of the responder: a real store, and the responder itself.
import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { build, freePort, scratch, start, program } from './process.mjs';
import { ask } from './radius.mjs';

export const secret = 'tests-Secret-of-24-chars';

export async function site(name, { dialect = 'hostapd', address = '127.0.0.0/8', coa = '', more = '', also = '' } = {}) {
  const dir = scratch(name);
  const authPort = await freePort(), acctPort = await freePort();
  const conf = join(dir, 'latchkey.conf');
  writeFileSync(conf, `
radius {
  listen = {"127.0.0.1"}
  auth_port = ${authPort}
  acct_port = ${acctPort}
  snapshot = "${dir}/radius.snapshot"
  user = "root"
  threads = 1
  ${more}
}
store { path = "${dir}/latchkey.db" }
keys { master_key = "${dir}/master.key" }
${also}
`, { mode: 0o600 });
  const child = spawn(join(build, 'tests/harness/site_harness'),
    [conf, secret, address, dialect, coa], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the site ended');
    return value.trim();
  };
  const ssid = (await line()).split(' ')[1];
  const it = { dir, conf, ssid, authPort, acctPort };
  it.tell = (command) => { child.stdin.write(`${command}\n`); return line(); };
  it.key = async (given = '') => {
    const [id, passphrase] = (await it.tell(`key ${given}`)).split(' ');
    return { id, passphrase };
  };
  it.responder = async (args = {}) => {
    it.radius = start(program('latchkey-radius'), ['-c', conf], args);
    await it.radius.says(/radius\.ready/, 30000);
    return it.radius;
  };
  it.ask = (question) => ask({ port: authPort, secret, ssid, timeout: 3000, ...question });
  it.control = (question) => control(join(dir, 'radius.sock'), question);
  it.end = async () => {
    await it.radius?.stop();
    child.stdin.end();
    await new Promise((done) => child.exitCode !== null ? done() : child.on('exit', done));
  };
  return it;
}

// One question to the responder's control socket.
export const control = (path, question) => new Promise((done, fail) => {
  let all = '';
  const s = createConnection(path, () => s.write(`${question}\n`));
  s.on('data', (d) => { all += d; });
  s.on('end', () => done(all));
  s.on('error', fail);
});
