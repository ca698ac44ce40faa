// One virtual machine with simulated radios. Its network is QEMU's user
// networking: 10.0.2.2 in the guest is 127.0.0.1 here, and nothing else.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { scratch, start } from '../lib/process.mjs';

// Boots IMAGE (a directory) and resolves to {sh, put, stop}. FORWARDS are
// QEMU hostfwd rules. Software emulation boots in about ten seconds and works
// everywhere; LATCHKEY_WIFI_ACCEL=kvm is for machines where it helps.
export async function boot(image, { radios = 4, forwards = [], limit = 240000 } = {}) {
  const dir = scratch('wifi');
  const path = join(dir, 'agent');
  const accel = process.env.LATCHKEY_WIFI_ACCEL ?? 'tcg';
  const lines = [];
  let waiting = null, rest = '', socket = null;
  const server = createServer((s) => {
    socket = s;
    s.setEncoding('latin1');
    s.on('data', (d) => {
      rest += d;
      for (let at; (at = rest.indexOf('\n')) >= 0; rest = rest.slice(at + 1)) {
        const line = rest.slice(0, at);
        if (waiting) { waiting(line); waiting = null; } else lines.push(line);
      }
    });
    s.on('error', () => {});
  });
  await new Promise((done) => server.listen(path, done));

  const qemu = start('qemu-system-x86_64', ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
    '-M', `pc,accel=${accel}`, '-cpu', accel === 'kvm' ? 'host' : 'max,la57=off', '-m', '384', '-smp', '1',
    '-kernel', join(image, 'vmlinux'), '-initrd', join(image, 'initramfs'),
    '-append', `console=ttyS0 quiet loglevel=3 panic=-1 nokaslr mitigations=off radios=${radios}`,
    '-chardev', `file,id=console,path=${join(dir, 'console')}`, '-serial', 'chardev:console',
    '-netdev', ['user', 'id=net', 'ipv6=off', ...forwards.map((f) => `hostfwd=${f}`)].join(','),
    '-device', 'virtio-net-pci,netdev=net,romfile=', '-device', 'virtio-rng-pci',
    '-chardev', `socket,id=agent,path=${path}`, '-device', 'virtio-serial-pci',
    '-device', 'virtserialport,chardev=agent,name=agent']);

  const line = (ms, what) => new Promise((done, fail) => {
    if (lines.length) { done(lines.shift()); return; }
    const timer = setTimeout(() => {
      waiting = null;
      let console = '';
      try { console = readFileSync(join(dir, 'console'), 'latin1').slice(-1500); } catch {}
      fail(new Error(`the guest did not answer in ${ms} ms (${what})\n${qemu.output}${console}`));
    }, ms);
    waiting = (l) => { clearTimeout(timer); done(l); };
  });

  const first = await line(limit, 'boot').catch(async (e) => { await qemu.stop(); server.close(); throw e; });
  if (!first.startsWith('ready')) throw new Error(`the guest said ${first}`);

  let turn = Promise.resolve();
  // Runs SCRIPT in the guest: {status, output}; one at a time.
  const sh = (script, ms = 120000) => {
    const mine = turn.then(async () => {
      socket.write(`${Buffer.from(script).toString('base64')}\n`);
      const [, status, output = ''] = (await line(ms, script.slice(0, 120))).match(/^done (\d+) ?(.*)$/);
      return { status: Number(status), output: Buffer.from(output, 'base64').toString() };
    });
    turn = mine.catch(() => {});
    return mine;
  };
  const put = async (file, text) => {
    const r = await sh(`base64 -d >${file} <<'end'\n${Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')}\nend`);
    if (r.status !== 0) throw new Error(`cannot write ${file} in the guest: ${r.output}`);
  };
  await sh(`date -s @${Math.floor(Date.now() / 1000)}`);
  return { sh, put, stop: async () => { socket.destroy(); server.close(); await qemu.stop('SIGTERM', 3000); } };
}
