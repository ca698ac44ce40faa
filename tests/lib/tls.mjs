// A certificate authority of our own and what it signs, by openssl(1).
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './process.mjs';

// Makes DIR/ca.pem once, and returns a function that makes NAME.pem, NAME.key.
export async function authority(dir) {
  const ca = join(dir, 'ca.pem'), caKey = join(dir, 'ca.key');
  await must('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '30', '-subj', '/CN=Latchkey test authority', '-keyout', caKey, '-out', ca,
    '-addext', 'basicConstraints=critical,CA:true', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  const issue = async (name, { hosts = ['localhost'], rsa = false, days = 20 } = {}) => {
    const key = join(dir, `${name}.key`), cert = join(dir, `${name}.pem`), csr = join(dir, `${name}.csr`);
    const ext = join(dir, `${name}.ext`);
    const names = hosts.map((h) => (/^[\d.]+$|:/.test(h) ? `IP:${h}` : `DNS:${h}`)).join(',');
    writeFileSync(ext, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    const kind = rsa ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    await must('openssl', ['req', '-new', '-newkey', ...kind, '-nodes', '-subj', `/CN=${hosts[0]}`,
      '-keyout', key, '-out', csr]);
    await must('openssl', ['x509', '-req', '-in', csr, '-CA', ca, '-CAkey', caKey, '-CAcreateserial',
      '-days', String(days), '-extfile', ext, '-out', cert]);
    chmodSync(key, 0o600);
    return { cert, key };
  };
  return { ca, issue };
}
