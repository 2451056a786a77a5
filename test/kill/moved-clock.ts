/**
 * Preloaded into Refloop: its clocks go as the machine's, ahead of them by as much as the campaign says. Leases, waits and a day's delay are over
 * as fast as the campaign wants, and nothing of Refloop knows of it: time passes, and the clock that nobody sets goes with the other. Only that
 * one set alone would be a clock that was set.
 */
import type { Ahead } from './deployment.ts';

let ahead = Number(process.env['KILL_AHEAD_MS'] ?? '0');
const MachineDate = Date;
const now = (): number => MachineDate.now() + ahead;

globalThis.Date = new Proxy(MachineDate, {
  construct: (target, given: unknown[], made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
  apply: () => new MachineDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
});

const steady = performance.now.bind(performance);
performance.now = () => steady() + ahead;

process.on('message', (message: Ahead) => {
  ahead = message.ahead;
});
process.channel?.unref();
