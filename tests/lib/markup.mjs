// HTML held to its standard by the checker of validator.nu (npm vnu-jar, wants a
// Java). Browser tests leave the pages they reach; tests/portal/html.test.mjs
// checks them all in one go, because the checker takes longer to start than to
// read.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { program, run } from './process.mjs';

const kept = join(program('test-logs'), 'pages');

const ours = (html) => /^\s*<!doctype html>/.test(html) && html.includes('href="/static/app');

// A page with the same elements and attributes is the same page; a list of
// twenty is no news after a list of two.
const kinds = (html) => [...new Set(html.match(/<[a-z][a-z0-9]*(\s+[a-z-]+(="[^"]*")?)*/g)
  ?.map((tag) => tag.replace(/="[^"]*"/g, '')))].sort().join('');

// Another test may read FILE now: it finds all of it, or none.
function whole(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

// Keeps HTML, answered at URL with STATUS; true when it is a page of ours.
export function keepPage(url, status, html) {
  if (!ours(html)) return false;
  const { pathname } = new URL(url);
  const shape = pathname.replace(/\/[\w-]{16,}/g, '/x').replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'home';
  const sum = createHash('sha256').update(kinds(html)).digest('hex').slice(0, 8);
  mkdirSync(kept, { recursive: true });
  whole(join(kept, `${shape}-${status}-${sum}.html`), html);
  return true;
}

// Keeps the HTML of a letter: one of those that differ in their words only.
export function keepLetter(html) {
  const sum = createHash('sha256').update(html.match(/<[^>\s]+/g).join('')).digest('hex').slice(0, 8);
  mkdirSync(kept, { recursive: true });
  whole(join(kept, `letter-${sum}.html`), html);
}

// The files of pages and letters that this build has answered.
export const pagesKept = () => {
  const since = statSync(program('latchkey-portal')).mtimeMs;
  return readdirSync(kept).filter((n) => n.endsWith('.html')).map((n) => join(kept, n)).filter((f) => statSync(f).mtimeMs >= since);
};

// What is wrong with FILES: 'name:line: message' and the text it is about.
export async function htmlErrors(files) {
  const jar = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');
  const r = await run('java', ['-Xss2m', '-XX:-UsePerfData', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar', jar, '--format', 'json', '--exit-zero-always', ...files]);
  if (!r.stderr.startsWith('{')) throw new Error(`vnu: exit ${r.code}\n${r.stderr.slice(0, 1000)}`);
  const { messages } = JSON.parse(r.stderr);
  return messages.filter((m) => m.type !== 'info' || m.subType === 'warning')
    .map((m) => `${m.url.replace(/.*\//, '')}:${m.lastLine}: ${m.message} | ${m.extract?.trim()}`);
}
