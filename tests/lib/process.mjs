// Programs that a test starts: they end with it, whatever happens.
import './older.mjs';
import { spawn, execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = fileURLToPath(new URL('../..', import.meta.url));
export const build = resolve(top, process.env.LATCHKEY_BUILD ?? 'build');
export const program = (name) => join(build, name);

// How much more time everything may take: a sanitizer in the programs costs some.
export const slower = Number(process.env.LATCHKEY_SLOWER ?? 1);

process.setMaxListeners(0); // each directory and program has one
const running = new Set();
process.on('exit', () => { for (const p of running) p.child.kill('SIGKILL'); });
// told to end, as by a time limit, it still tidies up; unless it has its own way
for (const [signal, number] of [['SIGTERM', 15], ['SIGINT', 2], ['SIGHUP', 1]])
  process.once(signal, () => { if (!process.listenerCount(signal)) process.exit(128 + number); });

// What a sanitizer has to say of a program is a failure, whatever the test thinks.
const reported = new Set();
function listen(text) {
  for (const [line] of String(text).matchAll(/^.*(?:ERROR: (?:Address|Leak)Sanitizer|WARNING: ThreadSanitizer|: runtime error: ).*$/gm))
    reported.add(line);
}
process.on('exit', () => {
  if (!reported.size) return;
  process.exitCode = 1;
  console.error(`reports of sanitizers:\n${[...reported].join('\n')}`);
});

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Waits until CHECK() gives something true; throws, saying WHAT, after MS.
export async function until(what, check, ms = 10000) {
  const end = Date.now() + ms * slower;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms * slower} ms for ${what}`);
    await sleep(25);
  }
}

// A directory that is gone after the test.
export function scratch(name, below = tmpdir()) {
  const dir = mkdtempSync(join(below, `latchkey-${name}-`));
  process.on('exit', () => { if (!process.env.KEEP) rmSync(dir, { recursive: true, force: true, maxRetries: 5 }); });
  return dir;
}

// A free port of loopback, for TCP and UDP. It is below those that the kernel
// gives away itself, so that nobody is given it before it is taken.
let nextPort = 10100 + Math.floor(Math.random() * 20000); // from 10100: browsers refuse 10080
export async function freePort() {
  for (;;) {
    const port = nextPort++;
    if (nextPort > 32000) nextPort = 10100;
    const tcp = createServer(), udp = createSocket('udp4');
    const free = await Promise.all([tcp.listen(port, '127.0.0.1'), udp.bind(port, '127.0.0.1')]
      .map((s) => new Promise((done) => s.once('listening', () => done(true)).once('error', () => done(false)))));
    tcp.close();
    udp.close();
    if (free.every(Boolean)) return port;
  }
}

// Starts COMMAND; its output goes to the file LOG and to .output.
export function start(command, args, { log, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const it = { child, output: '', ended: null };
  const file = log && createWriteStream(log, { flags: 'a' });
  running.add(it);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (d) => {
      it.output += d;
      listen(it.output.slice(-d.length - 400)); // a line may come in pieces
      file?.write(d);
    });
  it.exit = new Promise((done) => child.on('exit', (code, signal) => {
    running.delete(it);
    it.ended = { code, signal };
    done(it.ended);
  }));
  it.stop = async (signal = 'SIGTERM', ms = 10000) => {
    if (it.ended) return it.ended;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), ms * slower);
    await it.exit;
    clearTimeout(timer);
    return it.ended;
  };
  it.says = (what, ms) => until(`${command} to say ${what}`, () => {
    if (it.output.match(what)) return true;
    if (it.ended) throw new Error(`${command} ended (${JSON.stringify(it.ended)}):\n${it.output}`);
    return false;
  }, ms);
  return it;
}

// Runs COMMAND to its end: {code, stdout, stderr}; INPUT goes to standard input.
export const run = (command, args, { input, ...options } = {}) => new Promise((done) => {
  const child = execFile(command, args, { maxBuffer: 64 << 20, encoding: 'utf8', ...options },
    (error, stdout, stderr) => {
      listen(stderr);
      done({ code: error ? error.code ?? 1 : 0, stdout, stderr });
    });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input ?? '');
});

export async function must(command, args, options) {
  const r = await run(command, args, options);
  if (r.code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${r.code}\n${r.stderr}${r.stdout}`);
  return r.stdout;
}
