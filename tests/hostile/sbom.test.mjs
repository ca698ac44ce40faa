// S-19: the list of what Latchkey is made of is whole and says what is so here.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, must, run, scratch, top } from '../lib/process.mjs';

const tool = join(top, 'conf/sbom');
const programs = ['latchkey', 'latchkey-portal', 'latchkey-keeper', 'latchkey-radius'];
const bom = JSON.parse(await must(tool, [build, '1.2.3']));
const debs = bom.components.filter((c) => c.purl?.startsWith('pkg:deb/'));

test('it is CycloneDX, of this version, and the same every time', async () => {
  assert.equal(bom.bomFormat, 'CycloneDX');
  assert.equal(bom.specVersion, '1.5');
  assert.equal(bom.metadata.component.version, '1.2.3');
  assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f-]{36}$/);
  const refs = bom.components.map((c) => c['bom-ref']);
  assert.equal(new Set(refs).size, refs.length, 'every name is there once');
  assert.deepEqual(JSON.parse(await must(tool, [build, '1.2.3'])), bom);
});

test('every library that a program names is there, in the version that is installed', async () => {
  const installed = Object.fromEntries((await must('dpkg-query', ['-W', '-f', '${Package} ${Version}\n'])).trim().split('\n').map((l) => l.split(' ')));
  assert.ok(debs.length > 20);
  for (const d of debs) assert.equal(d.version, installed[d.name], d.name);
  const kind = (await must('gcc', ['-print-multiarch'])).trim();
  const owners = Object.fromEntries((await must('dpkg-query', ['-S', `*/${kind}/*.so*`])).split('\n').map((l) => [l.split('/').at(-1), l.split(':')[0]]));
  for (const program of programs) {
    const needed = [...(await must('objdump', ['-p', join(build, program)])).matchAll(/NEEDED\s+(\S+)/g)].map((m) => m[1]);
    assert.ok(needed.length > 3, program);
    for (const so of needed) {
      const by = debs.find((d) => d.name === owners[so])?.properties.find((p) => p.name === 'latchkey:loaded-by')?.value;
      assert.ok(by?.split(' ').includes(program), `${so} of ${owners[so]}, loaded by ${program}: ${by}`);
    }
  }
});

test('what is compiled in is there with its patches, what tests use as excluded', () => {
  const said = debs.find((d) => d.name === 'kore').properties.filter((p) => p.name === 'latchkey:patch').map((p) => p.value);
  const folder = join(top, 'portal/kore/patches');
  assert.deepEqual(said, readdirSync(folder).sort().map((f) => `${f} sha256:${createHash('sha256').update(readFileSync(join(folder, f))).digest('hex')}`));
  const lock = JSON.parse(readFileSync(join(top, 'tests/package-lock.json'), 'utf8')).packages;
  const npm = bom.components.filter((c) => c.purl?.startsWith('pkg:npm/'));
  assert.equal(npm.length, Object.keys(lock).filter(Boolean).length);
  for (const c of npm) {
    const p = lock[c['bom-ref'].slice(4)];
    assert.equal(c.version, p.version);
    assert.equal(c.scope, 'excluded');
    assert.equal(c.hashes[0].content, Buffer.from(p.integrity.split('-')[1], 'base64').toString('hex'));
  }
});

test('a library that is from no package is an error, and named', async () => {
  const dir = scratch('sbom');
  writeFileSync(join(dir, 'own.c'), 'int own(void) { return 0; }\n');
  writeFileSync(join(dir, 'main.c'), 'int own(void); int main(void) { return own(); }\n');
  await must('gcc', ['-shared', '-fPIC', '-o', join(dir, 'libown.so'), join(dir, 'own.c')]);
  await must('gcc', ['-o', join(dir, 'latchkey'), join(dir, 'main.c'), `-L${dir}`, '-lown', `-Wl,-rpath,${dir}`]);
  for (const p of programs.slice(1)) copyFileSync(join(build, p), join(dir, p));
  const r = await run(tool, [dir, '1']);
  assert.notEqual(r.code, 0);
  assert.match(r.stderr, /sbom: .*libown\.so is in no package/);
});
