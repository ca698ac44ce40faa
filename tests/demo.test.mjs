// The demo: starts, lets somebody in, answers an access point, leaves nothing.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Browser } from './lib/browse.mjs';
import { freePort, run, start, top, until } from './lib/process.mjs';

// the certificate is the demo's own, and every address here is loopback
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

const left = () => readdirSync(tmpdir()).filter((n) => n.startsWith('latchkey-demo-'));
const ports = async () => ({ DEMO_PORT: await freePort(), DEMO_SIGNIN_PORT: await freePort(), DEMO_AUTH_PORT: await freePort(), DEMO_ACCT_PORT: await freePort() });

const value = (page, name) => page.match(new RegExp(`name="${name}" value="([^"]+)"`))[1];
const shown = (page) => page.match(/class="password"[^>]*data-value="([^"]+)"/)?.[1] ?? page.match(/data-value="([^"]+)"/)[1];

// What it says to try: take a password, add the device, ask; revoke, ask.
async function steps(it, browser, url, line) {
  const post = (path, page, more = {}) => browser.follow(`${url}${path}`, 'no:', { method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', origin: url }, body: new URLSearchParams({ csrf: value(page, 'csrf'), ...more }) });
  const fields = (page, action) => Object.fromEntries([...page.slice(page.indexOf(`action="${action}"`)).split('</form>')[0]
    .matchAll(/name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2]]));
  const answer = async (what) => until(`Access-${what}`, async () => {
    const r = await run('sh', ['-c', `${line} -r 2`]);
    return r.stdout.match(new RegExp(`Received Access-${what}`)) && r.stdout;
  }, 20000);
  const { page } = await browser.follow(`${url}/`, 'no:');
  const home = await post('/key', page, fields(page, '/key'));
  const password = shown(home.page), id = home.page.match(/\/key\/([^/"]+)\/sheet\.pdf/)[1];
  const [, add] = it.output.match(/^ +(\S*latchkey -c .* device add .*)$/m);
  const added = await run('sh', ['-c', add]);
  assert.equal(added.code, 0, added.stderr);
  const accepted = await answer('Accept');
  assert.ok(accepted.includes(`Tunnel-Password:0 = "${password}"`), accepted);
  assert.match(accepted, /Tunnel-Private-Group-Id:0 = "10"/i);
  const revoke = await browser.follow(`${url}/key/${id}/revoke`, 'no:');
  await post(`/key/${id}/revoke`, revoke.page);
  await answer('Reject');
}
const demo = (env) => start('node', ['tests/demo.mjs'], { cwd: top, env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' } });

test('twice in a row: it starts, anna signs in, the responder answers, nothing is left', async () => {
  const env = await ports(), before = left();
  for (let i = 0; i < 2; i++) {
    const it = demo(env);
    await it.says(/Ctrl-C ends all/, 90000);
    const [, url] = it.output.match(/Open +(https:\S+)/), [, line] = it.output.match(/^ +(echo .*radclient.*)$/m);
    const browser = new Browser();
    const form = await browser.follow(`${url}/signin/demo`, 'no:');
    assert.match(form.page, /Example sign-in service/);
    const home = await browser.follow(form.url, 'no:', { method: 'POST', body: new URLSearchParams({ login: 'anna', password: 'anna', do: 'in' }) });
    assert.equal(home.status, 200, home.page);
    assert.match(home.page, /Anna Berger/);
    const said = await run('sh', ['-c', `${line} -r 2`]);
    assert.match(said.stdout, /Received Access-Reject/);
    await steps(it, browser, url, line);
    const ended = await it.stop('SIGINT', 20000);
    assert.equal(ended.code, 0, it.output);
    await assert.rejects(fetch(`${url}/`));
    await assert.rejects(fetch(`http://127.0.0.1:${env.DEMO_SIGNIN_PORT}/`));
  }
  assert.deepEqual(left(), before);
});

test('a port that is taken: it says which, who may have it, and what to do', async () => {
  const env = await ports(), before = left();
  const first = demo(env);
  await first.says(/Ctrl-C ends all/, 90000);
  const second = demo(env);
  const { code } = await second.exit;
  assert.equal(code, 1);
  assert.match(second.output, new RegExp(`Port ${env.DEMO_PORT} is taken`));
  assert.match(second.output, /DEMO_PORT=\d+ make demo/);
  await first.stop('SIGINT', 20000);
  assert.deepEqual(left(), before);
});
