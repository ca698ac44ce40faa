// Runs a page of documentation: every ```sh block, in order and in one shell,
// exactly as it stands; the ```text block after it is what must be printed,
// where `...` stands for anything on a line.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, scratch, top } from './process.mjs';

// [{shell, text (undefined: anything), line, under: the heading it stands below}]
export function blocks(file) {
  const all = [];
  let kind = null, lines = [], from = 0, under = '';
  readFileSync(join(top, file), 'utf8').split('\n').forEach((line, i) => {
    const fence = line.match(/^```(\w*)$/);
    if (!kind && line.startsWith('#')) under = line.replace(/^#+ /, '');
    if (!fence) { if (kind) lines.push(line); return; }
    if (!kind) { kind = fence[1] || 'plain'; lines = []; from = i + 1; return; }
    if (kind === 'sh') all.push({ shell: lines.join('\n'), line: from, under });
    if (kind === 'text') all.at(-1).text = lines.join('\n');
    kind = null;
  });
  return all;
}

const pattern = (text) => new RegExp(`^${text.split('...').map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}\n?$`);

// Throws, naming the line, at the first block that prints something else.
// COMMANDS: name -> shell text of a command that the page calls.
export async function session(file, { env = {}, commands = {} } = {}) {
  const dir = scratch('session');
  for (const [name, text] of Object.entries(commands)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  const mark = '----- end of a block -----';
  const all = blocks(file);
  const script = all.map((b) => `${b.shell}\necho "${mark}"\n`).join('');
  const r = await run('bash', ['-c', script], { cwd: dir, env: { ...process.env, ...env, PATH: `${dir}:${process.env.PATH}` } });
  const printed = r.stdout.replaceAll('\r', '').split(`${mark}\n`);
  all.forEach((b, i) => {
    if (b.text !== undefined && !pattern(b.text).test(printed[i] ?? ''))
      throw new Error(`${file}:${b.line}\n${b.shell}\nshould print\n${b.text}\nand prints\n${printed[i]}\n${r.stderr}`);
  });
  if (r.stderr) throw new Error(`${file} complains: ${r.stderr}`);
  return all;
}
