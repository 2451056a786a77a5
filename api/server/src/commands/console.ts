/** What every command needs on its terminal: words on stderr, settings, and how numbers are said. */
import { resolve } from 'node:path';
import { type Config, configFaults, readConfig } from '../config.ts';

/** Progress and set-up; the result alone goes to stdout. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Says how far something is, at most every two seconds; what is quick says nothing. */
export function progressOf(what: string): (done: number, of: number) => void {
  let said = performance.now();
  return (done, of) => {
    const now = performance.now();
    if (now - said < 2000) return;
    said = now;
    say(`${what}: ${done} of ${of}`);
  };
}

export function wrongUse(why: string, usage: string): never {
  say(why);
  say(usage);
  process.exit(2);
}

export function settings(environment: Record<string, string | undefined> = process.env): Config {
  const read = readConfig(environment);
  if (read.ok) return read.value;
  say(configFaults(read.refusal));
  return process.exit(2);
}

/** Where the person stands who typed it, not where npm runs it. */
export const folderOf = (argument: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), argument);

export const plural = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
