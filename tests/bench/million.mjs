// A responder with many keys: memory, start, search. Takes a while to make them.
//
//	LATCHKEY_BUILD=build node tests/bench/million.mjs [KEYS]
import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../lib/process.mjs';
import { site } from '../lib/site.mjs';

const keys = Number(process.argv[2] ?? 1000000);
const say = (what, value) => console.log(`${what.padEnd(48)} ${value}`);
const began = Date.now();
const it = await site('million');
await it.tell(`keys ${keys}`);
const key = await it.key();
say('keys made', `${keys} in ${Date.now() - began} ms`);

// Resident now, and at most so far, in MiB.
const memory = () => ['VmRSS', 'VmHWM'].map((name) => Math.round(
  Number(readFileSync(`/proc/${it.radius.child.pid}/status`, 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024)).join(' MiB, most ');
const took = async (question) => {
  const from = performance.now();
  const { what } = await it.ask({ timeout: 20000, ...question });
  if (what !== 'accept') throw new Error(`${what} instead of an accept`);
  return `${(performance.now() - from).toFixed(1)} ms`;
};
async function searches(from) {
  for (let i = 0; i < 3; i++) say('search for a device never seen', await took({ station: `02-aa-00-00-00-${from + i}`, passphrase: key.passphrase }));
  for (let i = 0; i < 3; i++) say('a device that is known', await took({ station: `02-aa-00-00-00-${from}` }));
}
const store = (from, to) => {
  for (const end of ['', '-wal', '-shm'])
    try { renameSync(join(it.dir, from) + end, join(it.dir, to) + end); } catch { /* not there */ }
};

let at = Date.now();
await it.responder();
await it.radius.says(/radius\.loaded/, 600000);
say('everything read from the store', `${Date.now() - at} ms`);
await sleep(15000); // a snapshot is written
await searches(10);
say('memory', `${memory()} MiB`);
say('snapshot', `${statSync(join(it.dir, 'radius.snapshot')).size >> 20} MiB`);
await it.radius.stop('SIGTERM', 60000);
store('latchkey.db', 'away.db');
at = Date.now();
await it.responder();
say('ready from the snapshot, the store away', `${Date.now() - at} ms`);
await searches(20);
say('memory', `${memory()} MiB`);
store('away.db', 'latchkey.db');
await it.end();
