// The sign-in library in a process of its own, driven line by line.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { program, scratch } from './process.mjs';

export const publicUrl = 'https://wifi.example.org';

// SECTIONS: { slug: { issuer, secret, ...settings } }; values are written as they are.
export function openSignin(sections, name = 'signin') {
  const dir = scratch(name);
  const file = (n, text) => { writeFileSync(join(dir, n), text, { mode: 0o600 }); return join(dir, n); };
  const key = (word) => `latchkey-${word} 1 ${randomBytes(4).toString('hex')} ${randomBytes(32).toString('base64url')}\n`;
  const master = file('master.key', key('base') + key('key'));
  const quote = (v) => (Array.isArray(v) ? `{${v.map((x) => `"${x}"`).join(', ')}}` : `"${v}"`);
  const text = Object.entries(sections).map(([slug, { secret = 'a secret', ...rest }]) => {
    const all = { client_id: 'latchkey', client_secret_file: file(`${slug}.secret`, `${secret}\n`), allow_loopback: 'yes', ...rest };
    return `provider "${slug}" {\n${Object.entries(all).map(([k, v]) => `  ${k} = ${quote(v)}\n`).join('')}}\n`;
  });
  const conf = file('latchkey.conf', `portal { public_url = "${publicUrl}" }\nkeys { master_key = "${master}" }\n${text.join('')}`);
  const child = spawn(program('tests/harness/signin_harness'), [conf], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last = Promise.resolve();
  const ask = (question) => {
    last = last.then(async () => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`signin_harness ended: ${child.exitCode} ${child.signalCode}`);
      const answer = JSON.parse(value);
      return { ...answer, result: answer.result.toLowerCase() };
    });
    return last;
  };
  return {
    dir, conf, child,
    begin: (slug, more = {}) => ask({ op: 'begin', slug, return_to: '/', ...more }),
    finish: (slug, query, cookie, more = {}) => ask({ op: 'finish', slug, query, cookie, ...more }),
    logout: (slug, id_token, return_url) => ask({ op: 'logout', slug, id_token, return_url }),
    backchannel: (slug, logout_token, more = {}) => ask({ op: 'backchannel', slug, logout_token, ...more }),
    end: () => new Promise((done) => { if (child.exitCode !== null) return done(); child.on('exit', done); child.stdin.end(); return undefined; }),
  };
}
