/** Preloaded into every process the start script starts: when the script dies, even by kill -9, they end too. */
if (process.channel) {
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // A listener for `disconnect` alone must not keep a finished process alive.
  process.channel.unref();
}
