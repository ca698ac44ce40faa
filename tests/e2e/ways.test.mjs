// Whoever has a role finds the pages of it from every page, and no others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspectAll, launch, signIn, visitor } from '../lib/browser.mjs';
import { must, program } from '../lib/process.mjs';
import { startPortal } from '../lib/whole.mjs';

let p, browser;
const people = {
  ada: { may: ['/desk', '/admin'], by: 'the group of administrators' },
  tom: { roles: 'operator', rule: ['groups', 'tenants'], may: ['/desk', '/admin'] },
  dora: { roles: 'desk', rule: ['groups', 'front-desk'], may: ['/desk'] },
  mona: { roles: 'auditor', rule: ['sub', '96ab3f20'], may: ['/admin'] },
  layla: { roles: 'sponsor', rule: ['sub', '41d8c6fa'], may: ['/guest/mine'] },
  anna: { may: [] },
};
before(async () => {
  p = await startPortal({});
  for (const { roles, rule } of Object.values(people))
    if (rule) await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', '--claim', rule[0], '--value', rule[1], '--roles', roles]);
  await must(program('latchkey'), ['-c', p.conf, 'rule', 'add', '--claim', 'issuer', '--value', 'local', '--plan', 'Tenant']);
  browser = await launch();
});
after(async () => { await browser?.close(); await p?.stop(); });

for (const [who, { may }] of Object.entries(people))
  test(`${who} finds ${may.join(' and ') || 'nothing more'}`, async () => {
    const { context, page } = await visitor(browser);
    await signIn(page, p.url, who);
    page.complaints.length = 0;
    for (const at of ['/', ...may]) {
      assert.equal((await page.goto(`${p.url}${at}?lang=en`)).status(), 200, at);
      const links = await page.locator('header nav a').evaluateAll((all) => all.map((a) => new URL(a.href).pathname));
      assert.deepEqual(links.sort(), [...may].sort(), `${who} on ${at}`);
      assert.equal(await page.locator('header nav [aria-current=true]').count(), at === '/' ? 0 : 1, at);
    }
    assert.deepEqual(page.complaints, []);
    for (const at of ['/desk', '/admin'].filter((x) => !may.includes(x)))
      assert.equal((await page.goto(`${p.url}${at}`)).status(), 404, at);
    if (who === 'tom') {
      await page.goto(`${p.url}/desk`);
      await inspectAll(page, 'desk-of-an-operator');
      await page.goto(`${p.url}/desk?lang=ar`);
      await inspectAll(page, 'desk-of-an-operator-ar');
    }
    await context.close();
  });
