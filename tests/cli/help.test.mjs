// What is said about `latchkey` outside of it: completion, manual, guides. A verb
// that is added, or renamed, is noticed where it is missing.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, must, program, run, top } from '../lib/process.mjs';

const text = (path) => readFileSync(join(top, path), 'utf8');
// [noun, verb, summary] of each row of the table
const verbs = [...text('cli/verbs.c').matchAll(/^\t\{"([a-z-]+)", "([a-z]*)", "(?:\\.|[^"\\])*", "((?:\\.|[^"\\])*)"/gm)].map((m) => m.slice(1));
const nouns = [...new Set(verbs.map(([noun]) => noun))].sort();
const of = (noun) => verbs.filter(([n, v]) => n === noun && v).map(([, v]) => v).sort();

// What a shell offers for the last of WORDS.
async function offered(...words) {
  const script = `. conf/completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _latchkey; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = await must('bash', ['-c', script, 'bash', 'latchkey', ...words], { cwd: top, env: { ...process.env, PATH: `${build}:${process.env.PATH}` } });
  return said.split('\n').filter(Boolean);
}

test('help lists every verb with what it does, and one noun alone', async () => {
  assert.ok(verbs.length > 70);
  const all = (await must(program('latchkey'), ['help'])).replace(/\n {40,}/g, '  ');
  for (const [noun, verb, summary] of verbs)
    assert.ok(all.split('\n').some((l) => `${l.trim()} `.startsWith(`${noun} ${verb}`) && l.endsWith(`  ${summary}`)), `${noun} ${verb}\n${all}`);
  const one = await must(program('latchkey'), ['help', 'unit']);
  assert.deepEqual([...one.matchAll(/^ {2}unit ([a-z]+)/gm)].map((m) => m[1]).sort(), of('unit'));
  assert.equal((await run(program('latchkey'), ['help', 'flat'])).code, 2);
});

test('the shell completes every noun, verb and field, and nothing else', async () => {
  assert.deepEqual((await offered('')).sort(), nouns);
  for (const noun of nouns)
    assert.deepEqual((await offered(noun, '')).sort(), of(noun), noun);
  assert.deepEqual(await offered('unit', 'mem'), ['members', 'member']);
  assert.deepEqual(await offered('-c', '/etc/other.conf', '--json', 'unit', 'mem'), ['members', 'member']);
  assert.deepEqual(await offered('-c', '/etc/oth'), []); // files, by the shell itself
  const fields = await offered('network', 'add', '--');
  assert.ok(['--ssid', '--time-zone', '--hidden'].every((f) => fields.includes(f)), fields.join());
  assert.ok((await offered('key', 'issue', '--p')).includes('--person'));
});

test('the manual has every verb, and no other', () => {
  const told = new Map();
  for (const [, noun, rest] of text('conf/man/latchkey.8').matchAll(/^\.It Ic ([a-z-]+)(.*)$/gm)) {
    const list = rest.match(/^ Cm ([a-z |]+)$/), one = rest.match(/^ ([a-z]+)\b/);
    told.set(noun, [...(told.get(noun) ?? []), ...(list ? list[1].split(' | ') : one ? [one[1]] : [])]);
  }
  for (const noun of nouns)
    assert.deepEqual((told.get(noun) ?? ['not there']).sort(), of(noun), noun);
  assert.deepEqual([...told.keys()].filter((noun) => !nouns.includes(noun)), []);
});

// Every guide for people, and the manuals.
const guides = ['README.md', 'SECURITY.md', 'ARCHITECTURE.md'];
for (const walk = ['conf', 'templates/po', 'portal', 'tests']; walk.length;) {
  const at = walk.pop();
  for (const e of readdirSync(join(top, at), { withFileTypes: true }))
    if (e.isDirectory()) {
      if (e.name !== 'node_modules') walk.push(`${at}/${e.name}`);
    } else if (/\.(md|8)$|^README$/.test(e.name)) guides.push(`${at}/${e.name}`);
}

const options = new Map(); // what a verb takes, as its help says
async function takes(noun, verb) {
  const name = `${noun} ${verb}`;
  if (!options.has(name)) options.set(name, await must(program('latchkey'), [noun, ...(verb ? [verb] : []), '--help']));
  return options.get(name);
}

test('a command in a guide is one that there is, and so are its options', async () => {
  let seen = 0, said = 0;
  for (const guide of guides)
    for (const [, noun, word, rest] of text(guide).replace(/\\\n/g, ' ')
      .matchAll(/(?:^|[`(#$|] *|sudo |&& )latchkey(?: -c \S+)? ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?([^\n`|;&)]*)/gm)) {
      seen++;
      const list = of(noun), verb = list.length ? word : '';
      assert.ok(noun === 'help' || nouns.includes(noun), `${guide}: latchkey ${noun}`);
      assert.ok(!verb || list.includes(verb), `${guide}: latchkey ${noun} ${verb}`);
      for (const [, option] of rest.matchAll(/ --([a-z][a-z-]*)/g)) {
        said++;
        if (!['json', 'help'].includes(option))
          assert.match(await takes(noun, verb), new RegExp(`--${option}(?![a-z-])`), `${guide}: latchkey ${noun} ${verb} --${option}`);
      }
    }
  assert.ok(seen > 40 && said > 20, `${seen} commands, ${said} options`);
});

test('a setting in a guide is one that there is', async () => {
  const settings = new Set([...text('core/conf/conf.def').matchAll(/^SETTING\((\w+), (\w+),/gm)].map((m) => `${m[1]}.${m[2]}`));
  const sections = [...new Set([...settings].map((s) => s.split('.')[0]))].join('|');
  let seen = 0;
  for (const guide of guides) {
    const plain = text(guide).replace(/= *\{[^{}]*\}/g, '= x');
    for (const [, section, body] of plain.matchAll(new RegExp(`^ *(${sections})(?: "?[\\w-]+"?)? \\{([^}]*)\\}`, 'gm')))
      for (const [, name] of body.matchAll(/(?:^|[\n ])([a-z_]+) *=/g)) {
        seen++;
        assert.ok(settings.has(`${section}.${name}`), `${guide}: ${section} { ${name} }`);
      }
    for (const [, name] of plain.matchAll(new RegExp(`\`((?:${sections})\\.[a-z_]+)\``, 'g'))) {
      seen++;
      // events of the log look alike
      const event = settings.has(name) || await run('grep', ['-rqF', `"${name}"`, 'core', 'portal', 'radius', 'cli'], { cwd: top });
      assert.ok(event === true || event.code === 0 || /\.[hc]$/.test(name), `${guide}: ${name}`);
    }
  }
  assert.ok(seen > 20, `${seen}`);
});

test('the guide of the API has every scope, that of access points every dialect', () => {
  const words = (list) => [...text('core/model/term.h').matchAll(new RegExp(`X\\(${list}_\\w+, "([a-z-]+)"`, 'g'))].map((m) => m[1]);
  assert.deepEqual([...text('conf/api.md').matchAll(/^\| `([a-z]+)` \|/gm)].map((m) => m[1]).sort(), words('SCOPE').sort());
  const all = guides.filter((g) => g.startsWith('conf/access-points/')).map(text).join('');
  for (const word of words('DIALECT')) assert.ok(all.includes(`--dialect ${word}\``) || all.includes(`--dialect ${word} `), word);
});

test('a file in a guide is there', () => {
  for (const guide of guides.filter((g) => /(\.md|README)$/.test(g))) {
    for (const [, path] of text(guide).matchAll(/`((?:core|portal|radius|cli|conf|tests|templates|static|debian)\/[\w./-]*)`/g))
      assert.ok(existsSync(join(top, path)) || path === 'core/model/noun.h', `${guide}: ${path}`);
    for (const [, path] of text(guide).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
      assert.ok(existsSync(join(top, dirname(guide), path)), `${guide}: ${path}`);
  }
});
