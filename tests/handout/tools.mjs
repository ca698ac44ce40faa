// Readers of other makes for what is handed out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { program, scratch } from '../lib/process.mjs';

const readCode = createRequire(import.meta.url)('jsqr');

export const dir = scratch('handout');

export const plain = {
  ssid: 'Residence', passphrase: 'k7mq-4xwp-9ctz-h2vn', network: 'Residence Wi-Fi', person: 'Ana Pérez',
  key: 'Telephone', plan: 'Internet, up to 50 Mbit/s', valid: 'until 24 December 2026, 12:00',
  brand: 'Hotel Miramar', support: 'Reception, dial 9', support_mail: 'wifi@miramar.example',
  url: 'https://wifi.miramar.example/', language: 'en', note: '', id: '0123456789abcdefghjkmnpqrs',
};

// Runs a program to its end; its standard output.
export function tool(command, args, input = '', ok = [0]) {
  const r = spawnSync(command, args, { input, maxBuffer: 1 << 28, timeout: 120000 });
  assert.equal(r.error, undefined, `${command}: ${r.error}`);
  assert.ok(ok.includes(r.status), `${command} ${args.join(' ')} ended with ${r.status}: ${r.stderr}`);
  return r.stdout;
}

// Our document for HANDOUT and the figures that come with it.
export function made(args, handout = plain) {
  const r = spawnSync(program('tests/harness/handout_harness'), args.map(String),
    { input: JSON.stringify(handout), maxBuffer: 1 << 28, timeout: 120000 });
  assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
  const figures = `${r.stderr}`.trim().split('\n').pop(); // after what was logged
  return { bytes: r.stdout, ...(figures ? JSON.parse(figures) : {}) };
}

export function file(name, bytes) {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

export const parsePgm = (b) => {
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(b.subarray(0, 40).toString('latin1'));
  return { width: +head[1], height: +head[2], grey: b.subarray(head[0].length) };
};

export const pgm = ({ width, height, grey }) =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Buffer.from(grey)]);

// One page of a PDF as grey pixels.
export const page = (pdf, dpi = 150, n = 1) =>
  parsePgm(tool('pdftoppm', ['-q', '-gray', '-r', dpi, '-f', n, '-l', n, '-singlefile', '-'].map(String), pdf));

// What two readers of different make find in a picture, sorted.
export function zbar(picture) {
  const path = picture.path ?? file('code.pgm', pgm(picture));
  const all = tool('zbarimg', ['-q', '--raw', '--nodbus', '-Sbinary', path], '', [0, 4]).toString();
  return all === '' ? [] : all.split(/(?=WIFI:T:)/).sort();
}
export const zxing = (path) => Buffer.from(/^Bytes: +([0-9A-F ]+)$/m
  .exec(tool('ZXingReader', ['-format', 'QRCode', path]).toString())[1].replace(/ /g, ''), 'hex').toString();
export function jsqr({ width, height, grey }) {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) rgba.set([grey[i], grey[i], grey[i], 255], i * 4);
  return Buffer.from(readCode(rgba, width, height).binaryData).toString();
}

// A WIFI: string the way Android (15, WifiUriParser) takes it apart.
export function android(uri) {
  assert.ok(uri.startsWith('WIFI:'));
  const field = {};
  let key = null, value = '', body = uri.slice(5);
  for (let i = 0; i < body.length; i++) {
    const c = body[i];
    if (key === null) {
      if (c === ';') break;
      assert.equal(body[i + 1], ':', `a field at ${i} of ${body}`);
      key = c;
      value = '';
      i++;
    } else if (c === '\\') value += body[++i];
    else if (c === ';') { field[key] = value; key = null; } else value += c;
  }
  return field;
}

// The splitter of older Androids and of many apps: an escaped `;` does not
// split, then the backslashes go.
export function older(uri) {
  const field = {};
  for (const part of uri.slice(5).split(/(?<!\\);/)) {
    const m = /^([A-Z]):(.*)$/s.exec(part);
    if (m) field[m[1]] = m[2].replace(/\\(.)/gs, '$1');
  }
  return field;
}

export const read = (path) => readFileSync(path);
