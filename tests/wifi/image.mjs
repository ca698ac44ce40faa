// The guest's kernel and file system, from Debian packages alone: Debian 12's
// kernel with mac80211_hwsim, busybox, iw, iproute2, and hostapd and
// wpa_supplicant of the suite asked for. Fetched and verified by apt in a root
// of its own; the machine's packages are not touched. Kept below build/wifi.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { must, top } from '../lib/process.mjs';

const cache = process.env.LATCHKEY_WIFI_CACHE ?? join(top, 'build', 'wifi');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

// Which suite has which generation of hostapd and wpa_supplicant.
const suites = { '2.10': 'bookworm', '2.11': 'forky' };

const modules = ['virtio_pci', 'virtio_net', 'virtio_console', 'virtio_rng', 'bridge', '8021q',
  'ccm', 'gcm', 'cmac', 'ctr', 'mac80211_hwsim'];
const programs = ['hostapd', 'hostapd_cli', 'wpa_supplicant', 'wpa_cli', 'iw', 'ip', 'bridge'];

async function mirror() {
  const uris = (await must('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']))
    .split('\n').map((u) => u.replace(/\/$/, ''));
  const found = uris.find((u) => /\/debian$/.test(u));
  if (!found) throw new Error('apt on this machine knows no Debian archive');
  return found;
}

// apt for SUITE: lists and downloads below DIR, nothing installed.
async function apt(suite) {
  const dir = join(cache, `apt-${suite}`);
  for (const d of ['lists/partial', 'archives/partial', 'debs', 'etc/preferences.d', 'etc/apt.conf.d'])
    mkdirSync(join(dir, d), { recursive: true });
  writeFileSync(join(dir, 'status'), '');
  writeFileSync(join(dir, 'sources.list'), `deb [arch=amd64 signed-by=${keyring}] ${await mirror()} ${suite} main\n`);
  const settings = {
    'Dir::State': dir, 'Dir::State::status': join(dir, 'status'), 'Dir::State::lists': join(dir, 'lists'),
    'Dir::Cache': dir, 'Dir::Cache::archives': join(dir, 'archives'), 'Dir::Etc': join(dir, 'etc'),
    'Dir::Etc::sourcelist': join(dir, 'sources.list'), 'Dir::Etc::sourceparts': '-', 'Dir::Etc::main': '-',
    'Dir::Etc::parts': join(dir, 'etc/apt.conf.d'), 'Dir::Etc::preferences': '-',
    'APT::Architecture': 'amd64', 'APT::Architectures': 'amd64', 'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false', 'Acquire::Languages': 'none',
    'Acquire::Check-Valid-Until': 'false', // a mirror may be a snapshot of an earlier day
    'Debug::NoLocking': 'true',
  };
  const options = Object.entries(settings).flatMap(([k, v]) => ['-o', `${k}=${v}`]);
  const get = (...args) => must('apt-get', [...options, '-q', ...args], { cwd: join(dir, 'debs') });
  await get('update');
  return {
    kernel: async () => (await must('apt-cache', [...options, 'show', '--no-all-versions', 'linux-image-amd64']))
      .match(/^Depends: .*?(linux-image-\d[^ ,]*)/m)[1],
    // The packages NAMES need, without those that only installing needs.
    closure: async (names) => [...(await get('install', '-y', '--print-uris', ...names))
      .matchAll(/^'[^']+' (\S+?)_/gm)].map((m) => m[1])
      .filter((n) => !/^(perl|debconf|dpkg|adduser|passwd|init-system|sysvinit|tar$|gcc-\d|login|libpam|systemd|udev|ucf|sensible|libc-bin|coreutils|base-|bash|util-linux|openssl)/.test(n)),
    fetch: async (names) => {
      for (const f of readdirSync(join(dir, 'debs'))) rmSync(join(dir, 'debs', f));
      await get('download', ...names);
      return readdirSync(join(dir, 'debs')).map((f) => join(dir, 'debs', f));
    },
  };
}

// Files of DEB that match PATTERNS (tar's); a pattern may match none.
const unpack = (deb, root, ...patterns) => must('sh', ['-c',
  'deb=$1 root=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --no-same-owner --wildcards "$@" 2>/dev/null; true',
  'unpack', deb, root, ...patterns]);

// The ELF inside a bzImage: booted directly, nothing is decompressed inside
// the guest, which alone would take ten seconds under emulation.
async function kernelImage(path, dir) {
  const image = readFileSync(path);
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248);
  const payload = join(dir, 'payload');
  writeFileSync(payload, image.subarray(start, start + image.readUInt32LE(0x24c)));
  return new Promise((done, fail) => {
    execFile('xz', ['-dc', '--single-stream', payload], { encoding: 'buffer', maxBuffer: 256 << 20 },
      (error, out) => (out?.subarray(0, 4).toString('latin1') === '\x7fELF' ? done(out) : fail(error ?? new Error('no ELF inside the kernel'))));
  });
}

// Kernel modules in the order in which they load.
function moduleOrder(root) {
  const found = new Map();
  const walk = (dir) => {
    for (const e of readdirSync(dir, { withFileTypes: true })) {
      if (e.isDirectory()) walk(join(dir, e.name));
      else if (e.name.endsWith('.ko')) found.set(e.name.slice(0, -3).replaceAll('-', '_'), join(dir, e.name));
    }
  };
  walk(join(root, 'lib/modules'));
  const order = new Map();
  const want = (name) => {
    if (order.has(name) || !found.has(name)) return; // built in
    const octets = readFileSync(found.get(name));
    order.set(name, null);
    const needs = octets.toString('latin1').match(/\0depends=([^\0]*)/)?.[1] ?? '';
    for (const n of needs.split(',').filter(Boolean)) want(n.replaceAll('-', '_'));
    order.delete(name);
    order.set(name, octets);
  };
  for (const m of modules) want(m.replaceAll('-', '_'));
  if (!order.has('mac80211_hwsim')) throw new Error('this kernel has no mac80211_hwsim');
  return order;
}

// cpio(5), "new ASCII"
function archive(entries) {
  const out = [];
  const pad = (n) => out.push(Buffer.alloc((4 - (n % 4)) % 4));
  let inode = 1;
  for (const [name, mode, data = Buffer.alloc(0), device = [0, 0]] of [...entries, ['TRAILER!!!', 0]]) {
    const numbers = [inode++, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, name.length + 1, 0];
    const head = Buffer.from(`070701${numbers.map((n) => n.toString(16).padStart(8, '0')).join('')}${name}\0`);
    out.push(head);
    pad(head.length);
    out.push(data);
    pad(data.length);
  }
  return Buffer.concat(out);
}

// The programs and every library the loader finds for them, inside ROOT.
async function userland(root) {
  const files = new Map();
  const loader = realpathSync(join(root, 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'));
  files.set('usr/lib64/ld-linux-x86-64.so.2', readFileSync(loader));
  for (const name of programs) {
    const path = ['usr/sbin', 'usr/bin'].map((d) => join(root, d, name)).find((p) => existsSync(p));
    if (!path) throw new Error(`no ${name} in the packages`);
    files.set(`usr/sbin/${name}`, readFileSync(realpathSync(path)));
    const list = await must(loader, ['--library-path', join(root, 'usr/lib/x86_64-linux-gnu'), '--list', realpathSync(path)]);
    for (const [, library] of list.matchAll(/=> (\/\S+)/g)) {
      if (!library.startsWith(root)) throw new Error(`${name} would load the machine's ${library}`);
      files.set(`usr/lib/x86_64-linux-gnu/${basename(library)}`, readFileSync(realpathSync(library)));
    }
  }
  files.set('usr/bin/busybox', readFileSync(join(root, 'usr/bin/busybox')));
  return files;
}

function initramfs(files, order) {
  const entries = ['usr', 'usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'usr/lib/x86_64-linux-gnu',
    'modules', 'dev', 'proc', 'sys', 'run', 'tmp', 'etc'].map((d) => [d, 0o40755]);
  for (const d of ['bin', 'sbin', 'lib', 'lib64']) entries.push([d, 0o120777, Buffer.from(`usr/${d}`)]);
  entries.push(['dev/console', 0o20600, undefined, [5, 1]], ['dev/null', 0o20666, undefined, [1, 3]]);
  entries.push(['etc/passwd', 0o100644, Buffer.from('root:x:0:0:root:/:/bin/sh\n')],
    ['etc/group', 0o100644, Buffer.from('root:x:0:\nnetdev:x:106:\n')]);
  entries.push(['init', 0o100755, readFileSync(join(top, 'tests/wifi/guest-init.sh'))]);
  entries.push(['modules/order', 0o100644, Buffer.from([...order.keys()].map((n) => `${n}\n`).join(''))]);
  for (const [n, octets] of order) entries.push([`modules/${n}.ko`, 0o100644, octets]);
  for (const [n, octets] of files) entries.push([n, 0o100755, octets]);
  return archive(entries);
}

// The directory with `vmlinux` and `initramfs` for a generation of hostapd.
export async function image(generation) {
  const done = join(cache, `image-${generation}`);
  const stamp = readFileSync(join(top, 'tests/wifi/guest-init.sh'), 'utf8').length;
  const name = `${done}-${stamp}`;
  if (existsSync(join(name, 'initramfs'))) return name;
  const work = join(cache, `making-${generation}-${process.pid}`);
  const root = join(work, 'root');
  for (const d of ['bin', 'sbin', 'lib', 'lib64']) mkdirSync(join(root, 'usr', d), { recursive: true });
  await must('sh', ['-c', 'for d in bin sbin lib lib64; do ln -s usr/$d "$1/$d"; done', 'links', root]);
  const kernelRoot = join(work, 'kernel');
  mkdirSync(kernelRoot);

  const debian12 = await apt('bookworm');
  const [kernel] = await debian12.fetch([await debian12.kernel()]);
  await unpack(kernel, kernelRoot, './boot/vmlinuz-*', './lib/modules/*');
  const vmlinuz = readdirSync(join(kernelRoot, 'boot')).find((f) => f.startsWith('vmlinuz-'));
  const vmlinux = await kernelImage(join(kernelRoot, 'boot', vmlinuz), work);
  const order = moduleOrder(kernelRoot);
  const [busybox] = await debian12.fetch(['busybox-static']);
  await unpack(busybox, root, './*');

  const other = suites[generation] === 'bookworm' ? debian12 : await apt(suites[generation]);
  const debs = await other.fetch(await other.closure(['hostapd', 'wpasupplicant', 'iw', 'iproute2']));
  for (const deb of debs) await unpack(deb, root, './usr/*', './lib/*', './sbin/*', './bin/*', './lib64/*');
  const fs = initramfs(await userland(root), order);

  const out = join(work, 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'vmlinux'), vmlinux);
  writeFileSync(join(out, 'initramfs'), fs);
  rmSync(name, { recursive: true, force: true });
  renameSync(out, name);
  rmSync(work, { recursive: true, force: true });
  return name;
}
