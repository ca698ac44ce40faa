// Plays the dialogues of this folder: what an access point asks, and all it
// hears. radclient of FreeRADIUS writes the requests and reads the answers by
// its own dictionaries; the clock is the script's. See README.
//	REPLAY_WRITE=1	writes what was heard into the scripts: read the difference
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { program, run, top } from '../lib/process.mjs';

const dir = join(top, 'tests/replay');

// [{line}] as they are, exchanges as {ask, attributes, get, answer}
export function parse(text) {
  const steps = [];
  let last = null, into = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('\t')) {
      if (!into) throw new Error(`nothing to belong to: ${line}`);
      into.push(line.trim());
    } else if (line.startsWith('ask ')) {
      last = { ask: line.slice(4), attributes: [], get: null, answer: [] };
      into = last.attributes;
      steps.push(last);
    } else if (line.startsWith('get ')) {
      last.get = line.slice(4);
      into = last.answer;
    } else {
      into = null;
      steps.push({ line });
    }
  }
  return steps;
}

const print = (steps) => steps.map((s) => (s.ask === undefined ? s.line
  : [`ask ${s.ask}`, ...s.attributes.map((a) => `\t${a}`), `get ${s.get}`, ...s.answer.map((a) => `\t${a}`)].join('\n'))).join('\n');

async function responder() {
  const child = spawn(program('tests/harness/replay_harness'), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value;
  const port = Number(await line());
  return { port, end: () => child.stdin.end(), tell: (what) => { child.stdin.write(`${what}\n`); return line(); } };
}

// An expected line that ends in three dots says how it begins: what is salted
// and no dictionary can open is another one each time.
const same = (want, got) => want === got || (want.endsWith('...') && got?.startsWith(want.slice(0, -3)));
const agreed = (want, heard) => heard.map((line, i) => (same(want[i] ?? '', line) ? want[i] : line));

// What radclient heard: the code, and each attribute but the signature.
async function ask(port, secret, attributes) {
  const r = await run('radclient', ['-x', '-r', '1', '-t', '1', `127.0.0.1:${port}`, 'auth', secret],
    { input: `${[...attributes, 'Message-Authenticator = 0x00'].join('\n')}\n` });
  const [, code, list] = r.stdout.match(/^Received (\S+) Id[^\n]*\n((?:\t[^\n]*\n)*)/m) ?? [null, 'nothing', ''];
  if (code === 'nothing' && !/no response|No reply/i.test(r.stdout + r.stderr)) throw new Error(r.stdout + r.stderr);
  const heard = list.split('\n').map((l) => l.trim()).filter(Boolean);
  return { code, heard, signed: heard[0]?.startsWith('Message-Authenticator = '), answer: heard.filter((l) => !l.startsWith('Message-Authenticator')) };
}

for (const name of readdirSync(dir).filter((f) => f.endsWith('.txt')).sort())
  test(name.replace(/\.txt$/, ''), async (t) => {
    const steps = parse(readFileSync(join(dir, name), 'utf8'));
    const it = await responder();
    let secret;
    t.after(() => it.end());
    for (const s of steps) {
      if (s.ask === undefined) {
        if (!s.line.trim() || s.line.startsWith('#')) continue;
        assert.equal(await it.tell(s.line), 'ok', s.line);
        if (s.line.startsWith('ap ')) [, , secret] = s.line.split(' ');
        continue;
      }
      const a = await ask(it.port, secret, s.attributes);
      if (a.code !== 'nothing') assert.ok(a.signed, `${s.ask}: Message-Authenticator comes first`);
      if (process.env.REPLAY_WRITE) { s.get = a.code; s.answer = agreed(s.answer, a.answer); continue; }
      assert.deepEqual([a.code, ...agreed(s.answer, a.answer)], [s.get, ...s.answer], s.ask);
    }
    if (process.env.REPLAY_WRITE) writeFileSync(join(dir, name), print(steps));
  });
