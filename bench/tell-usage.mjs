import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/**
 * Loaded into a measured server: answers its parent how much the process has worked and what it holds, and writes
 * V8 profiles of what is measured, without the start.
 */
process.on('message', async ({ usage, collect, profile }) => {
  if (profile) return process.send(await toggle(profile));
  if (!usage) return undefined;
  if (collect) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return process.send({
    cpu: user + system,
    rss: process.memoryUsage.rss(),
    heap: process.memoryUsage().heapUsed,
  });
});
// It must not keep the process, nor the process outlive its parent.
process.channel.unref();
process.on('disconnect', () => process.exit());

let session;
async function toggle(file) {
  if (session) {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    session.disconnect();
    session = undefined;
    return {};
  }
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return {};
}
