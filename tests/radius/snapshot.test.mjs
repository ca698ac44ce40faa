// F-03: the disk fails while the responder writes its snapshot: it says which
// file and why, goes on, keeps the one of before, leaves no other, and writes it
// as soon as the disk lets it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { must, top } from '../lib/process.mjs';
import { site } from '../lib/site.mjs';

const { ENOSPC, EIO, EROFS } = constants.errno;
const words = { [ENOSPC]: 'No space left on device', [EIO]: 'Input/output error', [EROFS]: 'Read-only file system' };
let it, key, next = 1;
const file = () => readFileSync(join(it.dir, 'radius.snapshot'));
const plan = (text) => (text ? writeFileSync(join(it.dir, 'plan'), text) : rmSync(join(it.dir, 'plan')));
const joins = async () => assert.equal((await it.ask({ station: `02-ee-00-00-01-${(next++).toString(16).padStart(2, '0')}`,
  passphrase: key.passphrase })).what, 'accept');

before(async () => {
  it = await site('snapshot', { address: '127.0.0.1' });
  await must('gcc', ['-shared', '-fPIC', '-O1', '-o', join(it.dir, 'bad.so'), join(top, 'tests/lib/bad_disk.c')]);
  await it.tell('devices 100');
  key = await it.key();
  const radius = await it.responder();
  await joins();
  await radius.stop();
});
after(() => it.end());

for (const [call, how] of [['open', EROFS], ['open', ENOSPC], ['write', ENOSPC], ['fsync', EIO], ['close', EIO], ['rename', EROFS]])
  test(`its ${call} fails: ${words[how]}`, { timeout: 60000 }, async (t) => {
    t.after(() => it.radius.stop());
    const was = file();
    plan(`${call} radius.snapshot ${how}`);
    const radius = await it.responder({ env: { ...process.env, LD_PRELOAD: join(it.dir, 'bad.so'), BAD_DISK_DIR: it.dir,
      BAD_DISK_PLAN: join(it.dir, 'plan') } });
    await joins();
    await radius.says(new RegExp(`radius.snapshot_not_written file=${it.dir}/radius.snapshot error="${words[how]}"`), 30000);
    assert.deepEqual(file(), was, 'the one of before');
    assert.deepEqual(readdirSync(it.dir).filter((f) => /snapshot./.test(f)), [], 'and no other');
    await joins();
    plan();
    assert.equal((await radius.stop()).code, 0);
    assert.notDeepEqual(file(), was, 'the next one is written');
    assert.ok(!existsSync(join(it.dir, 'radius.snapshot.new')));
  });
