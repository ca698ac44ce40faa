// Catalogues: every sentence of every page in every language, and nothing in
// them that a glance would find wrong.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { program } from '../lib/process.mjs';

const po = fileURLToPath(new URL('../../templates/po', import.meta.url));
const codes = readdirSync(po).filter((f) => f.endsWith('.po')).map((f) => f.slice(0, -3));

// Entries of a catalogue: "msgid" or "msgid\0plural" -> translations.
function read(path) {
  const entries = new Map();
  for (const block of readFileSync(path, 'utf8').split(/\n\s*\n/)) {
    const said = { forms: [] };
    let into = null;
    for (const line of block.split('\n')) {
      const m = /^(?:(msgid_plural|msgid|msgstr(?:\[\d\])?) )?(".*")$/.exec(line);
      if (!m) continue;
      if (m[1]?.startsWith('msgstr')) into = said.forms.push('') - 1;
      else if (m[1]) into = m[1];
      if (typeof into === 'number') said.forms[into] += JSON.parse(m[2]);
      else if (into) said[into] = (said[into] ?? '') + JSON.parse(m[2]);
    }
    if (said.msgid) entries.set(`${said.msgid}${said.msgid_plural ? `\0${said.msgid_plural}` : ''}`, said);
  }
  return entries;
}

const wanted = [...read(program('gen/templates.pot')).keys()];
const names = (text) => [...new Set(text.match(/\{[\w.]+\}|`[^`]+`/g) ?? [])].sort().join();

// An act that a service records has to have words on the pages of administration.
test('every act of the audit can be said', () => {
  const top = fileURLToPath(new URL('../..', import.meta.url));
  const source = (f) => readFileSync(join(top, f), 'utf8');
  const said = new Set([...source('portal/admin/acts.c').matchAll(/\{"([a-z]+\.[a-z_-]+)"/g)].map((m) => m[1]));
  const files = ['core/service', 'portal/self', 'portal/guest', 'portal/desk', 'portal/signin', 'portal/web']
    .flatMap((dir) => readdirSync(join(top, dir)).filter((f) => f.endsWith('.c')).map((f) => `${dir}/${f}`));
  const about = /^(ap|audit|batch|device|key|letter|message|network|notice|outbox|own|person|plan|rotation|rule|scim|session|setup|signin|store|token|unit|voucher|webhook)\./;
  const done = new Set();
  for (const f of files)
    for (const [, log, act] of source(f).matchAll(/(LOG\(\w+,\s+)?"([a-z]+\.[a-z_-]+)"/g))
      if (!log && about.test(act)) done.add(act);
  for (const noun of ['network', 'plan', 'rule']) for (const verb of ['add', 'set', 'remove']) done.add(`${noun}.${verb}`);
  done.delete('audit.head'); // where the syslog stands, no act
  assert.ok(done.size > 90, `${done.size}`);
  assert.deepEqual([...done].filter((act) => !said.has(act)), [], 'portal/admin/acts.c has no words for');
  assert.deepEqual([...said].filter((act) => !done.has(act)), [], 'nobody does');
});

// What a service says to whoever filled in a form, however it is handed on; not
// what it stores as a reason, nor what only machines and a shell are told.
test('every sentence of the services is in the list', () => {
  const top = fileURLToPath(new URL('../..', import.meta.url));
  const others = ['Replaced by a new one.', 'All devices use the new one.', 'It answered 410 Gone.', 'The rotation was ended before.',
    'Somebody else suspended this account: ask the administrators.',
    'More than one person is called %.80s: use the mail address or the id.', 'There is no person called %.80s.'];
  const said = [];
  for (const dir of ['core/model', 'core/service'])
    for (const f of readdirSync(join(top, dir)).filter((n) => n.endsWith('.c'))) {
      const source = readFileSync(join(top, dir, f), 'utf8').replace(/\/\*[^]*?\*\//g, ' ');
      for (const [all] of source.matchAll(/"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*/g)) {
        const text = [...all.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((m) => m[1]).join('').replaceAll('\\"', '"');
        if (/^[A-Z]\S*\s\S+\s.*[.!?]$/.test(text)) said.push(text);
      }
    }
  assert.ok(said.length > 100, `${said.length}`);
  assert.deepEqual(said.filter((text) => !wanted.includes(text) && !others.includes(text)), []);
});

// What was typed into a form that came too late is shown by these names.
test('every field that is typed into has a name when its page is gone', () => {
  const top = fileURLToPath(new URL('../..', import.meta.url));
  const named = new Set([...readFileSync(join(top, 'portal/web/label.c'), 'utf8').matchAll(/\{"\w*", "(\w+)", SAY\("[^"]+"\),?\s+TYPED\}/g)].map((m) => m[1]));
  const secret = ['code', 'digits', 'sure']; // and what stands for a yes
  const typed = new Set();
  for (const file of readdirSync(join(top, 'templates')).filter((f) => f.endsWith('.html'))) {
    const html = readFileSync(join(top, 'templates', file), 'utf8');
    const forms = file.startsWith('_') ? [html] : html.match(/<form method="post".*?<\/form>/gs) ?? [];
    for (const [, tag, rest] of forms.join('').matchAll(/<(input|textarea)\b((?:"[^"]*"|[^">])*)>/g)) {
      const [, type = 'text'] = /\btype="(\w+)"/.exec(rest) ?? [];
      const [, name] = /\bname="(\w+)"/.exec(rest) ?? [];
      if (name && (tag === 'textarea' || ['text', 'email', 'tel', 'url', 'date', 'number'].includes(type))) typed.add(name);
    }
  }
  assert.ok(typed.size > 20, [...typed].join());
  assert.deepEqual([...typed].filter((name) => !named.has(name) && !secret.includes(name)), [], 'portal/web/label.c');
});

test('there are fifteen beside English', () => {
  assert.deepEqual(codes.sort(), ['ar', 'cs', 'de', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt', 'sv', 'tr', 'uk', 'zh']);
  assert.ok(wanted.length > 600);
});

for (const code of codes) {
  const have = read(join(po, `${code}.po`));
  const each = (wrong) => {
    const told = [];
    for (const [id, said] of have)
      said.forms.forEach((form, i) => { if (form && wrong(form, said, i)) told.push(`${id.replace('\0', ' / ')} -> ${form}`); });
    return told;
  };

  // New sentences stay English for the days until they are translated.
  test(`${code}: nearly no sentence is missing`, (t) => {
    const missing = wanted.filter((id) => !have.get(id)?.forms.length || have.get(id).forms.includes(''));
    t.diagnostic(`${wanted.length - missing.length} of ${wanted.length} translated`);
    assert.ok(missing.length <= 0.05 * wanted.length, missing.join('\n'));
  });
  test(`${code}: a sentence ends as the English one does`, () => {
    const kind = (t) => (/[.。]$/.test(t) ? '.' : /[?？؟]$/.test(t) ? '?' : '');
    assert.deepEqual(each((form, { msgid }) => kind(form) !== kind(msgid)), []);
  });
  test(`${code}: no blank is doubled or hangs over`, () => {
    assert.deepEqual(each((form) => form !== form.trim() || /[ \u00a0]{2}| [,.]/.test(form)), []);
  });
  test(`${code}: names in braces and backquotes are all there`, () => {
    assert.deepEqual(each((form, said) => !said.msgid_plural && names(form) !== names(said.msgid)), []);
  });
  test(`${code}: no translation is the English sentence`, () => {
    assert.deepEqual(each((form, said) => form === said.msgid && /[a-z]{3,} [a-z]{3,} [a-z]{3,}/.test(form)), []);
  });
  test(`${code}: quotes are those of the language`, () => {
    const own = { ar: '«»', cs: '„“', de: '„“', es: '«»', fr: '«»', he: '„”', it: '«»', ja: '「」', nl: '‘’', pl: '„”', pt: '«»',
      sv: '””', tr: '“”', uk: '«»', zh: '“”' }[code];
    const others = [...'„“”«»「」'].filter((q) => !own.includes(q));
    assert.deepEqual(each((form) => others.some((q) => form.includes(q))), []);
  });
}
