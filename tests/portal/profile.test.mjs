// The Apple profile that the portal hands out is signed with its own
// certificate, whose key only the key manager has.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must, run } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

const script = 'import plistlib,sys,json\nprint(json.dumps(plistlib.loads(sys.stdin.buffer.read()), default=str))';

for (const rsa of [false, true])
  test(`${rsa ? 'RSA' : 'EC'}: openssl verifies it, plistlib reads it, the portal goes on`, async () => {
    const p = await startPortal({ rsa, issuer: 'https://login.example.org' });
    try {
      const { token } = await p.harness('session', 'Ida', 'staff');
      const at = (name) => join(p.dir, name);
      // the answer goes to a file: it is octets
      const curl = async (path, ...args) => {
        await must('curl', ['-sS', '--fail', '--cacert', p.ca, '-b', `__Host-latchkey=${token}`, '-o', at('answer'), '-D', at('head'), ...args, `${p.url}${path}`]);
        return { head: readFileSync(at('head'), 'utf8'), body: readFileSync(at('answer')) };
      };
      const form = (await curl('/')).body.toString();
      const fields = [...form.match(/action="\/key".*?<\/form>/s)[0].matchAll(/name="(\w+)" value="([^"]*)"/g)].flatMap((m) => ['-d', `${m[1]}=${m[2]}`]);
      await curl('/key', '-H', `Origin: ${p.url}`, ...fields);
      const page = (await curl('/')).body.toString();
      const key = page.match(/\/key\/(\w{26})/)[1];
      const password = page.match(/data-value="([^"]+)"/)[1];

      const { head, body } = await curl(`/key/${key}/profile/apple`);
      assert.match(head, /content-type: application\/x-apple-aspen-config\r\n/i);
      assert.equal(Number(head.match(/content-length: (\d+)/i)[1]), body.length);
      assert.equal(body[0], 0x30, 'DER');
      const verify = (file) => run('openssl', ['cms', '-verify', '-inform', 'DER', '-in', file, '-CAfile', p.ca,
        '-purpose', 'any', '-binary', '-signer', at('signer.pem'), '-out', at('inside')]);
      writeFileSync(at('signed'), body);
      const good = await verify(at('signed'));
      assert.equal(good.code, 0, good.stderr);
      const portal = new X509Certificate(readFileSync(at('portal.pem')));
      assert.equal(new X509Certificate(readFileSync(at('signer.pem'))).fingerprint256, portal.fingerprint256);
      const profile = JSON.parse(await must('python3', ['-c', script], { input: readFileSync(at('inside')) }));
      assert.equal(profile.PayloadContent[0].SSID_STR, 'Harbour; "guest"');
      assert.equal(profile.PayloadContent[0].Password, password);

      // one octet of the password changed: no longer signed by us
      const spoilt = Buffer.from(body);
      spoilt[spoilt.indexOf(password)] ^= 1;
      writeFileSync(at('spoilt'), spoilt);
      assert.notEqual((await verify(at('spoilt'))).code, 0);

      // the others are as they were, and signing is nothing to wait for
      assert.match((await curl(`/key/${key}/profile/windows`)).body.toString(), /^<\?xml.*<WLANProfile/s);
      for (let i = 0; i < 3; i++) assert.equal((await curl(`/key/${key}/profile/apple`)).body[0], 0x30);
      assert.ok(!p.portal.ended && !/profile\.unsigned|portal\.reply-lost/.test(p.portal.output));
      assert.ok(!p.portal.output.includes(password));
    } finally {
      await p.stop();
    }
  });
