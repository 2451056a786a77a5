/** For tests: a log that is kept in memory, so that a test can look for what must never be in one. */
import { createLogger, type Logger } from './log.ts';

export type CapturedLog = {
  log: Logger;
  lines: string[];
  /** The planted values that were written anyhow; a test expects none. */
  leaked: (planted: string[]) => string[];
};

export function captureLog(): CapturedLog {
  const lines: string[] = [];
  const log = createLogger({ write: (line) => void lines.push(line) });
  const leaked = (planted: string[]): string[] => {
    const text = lines.join('').toLowerCase();
    return planted.filter((value) => text.includes(value.toLowerCase()));
  };
  return { log, lines, leaked };
}
