/** Loaded into a measured server: answers its parent how much the process has worked, and holds. */
process.on('message', ({ usage, collect }) => {
  if (!usage) return;
  if (collect) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system, rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed });
});
// It must not keep the process, which may also outlive us by no moment.
process.channel.unref();
process.on('disconnect', () => process.exit());
