// All of it, running: the portal with a store and a certificate of its own, the
// responder if wanted, and a real OpenID provider with named people.
//
//   const p = await startPortal();          p.url, p.provider, p.harness('link')
//   await p.stop()
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, must, program, run, scratch, start, until } from './process.mjs';
import { startProvider } from './provider.mjs';
import { authority } from './tls.mjs';

// As root the portal is locked into a directory, where that is allowed.
export async function cage() {
  if (process.getuid() !== 0 || (await run('unshare', ['-m', 'true'])).code !== 0) return null;
  const dir = scratch('empty');
  chmodSync(dir, 0o755);
  return dir;
}

const quote = (t) => `"${t.replace(/[\\"]/g, '\\$&')}"`;

// As root the programs change to other users, to whom their files then belong.
async function own(dir, key, place = dir) {
  if (process.getuid() !== 0) return;
  const id = async (u) => Number(await must('id', ['-u', u]));
  const nobody = await id('nobody');
  chmodSync(dir, 0o755);
  chownSync(dir, nobody, 0);
  chownSync(place, nobody, 0);
  for (const f of ['latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm'].map((n) => join(place, n)).concat(join(dir, 'campus.secret')))
    if (existsSync(f)) chownSync(f, nobody, 0);
  chownSync(key, await id('daemon'), 0);
}

// Options: more and keys (lines for these sections), providers (further sections, or
// what makes them of the directory), issuer and its secret (instead of a
// provider of our own; campus: lines for its section), responder (also
// latchkey-radius), store and radius (lines for those sections), place (another
// directory for the store's file), rsa (the kind of the certificate's key), empty
// (what `latchkey init` leaves, instead of a house of people, plans and rules).
export async function startPortal({ more = '', providers = '', issuer, responder = false, logs, campus = '', radius: answers = '', secret, store, keys = '', place, rsa = false, empty = false } = {}) {
  const dir = scratch('portal');
  const { ca, issue } = await authority(dir);
  const { cert, key } = await issue('portal', { hosts: ['localhost', '127.0.0.1'], rsa });
  const port = await freePort(), auth = await freePort(), acct = await freePort();
  const url = `https://localhost:${port}`;
  const provider = issuer ? null : await startProvider({
    redirect: `${url}/signin/campus/callback`, afterLogout: `${url}/signedout`,
    backchannel: `${url}/signin/campus/backchannel`, ca: readFileSync(ca), conform: false });
  writeFileSync(join(dir, 'campus.secret'), provider?.client.secret ?? secret ?? 'none', { mode: 0o600 });
  const conf = join(dir, 'latchkey.conf');
  const chroot = more.includes('chroot') ? null : await cage();
  writeFileSync(conf, `
portal {
  listen = {"127.0.0.1"}
  port = ${port}
  public_url = "${url}"
  user = "nobody"
  keymgr_user = "daemon"
  certificate = "${cert}"
  private_key = "${key}"
  brand = "Harbour Campus"
  support = "Service desk, room 101"
  support_mail = "wifi@example.org"
  ${chroot ? `chroot = "${chroot}"` : ''}
  ${more}
}
radius {
  user = "nobody"
  listen = {"127.0.0.1"}
  auth_port = ${auth}
  acct_port = ${acct}
  snapshot = "${join(dir, 'radius.snapshot')}"
  ${answers}
}
store { ${store ?? `path = "${join(place ?? dir, 'latchkey.db')}"`} }
keys { master_key = "${join(dir, 'master.key')}" ${keys} }
admin { groups = {"wifi-admins"} }
provider campus {
  label = "Harbour University"
  issuer = ${quote(issuer ?? provider.issuer)}
  client_id = "latchkey"
  client_secret_file = "${join(dir, 'campus.secret')}"
  allow_loopback = yes
  ${campus}
}
${typeof providers === 'function' ? providers(dir) : providers}
`);
  const harness = async (...args) => {
    const out = await must(program('tests/harness/portal_harness'), [conf, ...args]);
    await own(dir, key, place);
    return JSON.parse(out);
  };
  const made = await (empty ? must(program('latchkey'), ['-c', conf, 'init']) : harness('make')).catch(async (e) => { // a provider that goes on would keep the test alive
    await provider?.stop();
    throw e;
  });
  await own(dir, key, place);
  mkdirSync(join(program('test-logs')), { recursive: true });
  const portal = start(program('latchkey-portal'), ['-c', conf], { log: logs });
  const radius = responder ? start(program('latchkey-radius'), ['-c', conf], { log: logs }) : null;
  await until('the portal to listen', async () => {
    if (portal.ended) throw new Error(`latchkey-portal ended:\n${portal.output}`);
    const r = await must('curl', ['-sS', '--cacert', ca, `${url}/readyz`]).catch(() => '');
    return r.includes('ready');
  }, 30000).catch(async (e) => {
    await Promise.all([radius?.stop(), portal.stop(), provider?.stop()]);
    throw e;
  });
  return {
    dir, ca, port, url, conf, provider, portal, radius, made, harness, auth, acct,
    secret: 'a shared secret for tests',
    async stop() {
      await radius?.stop();
      await portal.stop();
      await provider?.stop();
    },
  };
}
