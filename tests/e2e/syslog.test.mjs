// The record of acts at a real rsyslog, by TLS: every row once and in order,
// also over a restart of the log server, and the head of the chain.
// waits: collectors that are away
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, must, program, scratch, start, until } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';
import { authority } from '../lib/tls.mjs';

let p, dir, port, log, tls;

const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').filter(Boolean) : [])
  .map((l) => {
    const [, time, host, app, id, pri, sd, text] = l.match(/^(\S+) (\S+) (\S+) (\S+) (\d+) (\[.*?[^\\]\]) (.*)$/);
    const fields = Object.fromEntries([...sd.matchAll(/ (\w+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1], m[2]]));
    return { time, host, app, id, pri, fields, body: JSON.parse(text) };
  });
const rows = () => lines().filter((l) => l.id !== 'audit.head');

async function rsyslog() {
  const it = start('rsyslogd', ['-n', '-f', join(dir, 'rsyslog.conf'), '-i', join(dir, 'pid')]);
  await until('rsyslog to listen', async () => {
    if (it.ended) throw new Error(`rsyslogd ended:\n${it.output}`);
    return must('bash', ['-c', `: </dev/tcp/127.0.0.1/${port}`]).then(() => true, () => false);
  }, 15000);
  return it;
}

before(async () => {
  dir = scratch('syslog');
  chmodSync(dir, 0o755); // the portal runs as somebody else
  log = join(dir, 'log');
  port = await freePort();
  const { ca, issue } = await authority(dir);
  const { cert, key } = await issue('log', { hosts: ['localhost'] });
  writeFileSync(join(dir, 'rsyslog.conf'), `
global(workDirectory="${dir}" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${ca}"
  defaultNetstreamDriverCertFile="${cert}" defaultNetstreamDriverKeyFile="${key}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="${port}" address="127.0.0.1")
template(name="whole" type="string"
  string="%timestamp:::date-rfc3339% %hostname% %app-name% %msgid% %pri% %structured-data% %msg%\\n")
action(type="omfile" file="${log}" template="whole")
`);
  tls = await rsyslog();
  p = await startPortal({ providers: `syslog { url = "tls://localhost:${port}" ca_file = "${ca}" host = "wifi.example.org" head = 5s }` });
});
after(async () => { await p?.stop(); await tls?.stop(); });

const exported = async (...args) => (await must(program('latchkey'), ['-c', p.conf, 'audit', 'export', ...args]))
  .trim().split('\n').map((l) => JSON.parse(l));
// All rows of the record are at the log server, as they are here.
async function same() {
  const ours = await exported();
  const { head, seq } = ours.pop();
  await until('every row', () => rows().some((r) => r.body.seq === seq), 30000);
  const theirs = [...new Map(rows().map((r) => [r.body.seq, r])).values()];
  assert.deepEqual(theirs.map((r) => r.body), ours);
  assert.equal(head, ours.at(-1).hash);
  for (const r of theirs) {
    assert.equal(r.fields.hash, r.body.hash);
    assert.equal(r.fields.act, r.id);
    assert.equal(Number(r.fields.seq), r.body.seq);
  }
  return { head, seq };
}

test('every act is told, with the hash that chains it, and then the head', async () => {
  await must(program('latchkey'), ['-c', p.conf, 'person', 'add', '--name', 'Ada "Ä" ] Lovelace']);
  const { head, seq } = await same();
  const last = await until('the head', () => lines().filter((l) => l.id === 'audit.head').find((l) => l.body.seq === seq));
  assert.deepEqual(last.body, { seq, head });
  assert.equal(last.host, 'wifi.example.org');
  assert.equal(last.app, 'latchkey');
  assert.equal(last.pri, '109');
  await must(program('latchkey'), ['-c', p.conf, 'audit', 'verify', '--head', last.body.head, '--seq', `${last.body.seq}`]);
});

test('what happens while the log server is away is told when it is back', async () => {
  await tls.stop('SIGKILL');
  for (let i = 0; i < 20; i++)
    await must(program('latchkey'), ['-c', p.conf, 'person', 'add', '--name', `Away ${i}`]);
  tls = await rsyslog();
  await same();
  assert.match(p.portal.output, /syslog\.not-reached/);
});

test('what was exported before is left out when asked, and the last line is the head', async () => {
  const all = await exported();
  const { seq, head } = all.at(-1);
  assert.deepEqual(await exported('--after', `${seq}`), [{ head, seq }]);
  const few = await exported('--after', `${seq - 2}`);
  assert.deepEqual(few.map((l) => l.seq), [seq - 1, seq, seq]);
  assert.ok(all.slice(0, -1).every((l, i) => l.seq === i + 1));
});
