// What certificate authorities take back: lists, intermediates, lapsed ones.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './process.mjs';

// An authority as a directory of openssl-ca(1). BY signs it; none: itself.
export async function registrar(dir, name, by) {
  const at = (file) => join(dir, `${name}.${file}`);
  const it = { name, dir, cert: at('pem'), key: at('key'), conf: at('conf') };
  writeFileSync(at('index'), '');
  writeFileSync(at('serial'), '1000\n');
  writeFileSync(at('crlnumber'), '1000\n');
  writeFileSync(it.conf, `[ca]
default_ca = us
[us]
database = ${at('index')}
serial = ${at('serial')}
crlnumber = ${at('crlnumber')}
new_certs_dir = ${dir}
certificate = ${it.cert}
private_key = ${it.key}
default_md = sha256
default_crl_days = 30
default_days = 20
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
extendedKeyUsage = clientAuth
`);
  const request = async (file, subject, more = []) => {
    await must('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
      '-subj', `/CN=${subject}`, '-keyout', join(dir, `${file}.key`), '-out', join(dir, `${file}.csr`), ...more]);
    return join(dir, `${file}.csr`);
  };
  const sign = async (csr, out, section, more = []) => must('openssl', ['ca', '-batch', '-config', it.conf,
    '-extensions', section, '-notext', '-in', csr, '-out', out, ...more]);
  const csr = await request(name, `authority ${name}`);
  if (by) {
    await by.sign(csr, it.cert, 'authority');
  } else {
    await must('openssl', ['req', '-x509', '-key', it.key, '-days', '30', '-subj', `/CN=authority ${name}`, '-out', it.cert,
      '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  }
  it.sign = sign;
  // {cert, key} of a certificate for HOST, with the chain of this authority.
  it.issue = async (file, host, more = []) => {
    const one = await request(file, host, ['-addext', `subjectAltName=DNS:${host}`]);
    const out = join(dir, `${file}.pem`);
    await sign(one, out, 'leaf', more);
    const alone = join(dir, `${file}.alone.pem`);
    copyFileSync(out, alone);
    if (by) writeFileSync(out, readFileSync(out) + readFileSync(it.cert));
    return { cert: readFileSync(out), key: readFileSync(join(dir, `${file}.key`)), files: { cert: out, key: join(dir, `${file}.key`) }, alone };
  };
  it.revoke = (cert) => must('openssl', ['ca', '-config', it.conf, '-revoke', cert]);
  it.list = () => must('openssl', ['ca', '-config', it.conf, '-gencrl']);
  return it;
}
