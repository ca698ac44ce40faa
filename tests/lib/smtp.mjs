// A mail server that keeps what it gets: {url, stop()}. Each letter comes to
// LETTERS as {to, from, ...}, see smtp.py.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { keepLetter } from './markup.mjs';
import { top, until } from './process.mjs';

export async function mailServer(letters) {
  const child = spawn('/usr/bin/python3', ['tests/lib/smtp.py'], { cwd: top, stdio: ['pipe', 'pipe', 'ignore'] });
  process.on('exit', () => child.kill('SIGKILL'));
  let port;
  createInterface({ input: child.stdout }).on('line', (l) => {
    if (l.startsWith('port ')) port = l.slice(5);
    else {
      letters.push(JSON.parse(l));
      if (letters.at(-1).html) keepLetter(letters.at(-1).html);
    }
  });
  await until('the mail server', () => port, 20000);
  return { url: `smtp://127.0.0.1:${port}`, stop: () => child.stdin.end() };
}
