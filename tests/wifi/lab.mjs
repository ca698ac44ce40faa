// An access point (hostapd) and stations (wpa_supplicant) on simulated radios.
import { image } from './image.mjs';
import { boot } from './guest.mjs';

const hex = (text) => Buffer.from(text).toString('hex');

// How the access point looks keys up, in the words of its configuration.
const modes = {
  mac: ['macaddr_acl=2', 'wpa_psk_radius=2'],
  handshake: ['macaddr_acl=0', 'wpa_psk_radius=3'],
};
const managements = {
  psk: 'WPA-PSK', 'psk-sha256': 'WPA-PSK-SHA256', 'ft-psk': 'FT-PSK', sae: 'SAE',
};

export async function lab({ generation = '2.11', radios = 4, disconnectPort } = {}) {
  const forwards = disconnectPort ? [`udp:127.0.0.1:${disconnectPort}-10.0.2.15:3799`] : [];
  const guest = await boot(await image(generation), { radios, forwards });
  const sh = async (script, ms) => {
    const r = await guest.sh(script, ms);
    if (r.status !== 0) throw new Error(`in the guest: ${script.slice(0, 200)}\n${r.output}`);
    return r.output;
  };
  await sh('ip link add br0 type bridge forward_delay 0; ip link set br0 up');
  const radioOf = new Map();

  const stopAp = () => guest.sh('if [ -e /run/hostapd.pid ]; then kill $(cat /run/hostapd.pid); while [ -e /run/hostapd.pid ]; do usleep 30000; done; fi');

  // Starts the access point anew. AKM is a name of `managements`, or several.
  const ap = async ({ ssid, mode, akm = ['psk'], secret, authPort, acctPort, nas = 'ap-on-air', more = [] }) => {
    await stopAp();
    const conf = ['interface=wlan0', 'driver=nl80211', 'ctrl_interface=/run/hostapd', 'hw_mode=g', 'channel=1',
      `ssid2=${hex(ssid)}`, 'utf8_ssid=1', 'wpa=2', 'rsn_pairwise=CCMP', 'auth_algs=1', 'bridge=br0',
      `wpa_key_mgmt=${akm.map((a) => managements[a]).join(' ')}`,
      'own_ip_addr=10.0.2.15', `nas_identifier=${nas}`,
      'auth_server_addr=10.0.2.2', `auth_server_port=${authPort}`, `auth_server_shared_secret=${secret}`,
      'acct_server_addr=10.0.2.2', `acct_server_port=${acctPort}`, `acct_server_shared_secret=${secret}`,
      ...modes[mode], 'dynamic_vlan=1', 'vlan_file=/run/vlan', 'vlan_bridge=brvlan'];
    if (akm.includes('sae')) conf.push('ieee80211w=2', 'sae_require_mfp=1', 'sae_pwe=0');
    if (akm.includes('psk-sha256')) conf.push('ieee80211w=1');
    if (akm.includes('ft-psk')) conf.push('mobility_domain=a1b2', 'r1_key_holder=020000000001', 'ft_psk_generate_local=1');
    if (disconnectPort)
      conf.push('radius_das_port=3799', `radius_das_client=10.0.2.2 ${secret}`, 'radius_das_require_event_timestamp=1',
        'radius_das_require_message_authenticator=1');
    await guest.put('/run/hostapd.conf', `${[...conf, ...more].join('\n')}\n`);
    await guest.put('/run/vlan', '*\twlan0.#\n');
    await sh(`rm -f /run/hostapd.log
hostapd -B -t -f /run/hostapd.log -P /run/hostapd.pid /run/hostapd.conf || { cat /run/hostapd.log; exit 1; }
n=0; until grep -q AP-ENABLED /run/hostapd.log; do usleep 50000; n=$((n+1)); [ $n -lt 600 ] || { cat /run/hostapd.log; exit 1; }; done`);
  };

  // Lets the station MAC try PASSPHRASE: "connected", or "refused" with the
  // first sign of it, or "timeout".
  const join = async ({ mac, ssid, passphrase, akm = 'psk', seconds = 40 }) => {
    if (!radioOf.has(mac)) {
      if (radioOf.size + 1 >= radios) throw new Error('no radio is free');
      radioOf.set(mac, radioOf.size + 1);
    }
    const i = radioOf.get(mac);
    await leave(mac);
    const network = [`ssid=${hex(ssid)}`, 'scan_freq=2412', 'freq_list=2412', `key_mgmt=${managements[akm]}`,
      'proto=RSN', 'pairwise=CCMP', akm === 'sae' ? `sae_password="${passphrase}"` : `psk="${passphrase}"`,
      ...(akm === 'sae' ? ['ieee80211w=2'] : akm === 'psk-sha256' ? ['ieee80211w=1'] : [])];
    await guest.put(`/run/sta${i}.conf`, `ctrl_interface=/run/wpa_s${i}\np2p_disabled=1\nnetwork={\n${network.join('\n')}\n}\n`);
    await sh(`ip -n s${i} link set wlan${i} down; ip -n s${i} link set wlan${i} address ${mac}; rm -f /run/sta${i}.log
ip netns exec s${i} wpa_supplicant -B -t -D nl80211 -i wlan${i} -c /run/sta${i}.conf -f /run/sta${i}.log -P /run/sta${i}.pid`);
    return outcome(mac, seconds);
  };
  const outcome = async (mac, seconds) => {
    const i = radioOf.get(mac);
    const { output } = await guest.sh(`n=0
while [ $n -lt ${seconds * 10} ]; do
	grep -q CTRL-EVENT-CONNECTED /run/sta${i}.log && { echo connected; exit; }
	grep -qE 'WRONG_KEY|AUTH-REJECT|ASSOC-REJECT|CONN_FAILED|AUTH_FAILED' /run/sta${i}.log && { echo refused; exit; }
	usleep 100000; n=$((n+1))
done; echo timeout`, seconds * 6000 + 60000);
    return output.trim();
  };
  const leave = (mac) => guest.sh(`P=/run/sta${radioOf.get(mac)}.pid; if [ -e $P ]; then kill $(cat $P); while [ -e $P ]; do usleep 30000; done; fi`);

  // Is the station on the air, as the access point sees it? Its VLAN, or null.
  const seen = async (mac) => {
    const { output } = await guest.sh(`hostapd_cli -p /run/hostapd -i wlan0 sta ${mac}`);
    if (!output.includes(mac) || !/AUTHORIZED/.test(output)) return null;
    return Number(output.match(/^vlan_id=(\d+)/m)?.[1] ?? 0);
  };

  // Which of VLANS the station's own packets reach, through air and bridges.
  const reaches = async (mac, vlans) => {
    const i = radioOf.get(mac);
    const script = vlans.flatMap((v) => [
      `ip addr add fd00:0:0:${v.toString(16)}::1/64 dev brvlan${v} nodad 2>/dev/null; ip link set brvlan${v} up 2>/dev/null`,
      `ip -n s${i} addr add fd00:0:0:${v.toString(16)}::${i + 16}/64 dev wlan${i} nodad 2>/dev/null`,
      `n=0; while [ $n -lt 3 ]; do ip netns exec s${i} ping -6 -c1 -W1 fd00:0:0:${v.toString(16)}::1 >/dev/null 2>&1 && { echo reached ${v}; break; }; n=$((n+1)); done`]);
    return [...(await guest.sh(script.join('\n'))).output.matchAll(/reached (\d+)/g)].map((m) => Number(m[1]));
  };
  return { ap, stopAp, join, leave, seen, reaches, guest, outcome,
    log: async () => (await guest.sh('cat /run/hostapd.log')).output,
    stop: () => guest.stop() };
}
