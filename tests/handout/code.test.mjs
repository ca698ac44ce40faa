// The code on paper and on screen, read by others: the same SSID and password.
import assert from 'node:assert/strict';
import test from 'node:test';
import { android, file, jsqr, made, older, page, plain, tool, zbar, zxing } from './tools.mjs';

const ssids = ['Residence', ' leading', 'trailing ', 'a;b', 'a:b,c', '"quoted"', 'back\\slash', 'ends in \\',
  'Café Zürich', '📶 emoji 🏠', 'مقهى المدينة', '郎明ホテル', "it's 100 % #1", '12345678901234567890123456789012',
  'deadbeef', '\\";:,'];
const passphrases = ['k7mq-4xwp-9ctz-h2vn', 'p;\\":,pass', '12345678', `${'a;'.repeat(31)}z`, ' spaces ', '"q" #\\\\x;'];

const escaped = (h) => made(['wifi'], h).bytes.toString();

test('both families of readers get back what went in (W-26)', () => {
  for (const ssid of ssids)
    for (const passphrase of passphrases) {
      const want = { T: 'WPA', S: ssid, P: passphrase };
      const uri = escaped({ ...plain, ssid, passphrase });
      assert.deepEqual(android(uri), want);
      // the old splitter is wrong about a value that ends in a backslash
      if (!ssid.endsWith('\\') && !passphrase.endsWith('\\') && !/\\;/.test(ssid + passphrase))
        assert.deepEqual(older(uri), want);
      assert.deepEqual(android(escaped({ ...plain, ssid, passphrase, hidden: true })), { ...want, H: 'true' });
    }
});

test('zbar and ZXing read the PNG (W-26)', () => {
  for (const ssid of ssids) {
    const h = { ...plain, ssid, passphrase: passphrases[ssids.indexOf(ssid) % passphrases.length] };
    const path = file('code.png', made(['png', 6], h).bytes);
    const found = tool('zbarimg', ['-q', '--raw', '--nodbus', '-Sbinary', '-1', path]).toString();
    assert.equal(found, escaped(h));
    assert.equal(zxing(path), escaped(h));
  }
});

// The path of the SVG is all there is: rectangles of whole modules.
function svgPixels(svg, k = 4) {
  const side = +/viewBox="0 0 (\d+)/.exec(svg)[1];
  const grey = Buffer.alloc(side * k * side * k, 255);
  const path = /fill="#000" d="([^"]*)"/.exec(svg)[1];
  for (const [, x, y, w] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let r = y * k; r < (+y + 1) * k; r++)
      grey.fill(0, r * side * k + x * k, r * side * k + (+x + +w) * k);
  assert.equal(path.replace(/M\d+ \d+h(\d+)v1h-\1z/g, ''), '');
  return { width: side * k, height: side * k, grey };
}

test('the SVG is the same code to zbar and jsQR', () => {
  for (const ssid of ssids.slice(0, 12)) {
    const h = { ...plain, ssid };
    const svg = made(['svg'], h).bytes.toString();
    tool('xmllint', ['--noout', '-'], svg);
    assert.deepEqual(zbar(svgPixels(svg)), [escaped(h)]);
    assert.equal(jsqr(svgPixels(svg)), escaped(h));
  }
});

for (const [layout, copies] of [['a4', 1], ['a4-4', 4], ['a4-8', 8], ['a4-10', 10], ['a4-20', 20], ['letter', 1],
  ['letter-4', 4], ['letter-8', 8], ['letter-10', 10], ['letter-20', 20], ['a6', 1], ['receipt', 1]])
  test(`every code of ${layout} is read from the printed page`, () => {
    for (const h of [plain, { ...plain, ssid: 'ends in \\; 📶 "x"', language: 'ar', passphrase: passphrases[3] }]) {
      const { bytes } = made(['pdf', layout, copies], h);
      for (const dpi of copies === 20 ? [200, 300] : [150]) {
        const found = zbar(page(bytes, dpi));
        assert.equal(found.length, copies, `at ${dpi} dots per inch`);
        for (const f of found) assert.equal(f, escaped(h));
      }
    }
  });

test('a code is still read from a coarse scan', () => {
  assert.deepEqual(zbar(page(made(['pdf', 'a4', 1]).bytes, 60)), [escaped(plain)]);
});

test('the picture in an ESC/POS receipt is the same code', () => {
  const { bytes, missing } = made(['escpos'], { ...plain, person: 'Žižek Иван' });
  assert.equal(missing, 0);
  const at = bytes.indexOf(Buffer.from([0x1d, 0x76, 0x30, 0]));
  const wide = bytes.readUInt16LE(at + 4), height = bytes.readUInt16LE(at + 6);
  const grey = Buffer.alloc(wide * 8 * height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = bytes[at + 8 + (i >> 3)] & (0x80 >> (i & 7)) ? 0 : 255;
  assert.deepEqual(zbar({ width: wide * 8, height, grey }), [escaped(plain)]);
  assert.ok(wide * 8 <= 576);
  const text = bytes.toString('latin1');
  assert.ok(text.startsWith('\x1b@') && text.includes(plain.passphrase) && text.endsWith('\x1dVB\x20'));
});

test('lines of an ESC/POS receipt fit on the paper, and break where words do', () => {
  const long = { ...plain, brand: 'The Grand Residence Hotel and Conference Centre, Fifth Avenue', person: 'W'.repeat(80),
    note: 'x'.repeat(47) + ' ' + 'y'.repeat(48) + ' z' };
  const { bytes } = made(['escpos'], long);
  const after = bytes.indexOf(Buffer.from([0x1d, 0x76, 0x30, 0]));
  const size = bytes.readUInt16LE(after + 4) * bytes.readUInt16LE(after + 6);
  const lines = Buffer.concat([bytes.subarray(0, after), bytes.subarray(after + 8 + size)]).toString('latin1')
    .replace(/\x1b@|\x1bt.|\x1ba[\0\x01]|\x1bE[\0\x01]|\x1d!.|\x1dVB /gs, '').split('\n');
  for (const l of lines) assert.ok(l.length <= 48 && l === l.trimEnd(), `${l.length}: ${l}`);
  for (const l of ['The Grand Residence Hotel and Conference Centre,', 'Fifth Avenue', 'W'.repeat(48), 'W'.repeat(32), 'x'.repeat(47), 'y'.repeat(48), 'z'])
    assert.ok(lines.includes(l), `${l} in ${lines.join('|')}`);
});
