// conf/api.md, word for word, against a portal.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { program } from '../lib/process.mjs';
import { session } from '../lib/session.mjs';
import { startPortal } from '../lib/whole.mjs';

let p;
before(async () => { p = await startPortal(); });
after(() => p?.stop());

test('the session of the documentation happens as it is written', async () => {
  const all = await session('conf/api.md', { env: { PORTAL: p.url, CURL_CA_BUNDLE: p.ca },
    commands: { latchkey: `exec ${program('latchkey')} -c ${p.conf} "$@"` } });
  assert.ok(all.length >= 9 && all.filter((b) => b.text !== undefined).length >= 7);
});
