// On the air: real hostapd and real wpa_supplicant on simulated radios, with
// the responder of this tree. The short form (the default) boots hostapd 2.11
// once; LATCHKEY_WIFI=long also does 2.10 and what takes minutes.
// alone: emulated machines need the processors
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort, must, program, scratch, start, until } from '../lib/process.mjs';
import { lab } from './lab.mjs';

const long = process.env.LATCHKEY_WIFI === 'long';
const secret = 'on-the-air-24-characters';
const ssid = 'Air: Ünïted';
const limit = { timeout: 600000 };

// A store with two plans, made as an administrator would.
async function site(coaPort) {
  const dir = scratch('air');
  const authPort = await freePort(), acctPort = await freePort();
  const conf = join(dir, 'latchkey.conf');
  writeFileSync(conf, `
radius { listen = {"127.0.0.1"} auth_port = ${authPort} acct_port = ${acctPort} user = "root" snapshot = "${dir}/radius.snapshot" }
store { path = "${dir}/latchkey.db" }
keys { master_key = "${dir}/master.key" }
`, { mode: 0o600 });
  const cli = (...args) => must(program('latchkey'), ['-c', conf, ...args]);
  const json = async (...args) => JSON.parse(await cli('--json', ...args));
  await cli('init');
  await cli('network', 'add', '--ssid', ssid, '--name', 'Air');
  await cli('plan', 'add', '--name', 'Staff', '--network', 'Air', '--vlan', '20');
  await cli('plan', 'add', '--name', 'Tenants', '--network', 'Air', '--vlan', '30');
  await must(program('latchkey'), ['-c', conf, 'ap', 'add', '--name', 'air', '--address', '127.0.0.1',
    '--dialect', 'hostapd', '--coa_address', `127.0.0.1:${coaPort}`, '--secret_file', '-'], { input: `${secret}\n` });
  await cli('person', 'add', '--name', 'Anna');
  const key = async (plan) => {
    const k = await json('key', 'issue', '--person', 'Anna', '--plan', plan);
    return { ...k, ...(await json('key', 'reveal', k.id)) };
  };
  const radius = start(program('latchkey-radius'), ['-c', conf], { log: program('test-logs/air-radius.log') });
  await radius.says(/radius\.ready/, 30000);
  return { dir, authPort, acctPort, cli, json, key, radius, stop: () => radius.stop() };
}

for (const generation of long ? ['2.11', '2.10'] : ['2.11']) {
  describe(`hostapd ${generation}`, limit, () => {
    let s, air, staff, tenants;
    const station = (n) => `02:aa:00:00:00:0${n}`;
    const ap = (mode, akm = ['psk']) => air.ap({ ssid, mode, akm, secret, authPort: s.authPort, acctPort: s.acctPort });

    before(async () => {
      const coaPort = await freePort();
      s = await site(coaPort);
      try {
        air = await lab({ generation, radios: 5, disconnectPort: coaPort });
      } catch (e) {
        await s.stop(); // nothing else would, and the test would wait for it
        throw e;
      }
      staff = await s.key('Staff');
      tenants = await s.key('Tenants');
    }, limit);
    after(async () => { await air?.stop(); await s?.stop(); });

    if (generation === '2.11') {
      test('a device nobody has seen is found by its handshake, and lands in its VLAN', limit, async () => {
        await ap('handshake');
        assert.equal(await air.join({ mac: station(1), ssid, passphrase: staff.passphrase }), 'connected');
        await until('its VLAN', async () => await air.seen(station(1)) === 20, 20000);
        assert.equal(await air.join({ mac: station(2), ssid, passphrase: tenants.passphrase }), 'connected');
        await until('its VLAN', async () => await air.seen(station(2)) === 30, 20000);
        assert.deepEqual(await air.reaches(station(1), [20, 30]), [20]);
      });

      test('a wrong password is refused, and the administrator can read why', limit, async () => {
        assert.notEqual(await air.join({ mac: station(3), ssid, passphrase: 'not-a-password-of-ours', seconds: 15 }), 'connected');
        assert.match(await s.cli('ap', 'why', station(3)), /no-key/);
        await air.leave(station(3));
      });

      test('accounting of the air becomes a visit', limit, async () => {
        await until('a visit', async () => (await s.json('key', 'show', staff.id)).in_use === 'yes', 20000).catch(async (e) => {
          const stored = await must('sqlite3', ['-json', join(s.dir, 'latchkey.db'), 'SELECT * FROM visit']);
          throw new Error(`${e.message}; stored: ${stored}\n${await air.log()}`);
        });
        assert.equal((await s.json('key', 'show', staff.id)).devices, 1);
      });

      test('revoked: off the air, and it cannot come back', limit, async () => {
        await s.cli('key', 'revoke', staff.id, '--reason', 'lost');
        await until('the station to be off the air', async () => await air.seen(station(1)) === null, 30000);
        assert.notEqual(await air.join({ mac: station(1), ssid, passphrase: staff.passphrase, seconds: 20 }), 'connected');
        assert.match(await s.cli('ap', 'why', station(1)), /key-revoked|no-key|wrong-key/);
        await air.leave(station(1));
        // the neighbour noticed nothing
        assert.equal(await air.seen(station(2)), 30);
      });

      test('PSK-SHA256 and FT-PSK are found by their handshakes, too', limit, async () => {
        await ap('handshake', ['psk-sha256']);
        assert.equal(await air.join({ mac: station(3), ssid, passphrase: tenants.passphrase, akm: 'psk-sha256' }), 'connected');
        await ap('handshake', ['ft-psk']);
        assert.equal(await air.join({ mac: station(4), ssid, passphrase: tenants.passphrase, akm: 'ft-psk' }), 'connected');
        await until('its VLAN', async () => await air.seen(station(4)) === 30, 20000);
      });

      test('WPA3: a device that is known joins by SAE', limit, async () => {
        await ap('mac', ['sae']);
        assert.equal(await air.join({ mac: station(4), ssid, passphrase: tenants.passphrase, akm: 'sae', seconds: 60 }), 'connected');
      });
    }

    test('by address alone: a known device gets its key and VLAN', limit, async () => {
      if (generation !== '2.11') await s.cli('device', 'add', tenants.id, station(2));
      await ap('mac');
      assert.equal(await air.join({ mac: station(2), ssid, passphrase: tenants.passphrase, seconds: 60 }), 'connected');
      await until('its VLAN', async () => await air.seen(station(2)) === 30, 20000);
    });

    if (long)
      test('by address: revoked is off for good, past what the access point remembers', limit, async () => {
        await s.cli('key', 'revoke', tenants.id);
        await until('the station to stay off the air', async () => {
          for (let i = 0; i < 10; i++) {
            if (await air.seen(station(2)) !== null) return false;
            await new Promise((done) => setTimeout(done, 1500));
          }
          return true;
        }, 180000);
      });
  });
}
