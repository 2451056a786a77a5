/**
 * Nothing but the log writes to the terminal: libraries print errors, and an error of the database carries rows in its `detail`. What
 * they would have said is counted, not kept.
 */
import type { Logger } from './log.ts';

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;

/** An error that reached nobody leaves the process in a state nobody knows: it is logged as any failure is, and the process ends with 1. */
export function guardProcessOutput(log: Logger): void {
  for (const method of METHODS) {
    console[method] = () => log.event('A library wrote to the console; what it said is not kept.');
  }
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.failure({ route: 'node warning', reference: '-', error: warning }));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.failure({ route: event, reference: '-', error });
      process.exit(1);
    });
  }
}
