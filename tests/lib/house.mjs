// A configuration, key and store in a directory of its own, through the real
// `latchkey`: house.latchkey('network', 'list') gives {code, stdout, stderr}.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, program, run, scratch } from './process.mjs';

export async function house({ more = '' } = {}) {
  const dir = scratch('cli');
  const conf = join(dir, 'latchkey.conf');
  const port = await freePort(), auth = await freePort(), acct = await freePort();
  const file = (name, text, mode = 0o600) => {
    writeFileSync(join(dir, name), text, { mode });
    return join(dir, name);
  };
  file('latchkey.conf', `
portal { listen = {"127.0.0.1"} port = ${port} public_url = "https://wifi.example.org"
  certificate = "${dir}/cert.pem" private_key = "${dir}/key.pem" }
radius { listen = {"127.0.0.1"} auth_port = ${auth} acct_port = ${acct}
  snapshot = "${dir}/radius.snapshot" }
store { path = "${dir}/latchkey.db" }
keys { master_key = "${dir}/master.key" }
${more}`);
  const latchkey = (...args) => {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    return run(program('latchkey'), ['-c', conf, ...args], options);
  };
  // The answer of a command that must succeed, as JSON.
  const json = async (...args) => {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    const r = await latchkey(...args, '--json', options);
    if (r.code !== 0) throw new Error(`latchkey ${args.join(' ')}: exit ${r.code}\n${r.stderr}`);
    return JSON.parse(r.stdout);
  };
  return { dir, conf, port, auth, acct, file, latchkey, json };
}
