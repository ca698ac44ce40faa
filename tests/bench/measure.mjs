// What a benchmark reads off a machine and a program.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { build, must } from '../lib/process.mjs';

export const cores = cpus().length;
export const [SERVER, CLIENT] = cores > 1 ? [0, 1] : [0, 0];

// A program that runs already, with all its threads, to one core.
export const pin = (pid, core) => execFileSync('taskset', ['-apc', String(core), String(pid)], { stdio: 'ignore' });

export const on = (core, command, args) => ['taskset', ['-c', String(core), command, ...args.map(String)]];

export const megabytes = (pid) =>
  Number(readFileSync(`/proc/${pid}/status`, 'latin1').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

export const middle = (list) => {
  const v = [...list].sort((a, b) => a - b), h = v.length >> 1;
  return v.length % 2 ? v[h] : (v[h - 1] + v[h]) / 2;
};

// "median (least-most)"
export const spread = (list, digits = 0) => {
  const n = (x) => x.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return list.length === 1 ? n(list[0]) : `${n(middle(list))} (${n(Math.min(...list))}-${n(Math.max(...list))})`;
};

// key=value words of a line, numbers as numbers
export const values = (line) => Object.fromEntries([...line.matchAll(/(\S+?)=(\S+)/g)]
  .map(([, k, v]) => [k, Number.isNaN(Number(v)) ? v : Number(v)]));

// One run of the load generator against PORT, whose server is process PID.
export async function load({ port, pid, secret, users, seconds, window, rate }) {
  const speed = rate ? ['--rate', rate] : ['--window', window ?? 64];
  return values(await must(...on(CLIENT, `${build}/tests/bench/radius_load`, ['--port', port,
    '--secret', secret, '--users', users, '--ssid', 'Campus', '--pid', pid, '--seconds', seconds, ...speed])));
}

export function machine() {
  const flags = readFileSync('/proc/cpuinfo', 'latin1').match(/^flags\s*:(.*)$/m)?.[1] ?? '';
  const has = ['sha_ni', 'avx2', 'avx512f'].filter((f) => flags.includes(` ${f}`));
  return `${cores} cores, ${cpus()[0].model.trim()} (${has.join(', ') || 'no vector hashing'})`;
}
