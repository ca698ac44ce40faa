// QR codes, read by programs of other people.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { must, run } from './process.mjs';

const jsQR = createRequire(import.meta.url)('jsqr');

export const zbar = async (png) => (await must('zbarimg', ['-q', '--raw', '-Sbinary', '--nodbus', png])).replace(/\n$/, '');

// The second reader: ZXing where it is installed, jsQR otherwise.
export async function second(png) {
  const r = await run('ZXingReader', ['-format', 'QRCode', png]);
  const m = r.stdout.match(/^Text: +"(.*)"$/m);
  if (m) return m[1];
  const { data, width, height } = rgba(readFileSync(png));
  return jsQR(data, width, height)?.data ?? '';
}

// 8-bit PNG without interlace, as Chromium and poppler write it, to RGBA.
export function rgba(png) {
  const width = png.readUInt32BE(16), height = png.readUInt32BE(20), kind = png[25];
  const n = { 0: 1, 2: 3, 4: 2, 6: 4 }[kind], parts = [];
  if (png[24] !== 8 || !n || png[28] !== 0) throw new Error('a PNG of another kind');
  for (let at = 8; at < png.length;) {
    const len = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + len));
    at += 12 + len;
  }
  const raw = inflateSync(Buffer.concat(parts)), line = width * n;
  const out = Buffer.alloc(line * height), data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const a = x >= n ? out[y * line + x - n] : 0, b = y ? out[(y - 1) * line + x] : 0;
      const c = x >= n && y ? out[(y - 1) * line + x - n] : 0;
      const pa = Math.abs(b - c), pb = Math.abs(a - c), pc = Math.abs(a + b - 2 * c);
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      out[y * line + x] = raw[y * (line + 1) + 1 + x] + [0, a, b, (a + b) >> 1, paeth][filter];
    }
  }
  for (let i = 0; i < width * height; i++) {
    const p = out.subarray(i * n, i * n + n);
    data.set(n >= 3 ? [p[0], p[1], p[2], 255] : [p[0], p[0], p[0], 255], i * 4);
  }
  return { data, width, height };
}

// What a phone makes of WIFI:...;;
export function wifi(text) {
  if (!text.startsWith('WIFI:')) throw new Error(`no Wi-Fi code: ${text}`);
  const out = {};
  let key = '', value = null;
  for (let i = 5; i < text.length; i++) {
    if (value === null) { if (text[i] === ':') value = ''; else if (text[i] !== ';') key += text[i]; }
    else if (text[i] === '\\') value += text[++i];
    else if (text[i] === ';') { out[key] = value; key = ''; value = null; }
    else value += text[i];
  }
  return out;
}

// The first page of a PDF as a picture.
export async function rendered(pdf, png, dpi = 100) {
  await must('pdftoppm', ['-png', '-r', String(dpi), '-singlefile', pdf, png.replace(/\.png$/, '')]);
  return png;
}

export const keep = (path, octets) => { writeFileSync(path, octets); return path; };
