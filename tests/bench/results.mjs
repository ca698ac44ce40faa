// RESULTS.md, from what was measured.
import { middle, machine, spread } from './measure.mjs';

const per = (runs) => runs.map((r) => r.per_cpu_second);
const row = (...cells) => `| ${cells.join(' | ')} |`;
const ratio = (x) => x.toFixed(2);

function rounds({ latchkey, echo, freeradius, goal }) {
  const above = freeradius && middle(per(echo)) / middle(per(freeradius));
  const mine = middle(per(latchkey)), floor = mine / middle(per(echo));
  const peer = freeradius && mine / middle(per(freeradius));
  const p99 = middle(latchkey.map((r) => r.p99_ms));
  const cells = (name) => [['latchkey-radius', latchkey], ['UDP echo (the floor)', echo], ['FreeRADIUS', freeradius]]
    .filter(([, runs]) => runs).map(([title, runs]) => row(title, spread(per(runs)), spread(runs.map((r) => r.per_second)),
      spread(runs.map((r) => r.p50_ms), 2), spread(runs.map((r) => r.p99_ms), 2)));
  return ['| server | answers per CPU second | per second | p50 ms | p99 ms |', '|---|---|---|---|---|', ...cells(), '',
    ...peer ? [`- FreeRADIUS: ${ratio(peer)} times its answers per CPU second. ${goal(peer >= 10, 'at least 10')} (the floor is at ${ratio(above)}).`] : [],
    `- The floor: ${ratio(floor)} of it. ${goal(floor >= 0.6, 'at least 0.6')}.`,
    `- p99 at window 64: ${p99.toFixed(2)} ms. ${goal(p99 < 0.5, 'less than 0.5')}.`];
}

function loss({ open, goal }) {
  return ['| server | sent | lost |', '|---|---|---|',
    ...Object.entries(open).filter(([, r]) => r).map(([name, r]) => row(name, r.sent, r.lost)), '',
    `- ${goal(open.latchkey.lost === 0, 'none lost')}.`];
}

function starts({ start, peer, goal }) {
  return ['| | ready after | memory |', '|---|---|---|',
    row('latchkey-radius, from the store', `${start.store.seconds.toFixed(2)} s`, `${start.store.mb.toFixed(0)} MB`),
    row('latchkey-radius, from its snapshot', `${start.snapshot.seconds.toFixed(2)} s`, `${start.snapshot.mb.toFixed(0)} MB`),
    row('the same a while later', '', `${start.later.toFixed(0)} MB`),
    ...peer ? [row('FreeRADIUS', `${peer.seconds.toFixed(2)} s`, `${peer.mb.toFixed(0)} MB`)] : [], '',
    ...[['its snapshot', start.snapshot.seconds, Math.max(start.snapshot.mb, start.later)], ['the store', start.store.seconds, start.store.mb]]
      .flatMap(([from, seconds, mb]) => [`- Start from ${from}: ${goal(seconds <= 0.3, 'at most 0.3 s')}.`,
        `- Memory after it: ${goal(mb <= 60, 'at most 60 MB')}.`])];
}

function search({ search: rows, match, psk }) {
  const slow = (keys) => `${(keys / psk.one_by_one).toFixed(1)} s`;
  return ['| keys | no key fits, CPU ms | packet to answer, ms | a new key, ms | by PBKDF2 for each key |', '|---|---|---|---|---|',
    ...rows.map((r) => row(r.keys.toLocaleString('en'), r.cpu.toFixed(2), r.took.toFixed(2), r.newcomer.toFixed(2), slow(r.keys))), '',
    'The last column is computed from the rate of PBKDF2 one by one in the same run ' +
    `(${psk.one_by_one.toFixed(0)} a second), which is how rlm_dpsk looks for a key.`, '',
    '| variant, WPA2-PSK | keys per second | ratio to portable |', '|---|---|---|',
    ...match.map((m) => row(m.variant, m.keys_per_s.toLocaleString('en'), ratio(m.ratio)))];
}

const FAST = 2, FOUND = 30, FIGURES = 20; // ms
function pages({ pages: { people, keys, samples, sqlite, pgsql }, goal }) {
  const n = (x) => x.toLocaleString('en'), searched = (r) => r.path.includes('q=');
  const judged = (text, limit, over) =>
    `- ${goal(!over.length, `${text} in at most ${limit} ms`)}${over.length ? ` (not ${over.map((r) => `\`${r.path}\``).join(', ')})` : ''}.`;
  const verdicts = ([name, all]) => [
    judged(`pages, with ${name},`, FAST, all.filter((r) => !searched(r) && r.took > FAST)),
    judged(`searches, with ${name},`, FOUND, all.filter((r) => searched(r) && r.took > FOUND)),
    judged(`\`/admin\` when its figures are counted, with ${name},`, FIGURES, all.filter((r) => r.counted && middle(r.counted) > FIGURES))];
  const anew = ([name, all]) => all.filter((r) => r.counted)
    .map((r) => `\`${r.path}\` when its figures are counted anew, with ${name}: ${spread(r.counted, 2)} ms.`);
  return [`${n(people)} people, ${n(keys)} passwords, devices and visits, ${n(6 * keys)} acts; inside the portal, from the request to the page, as its log says;`,
    `the first time, and the median of ${samples} later ones and the most of them. What takes reading much, such as the figures of`,
    '`/admin` and how many there are of a list, is counted anew every half minute.', '',
    '| page | SQLite ms | most | first | PostgreSQL ms | most | first |', '|---|---|---|---|---|---|---|',
    ...sqlite.map((r, i) => row(`\`${r.path}\``, ...[r, pgsql[i]].flatMap((x) => [x.took, x.most, x.first].map((v) => v.toFixed(2))))), '',
    ...[['SQLite', sqlite], ['PostgreSQL', pgsql]].flatMap((e) => [...anew(e), '']),
    ...[['SQLite', sqlite], ['PostgreSQL', pgsql]].flatMap(verdicts)];
}

// A short run is too short to judge by.
const judge = (short) => (met, text) => `${short ? 'not judged' : met ? 'met' : '**missed**'}: ${text}`;

const about = (it) => `Written by the command itself${it.short ? ', short form: **too short and too small to judge by**' : ''}.
${it.users.toLocaleString('en')} keys, each with a device bound to it, passphrases of ${it.passphrase.length} characters (the same ones in
all servers); MAC authentication in, Tunnel-Password and VLAN out, Message-Authenticator checked.
${machine()};
server and load generator have a core each. Rounds are interleaved; figures are the median of ${it.latchkey.length} and, in
brackets, the least and the most. FreeRADIUS: ${it.version ?? 'not installed, not measured'}.`;

const asked = (it) => ({ ...it, goal: judge(it.short) });

export const report = (it) => `# Results of \`make bench\`

${about(it)}

## Questions of known devices, 64 open at a time
${rounds(asked(it)).join('\n')}

${it.version ? `FreeRADIUS ${it.peerSigns ? 'signs its answers, as we do' : 'does not sign its answers (no Message-Authenticator); we do, and send User-Name, Chargeable-User-Identity and Class besides'}.\n` : ''}
## ${it.rate.toLocaleString('en')} questions a second, whatever comes back
${loss(asked(it)).join('\n')}

## Start and memory
${starts(asked(it)).join('\n')}

## Search for the key of an unknown device
${search(it).join('\n')}

## Pages of the portal
${pages(asked(it)).join('\n')}
`;
