// Sheets, as other programs see them: whole, and as they were approved.
// UPDATE=1 writes the pictures in golden/ anew: look at them before committing.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { slower, top } from '../lib/process.mjs';
import { file, made, page, parsePgm, pgm, plain, tool } from './tools.mjs';

const layouts = ['a4', 'a4-4', 'a4-8', 'a4-10', 'a4-20', 'letter', 'letter-4', 'letter-8', 'letter-10', 'letter-20',
  'a6', 'receipt'];

const arabic = { ...plain, ssid: 'مقهى المدينة', passphrase: 'abcdefghjkmnpqrs', network: 'شبكة الفندق',
  person: 'مُحَمَّد بن أحمد (غرفة 12)', key: 'هاتف', plan: 'إنترنت', valid: 'حتى 24 ديسمبر 2026',
  brand: 'فندق ميرامار', support: 'الاستقبال', language: 'ar', note: 'أهلًا وسهلًا بكم.', hidden: true };
const japanese = { ...plain, ssid: 'カフェ・みらい', passphrase: 'correct-horse-battery-staple-abundance-magnificent-xylo',
  network: 'ホテル', person: '山田 太郎 郎明 한국어 이름', key: '電話', plan: 'インターネット', valid: '2026年12月24日 まで',
  brand: 'ホテル・ミラマール', support: 'フロント 9', language: 'ja' };
const hebrew = { ...plain, ssid: 'קפה הנמל', person: 'דָּנָה לוי (חדר 12)', key: 'טלפון', plan: 'אינטרנט, 50 Mbit/s',
  valid: 'עד 24 בדצמבר 2026', brand: 'מלון מירמר', support: 'דלפק הקבלה, 9', language: 'he', note: 'ארוחת בוקר מ-7 עד 10.' };
const chinese = { ...plain, ssid: '海港咖啡', network: '酒店 Wi-Fi', person: '王小明', key: '手机', plan: '上网，最高 50 Mbit/s',
  valid: '有效至 2026年12月24日 12:00', brand: '海景酒店', support: '前台，拨 9', language: 'zh', note: '早餐时间为 7 点至 10 点。' };
const marks = { ...plain, ssid: 'Cafe\u0301 "a;b\\c"', person: 'Nguye\u0302\u0303n A\u030angstro\u0308m Ωμέγα Žižek Иван',
  valid: 'bis 24. Dezember 2026', language: 'de', note: 'Frühstück gibt es von 7 bis 10 Uhr.' };
// letters that depend on their neighbours, each script in one text
const scripts = { ...plain, brand: 'होटल श्री कृष्णा', person: 'प्रियंका द्विवेदी, রবীন্দ্রনাথ ক্ষিতি', key: 'தமிழ்ச்செல்வி ශ්‍රී', plan: 'ที่รัก น้ำผึ้ง, ຫຼວງພະບາງ',
  valid: 'ភ្នំពេញ ខ្មែរ, ကျွန်ုပ် အောင်', support: 'ಶ್ರೀಕೃಷ್ಣ, శ్రీనివాస్, ശ്രീകുമാർ', note: 'ਗੁਰਪ੍ਰੀਤ, ક્ષિતિજ, ଶ୍ରୀକୃଷ୍ଣ, བསྟན་འཛིན་, አበበ ቢቂላ, ދިވެހި' };
// of no plane a PDF's codes reach by themselves
const pictures = { ...plain, ssid: '😀 Café 📶 👍🏽', person: 'Ana 🏖️❤️ 🇩🇪 (𝔄)', note: '🎉🍕☕ 👨‍👩‍👧 🗝', brand: '🏨 Miramar' };
const nasty = { ...plain, ssid: ')\\(<>"\'%', brand: ')) Tj ET \\', person: 'x) \r\n endobj \u202e 📶 '.repeat(200),
  key: 'ש\u05c1\u202e\u2066\u200b\ufeff', plan: '\u0301\u0301\u0301', valid: '郎'.repeat(3000), note: 'a\n\n\n)'.repeat(500),
  support: '-'.repeat(5000), url: 'https://x/'.repeat(100), language: 'he' };

test('qpdf finds nothing wrong, and a catalog of two entries (W-25)', () => {
  for (const h of [plain, arabic, japanese, marks, pictures, scripts, nasty])
    for (const layout of layouts) {
      const path = file('sheet.pdf', made(['pdf', layout, 3], h).bytes);
      assert.match(tool('qpdf', ['--check', path]).toString(), /No syntax or stream encoding errors/);
      const { qpdf } = JSON.parse(tool('qpdf', ['--json', path]));
      const objects = Object.values(qpdf[1]).map((o) => o.value);
      const catalog = objects.find((v) => v?.['/Type'] === '/Catalog');
      assert.deepEqual(Object.keys(catalog).sort(), ['/Pages', '/Type']);
      assert.ok(!objects.some((v) => v?.['/S'] === '/JavaScript' || v?.['/Type'] === '/Annot' || v?.['/AA']));
      const fonts = objects.filter((v) => v?.['/Type'] === '/FontDescriptor');
      assert.ok(fonts.length >= 1 && fonts.length <= (h === scripts ? 22 : 5) && fonts.every((f) => '/FontFile2' in f));
    }
});

test('one person\'s keys, as text', () => {
  const text = tool('pdftotext', ['-q', '-layout', '-', '-'], made(['pdf', 'a4', 1]).bytes).toString();
  for (const t of [plain.ssid, plain.passphrase, plain.person, plain.brand, plain.valid, plain.url, plain.support_mail])
    assert.ok(text.includes(t), `${t} in ${text}`);
  assert.equal(text.split(plain.passphrase).length, 2);
});

test('what no font has is a square and is counted (W-25)', () => {
  // private use, and a script that no font of ours has
  const { bytes, missing } = made(['pdf', 'a4', 1], { ...plain, person: 'Ana \ue123ᬓ' });
  assert.equal(missing, 2);
  assert.ok(tool('pdftotext', ['-q', '-', '-'], bytes).toString().includes('Ana □□'));
  for (const h of [plain, arabic, japanese, marks, pictures, scripts]) assert.equal(made(['pdf', 'a4', 1], h).missing, 0);
});

test('pictures can be searched and copied as what they are', () => {
  const text = tool('pdftotext', ['-q', '-layout', '-', '-'], made(['pdf', 'a4', 1], pictures).bytes).toString();
  // what has no form of its own on paper (colours, joiners) is not there
  for (const t of ['😀 Café 📶 👍', 'Ana 🏖❤ 🇩🇪 (𝔄)', '🎉🍕☕ 👨👩👧 🗝', '🏨 Miramar']) assert.ok(text.includes(t), `${t} in ${text}`);
});

test('what is put together of several letters is copied as it was written', () => {
  const text = tool('pdftotext', ['-q', '-layout', '-', '-'], made(['pdf', 'a4', 1], scripts).bytes).toString();
  for (const t of [scripts.brand, scripts.person, scripts.key, scripts.plan, scripts.valid, scripts.support, 'ਗੁਰਪ੍ਰੀਤ, ક્ષિતિજ, ଶ୍ରୀକୃଷ୍ଣ, བསྟན་འཛིན་, አበበ ቢቂላ'])
    for (const word of t.split(', ')) assert.ok(text.includes(word), `${word} in ${text}`);
});

test('every language has glyphs for all it says, and leaves the password alone', () => {
  for (const language of ['en', 'ar', 'cs', 'de', 'es', 'fr', 'he', 'it', 'ja', 'nl', 'pl', 'pt', 'sv', 'tr', 'uk', 'zh'])
    for (const layout of ['a4', 'a4-8', 'receipt']) {
      const { bytes, missing } = made(['pdf', layout, 1], { ...plain, language, hidden: true });
      assert.equal(missing, 0, `${language} on ${layout}`);
      const text = tool('pdftotext', ['-q', '-layout', '-', '-'], bytes).toString();
      assert.ok(text.includes(plain.passphrase), `${language} on ${layout}: ${text}`);
      assert.ok(!text.includes('□'));
    }
});

test('the same input gives the same octets', () => {
  for (const layout of layouts)
    assert.deepEqual(made(['pdf', layout, 2], japanese).bytes, made(['pdf', layout, 2], japanese).bytes);
});

test('pages have the size of their paper', () => {
  const size = (layout) => /Page size: +([\d.]+) x ([\d.]+)/
    .exec(tool('pdfinfo', ['-'], made(['pdf', layout, 1]).bytes).toString()).slice(1).map(Number).map(Math.round);
  for (const l of layouts) {
    const [w, h] = size(l);
    if (l === 'receipt') assert.ok(w === 227 && h > 300 && h < 700, `${h}`);
    else assert.deepEqual([w, h], l.startsWith('a4') ? [595, 842] : l === 'a6' ? [298, 420] : [612, 792]);
  }
});

test('a thousand keys on sheets take about a second', (t) => {
  for (const layout of ['a4', 'a4-20']) {
    const { seconds, bytes } = made(['pdf', layout, 1000], marks);
    t.diagnostic(`${layout}: ${seconds.toFixed(2)} s, ${bytes.length} octets`);
    assert.ok(seconds < 5 * slower, 'even on a machine that does other things, too');
  }
});

// Blocks of 8 by 8 pixels may differ a little, as renderers do in their edges.
function difference(a, b) {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  let worst = 0;
  for (let y = 0; y + 8 <= a.height; y += 8)
    for (let x = 0; x + 8 <= a.width; x += 8) {
      let sum = 0;
      for (let i = 0; i < 64; i++) {
        const at = (y + (i >> 3)) * a.width + x + (i & 7);
        sum += Math.abs(a.grey[at] - b.grey[at]);
      }
      worst = Math.max(worst, sum / 64);
    }
  return worst;
}

const golden = join(top, 'tests/handout/golden');
for (const [name, layout, h] of [['plain', 'a4', plain], ['arabic', 'a4', arabic], ['japanese', 'a4', japanese],
  ['marks', 'letter', marks], ['pictures', 'a4', pictures], ['scripts', 'a4', scripts], ['hebrew', 'a6', hebrew], ['chinese', 'a4', chinese], ['cards', 'a4-10', arabic], ['small', 'a4-20', japanese], ['slip', 'receipt', marks]])
  test(`${name} looks as approved, down to every part of every glyph`, () => {
    const now = page(made(['pdf', layout, 2], h).bytes, 80);
    const path = join(golden, `${name}.pgm.gz`);
    if (process.env.UPDATE) {
      mkdirSync(golden, { recursive: true });
      writeFileSync(path, gzipSync(pgm(now), { level: 9 }));
    }
    assert.ok(existsSync(path));
    const worst = difference(now, parsePgm(gunzipSync(readFileSync(path))));
    assert.ok(worst < 24, `a block differs by ${worst} of 255`);
  });

test('a receipt is black: a thermal printer knows no grey', () => {
  for (const h of [plain, arabic, japanese]) {
    const content = tool('qpdf', ['--qdf', '--object-streams=disable', file('slip.pdf', made(['pdf', 'receipt', 1], h).bytes), '-']).toString('latin1');
    const greys = [...content.matchAll(/^([\d.]+) [gG]$/gm)].map((m) => +m[1]);
    assert.ok(greys.includes(0) && greys.every((g) => g === 0 || g === 1), `${[...new Set(greys)]}`);
  }
});

// The lines of text in what a printer of receipts is sent, and its pictures of
// lines, one under the other (not the code, which is the tallest).
function receipt(bytes) {
  const text = [], rows = [];
  let at = 0, line = '';
  const skip = { '\x1b@': 2, '\x1bt': 3, '\x1ba': 3, '\x1bE': 3, '\x1d!': 3, '\x1dV': 4 };
  while (at < bytes.length) {
    const two = bytes.toString('latin1', at, at + 2);
    if (two === '\x1dv') {
      const wide = bytes.readUInt16LE(at + 4), high = bytes.readUInt16LE(at + 6);
      for (let y = 0; y < high && high < 200; y++) {
        const row = Buffer.alloc(576, 255);
        for (let x = 0; x < wide * 8; x++) if (bytes[at + 8 + y * wide + (x >> 3)] & (0x80 >> (x & 7))) row[x] = 0;
        rows.push(row);
      }
      at += 8 + wide * high;
    } else if (skip[two]) at += skip[two];
    else if (bytes[at] === 10) { text.push(line); line = ''; at++; } else line += String.fromCharCode(bytes[at++]);
  }
  return { text, picture: { width: 576, height: rows.length, grey: Buffer.concat(rows) } };
}

for (const [name, h] of [['slip-ar', arabic], ['slip-ja', japanese], ['slip-pictures', pictures], ['slip-scripts', scripts]])
  test(`${name}: what an ESC/POS printer has no letters for is drawn`, () => {
    const { bytes, missing } = made(['escpos'], h);
    const { text, picture } = receipt(bytes);
    assert.equal(missing, 0);
    assert.ok(!text.some((l) => l.includes('?')));
    assert.ok(text.join('').includes(h.passphrase.startsWith('abcd') ? 'abcd efgh' : h.passphrase.slice(0, 20)), 'the password is text');
    const path = join(golden, `${name}.pgm.gz`);
    if (process.env.UPDATE) writeFileSync(path, gzipSync(pgm(picture), { level: 9 }));
    const worst = difference(picture, parsePgm(gunzipSync(readFileSync(path))));
    assert.ok(worst < 48, `a block differs by ${worst} of 255`);
  });
