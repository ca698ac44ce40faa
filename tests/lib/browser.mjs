// A real Chromium, and what every page has to pass.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import './older.mjs';
import { chromium } from 'playwright-core';
import { keepPage } from './markup.mjs';
import { program } from './process.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const screens = join(program('test-logs'), 'screens');

export const looks = [
  { colorScheme: 'light', width: 1280 }, { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 320 }, { colorScheme: 'dark', width: 320 },
];

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'] });

// For tests/portal/html.test.mjs; what a page that is left already was, is not known.
const keep = async (r) => {
  if (r.request().resourceType() === 'document') keepPage(r.url(), r.status(), await r.text().catch(() => ''));
};

// A click that leads to another page is over when that page is there: what
// counts or reads at once saw one that had only begun.
const settled = new WeakSet();
function settle(page) {
  const kind = Object.getPrototypeOf(page.locator('html'));
  if (settled.has(kind)) return;
  settled.add(kind);
  for (const act of ['click', 'press']) {
    const plain = kind[act];
    kind[act] = async function (...args) {
      await plain.apply(this, args);
      await this.page().waitForLoadState('domcontentloaded', { timeout: 10000 }).catch(() => {});
    };
  }
}

// A fresh browser profile; everything a page complains about is collected.
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  settle(page);
  page.complaints = [];
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) page.complaints.push(`${m.location().url} ${m.text()}`); });
  page.on('pageerror', (e) => page.complaints.push(e.message));
  page.on('response', keep);
  page.on('dialog', (d) => { page.complaints.push(`dialog: ${d.message()}`); d.dismiss(); });
  return { context, page };
}

// The file that comes of ACT. A page that comes instead fails at once, and no
// answer with what was asked for. Chromium has once said nothing of a file, in
// thousands: when it never asked, or was answered with one, it is asked again.
export async function download(page, act) {
  const seen = [], on = {};
  let asked = 0;
  const instead = new Promise((_, no) => {
    on.request = (r) => { seen.push(`${r.method()} ${r.url()}`); asked += r.isNavigationRequest() ? 1 : 0; };
    on.requestfailed = (r) => seen.push(`${r.failure()?.errorText} ${r.url()}`);
    on.response = (r) => {
      seen.push(`${r.status()} ${r.url()}`);
      if (!r.request().isNavigationRequest()) return;
      asked--;
      if (r.status() >= 300 && r.status() < 400) return;
      if (!r.headers()['content-disposition']?.startsWith('attachment')) no(new Error('a page instead of a file'));
    };
  });
  for (const [what, f] of Object.entries(on)) page.on(what, f);
  const comes = () => Promise.race([page.waitForEvent('download', { timeout: 15000 }), instead]);
  const once = async () => (await Promise.all([comes(), act()]))[0];
  try {
    return await once().catch((e) => {
      if (e.name !== 'TimeoutError') throw e;
      return asked > 0 ? comes() : once();
    });
  } catch (e) {
    const text = await page.locator('body').innerText({ timeout: 5000 }).catch(() => '');
    throw new Error(`${e.message}\n${seen.join('\n')}\n${page.url()}\n${text.slice(0, 1000)}`);
  } finally {
    for (const [what, f] of Object.entries(on)) page.off(what, f);
  }
}

// What axe has to say, and by how much the page is too wide.
export async function findings(page, { axe: ask = true } = {}) {
  let told = [];
  if (ask) {
    if (!await page.evaluate(() => Boolean(globalThis.axe))) await page.evaluate(axe);
    told = await page.evaluate(async () => { // all of what it found is ten times what is wrong
      const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
      return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
    });
  }
  return { told, over: await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth) };
}

// axe has nothing to say, nothing overflows, and a picture is kept.
export async function inspect(page, name) {
  const { told, over } = await findings(page);
  assert.deepEqual(told, [], `${name}: axe`);
  assert.ok(over <= 0, `${name}: ${over} px too wide`);
  mkdirSync(screens, { recursive: true });
  await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
}

// The same page in light and dark, wide and narrow.
export async function inspectAll(page, name) {
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    await inspect(page, `${name}-${colorScheme}-${width}`);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 900 });
}

// Signs LOGIN in at the provider, from any page of ours that wants it.
export async function signIn(page, url, login) {
  await page.goto(`${url}/signin`);
  await page.getByRole('link', { name: /Sign in with/ }).first().click();
  await page.getByLabel('Account').fill(login);
  await page.getByLabel('Password').fill(login);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/**`);
}

// Names, ids and codes that are nothing but one of the machine's WORDS ("active",
// "key.issue"): those are not names, and wait for words of ours.
export const unsaid = (page, words) => page.evaluate((all) => [...document.querySelectorAll('bdi, code, option')]
  .filter((e) => !e.closest('[translate=no]')).map((e) => e.textContent.trim())
  .filter((t) => t && t.split(/, ?/).every((w) => all.includes(w))), words);

// Text on the page that stands neither in the brackets of the pseudo-language
// nor in an element for what people and operators have named.
export const untranslated = (page) => page.evaluate(() => {
  const bare = (t) => { const left = t.replace(/⟦[^⟦⟧]*⟧/gu, ''); return left === t ? t : bare(left); };
  const ours = (t) => /\p{L}{2}/u.test(bare(t));
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode())
    if (!n.parentElement.closest('bdi, code, time, script, svg, .languages, footer, [translate=no]') && ours(n.data))
      found.push(n.data.trim());
  for (const e of document.querySelectorAll('[aria-label], [title], [alt], [placeholder]'))
    for (const a of ['aria-label', 'title', 'alt', 'placeholder'])
      if (!e.closest('svg, [translate=no]') && ours(e.getAttribute(a) ?? '')) found.push(`${a}: ${e.getAttribute(a)}`);
  return found;
});
