// Every page of the front desk in a real browser: no violation that axe finds,
// nothing wider than a small telephone, light and dark.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import '../lib/older.mjs';
import { chromium } from 'playwright-core';
import { must, program, scratch, top } from '../lib/process.mjs';

const dir = scratch('desk');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const css = readFileSync(join(top, 'static/app.css'), 'utf8');
const shots = join(program('test-output'), 'desk');

const pages = async () => {
  await must(program('tests/unit/desk_test'), [], { env: { ...process.env, LATCHKEY_PAGES: dir } });
  return readdirSync(dir).filter((f) => f.endsWith('.html')).sort();
};

test('pages of the desk are for everybody', { timeout: 300000 }, async () => {
  const files = await pages();
  assert.ok(files.some((f) => readFileSync(join(dir, f), 'utf8').includes('role="alert"')));
  assert.ok(files.length >= 4);
  mkdirSync(shots, { recursive: true });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  try {
    for (const colorScheme of ['light', 'dark'])
      for (const width of [320, 1280]) {
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
        await context.route('**/*', (r) => r.abort());
        const page = await context.newPage();
        for (const f of files) {
          const html = readFileSync(join(dir, f), 'utf8')
            .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
            .replace(/<script[^>]*><\/script>/, '');
          await page.setContent(html, { waitUntil: 'domcontentloaded' });
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',
            'wcag21aa', 'wcag22aa', 'best-practice'] }));
          assert.deepEqual(violations.map((v) => `${f} ${v.id}: ${v.nodes[0].html}`), []);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${f} is ${wide} too wide at ${width}`);
          await page.screenshot({ path: join(shots, `${f.slice(0, 2)}-${colorScheme}-${width}.png`), fullPage: true });
        }
        await context.close();
      }
  } finally {
    await browser.close();
  }
});
