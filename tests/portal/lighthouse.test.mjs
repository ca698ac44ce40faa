// What Lighthouse says of the pages most people see. Its two hundred packages
// are fetched for the long form only.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must, program, run, top } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

const pages = ['/signin', '/', '/guest', '/guest/code', '/privacy'];
const least = { accessibility: 1, 'best-practices': 1 };

test('accessibility and best practices', { skip: !process.env.LATCHKEY_LONG && 'only with LATCHKEY_LONG=1', timeout: 600000 }, async (t) => {
  await must(join(top, 'tests/npm'), ['lighthouse'], { timeout: 300000 });
  const p = await startPortal({ issuer: 'https://login.example.org',
    providers: 'guest { ways = {"code"} plan = "Tenant" }' });
  try {
    const { token } = await p.harness('session', 'Ida', 'staff');
    // with a password to show
    const curl = (...args) => must('curl', ['-sS', '--cacert', p.ca, '-b', `__Host-latchkey=${token}`, ...args]);
    const form = (await curl(`${p.url}/`)).match(/action="\/key".*?<\/form>/s)[0];
    await curl('-H', `Origin: ${p.url}`, ...[...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].flatMap((m) => ['-d', `${m[1]}=${m[2]}`]), `${p.url}/key`);
    const headers = join(p.dir, 'headers.json');
    writeFileSync(headers, JSON.stringify({ Cookie: `__Host-latchkey=${token}` }));
    const out = join(program('test-logs'), 'lighthouse');
    mkdirSync(out, { recursive: true });
    for (const path of pages)
      for (const form of ['mobile', 'desktop']) {
        const r = await run(process.execPath, [join(top, 'tests/lighthouse/node_modules/lighthouse/cli/index.js'), `${p.url}${path}`,
          '--quiet', '--output=json', `--only-categories=${Object.keys(least)}`, ...(form === 'desktop' ? ['--preset=desktop'] : []),
          ...(path === '/signin' ? [] : [`--extra-headers=${headers}`]), '--no-enable-error-reporting',
          '--chrome-flags=--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors --no-first-run'],
        { env: { ...process.env, CHROME_PATH: '/usr/bin/chromium' }, timeout: 120000, maxBuffer: 1 << 28 });
        assert.equal(r.code, 0, `${path}: ${r.stderr.slice(-2000)}`);
        writeFileSync(join(out, `${path.replace(/\W+/g, '-')}-${form}.json`), r.stdout);
        const { categories, audits, finalDisplayedUrl } = JSON.parse(r.stdout);
        assert.equal(finalDisplayedUrl, `${p.url}${path}`);
        for (const [name, score] of Object.entries(least)) {
          const wrong = categories[name].auditRefs.filter((a) => a.weight > 0 && audits[a.id].score !== null && audits[a.id].score < 1)
            .map((a) => `${a.id}: ${audits[a.id].title}`);
          t.diagnostic(`${path} ${form} ${name}: ${categories[name].score}`);
          assert.ok(categories[name].score >= score, `${path} ${form} ${name} ${categories[name].score}: ${wrong.join('; ')}`);
        }
      }
  } finally {
    await p.stop();
  }
});
