// Pebble: an authority that speaks ACME (RFC 8555) and checks what it is shown,
// on this machine alone, with the names of the world at 127.0.0.1.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, must, start, until } from './process.mjs';
import { authority } from './tls.mjs';

// It asks for proof at HTTP (a port). {directory, ca: of its own page's
// certificate, root: PEM of what it signs with, output(), stop()}
export async function pebble(dir, http) {
  const { ca, issue } = await authority(dir);
  const { cert, key } = await issue('pebble', { hosts: ['localhost', '127.0.0.1'] });
  const [page, manage, dns, none] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const file = join(dir, 'pebble.json');
  writeFileSync(file, JSON.stringify({ pebble: { listenAddress: `127.0.0.1:${page}`, managementListenAddress: `127.0.0.1:${manage}`,
    certificate: cert, privateKey: key, httpPort: http, tlsPort: none, ocspResponderURL: '', externalAccountBindingRequired: false } }));
  const names = start('pebble-challtestsrv', ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-http01', '', '-https01', '', '-tlsalpn01', '',
    '-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${await freePort()}`]);
  const it = start('pebble', ['-config', file, '-dnsserver', `127.0.0.1:${dns}`, '-strict'],
    { env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' } });
  const stop = () => Promise.all([it.stop(), names.stop()]);
  try {
    const root = await until('the authority', () => {
      if (it.ended || names.ended) throw new Error(`pebble ended:\n${it.output}${names.output}`);
      return must('curl', ['-sSf', '--cacert', ca, `https://localhost:${manage}/roots/0`]).catch(() => '');
    });
    return { directory: `https://localhost:${page}/dir`, ca, root, output: () => it.output, stop };
  } catch (e) { await stop(); throw e; }
}
