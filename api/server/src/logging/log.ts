/**
 * The log, by allow-list: only the fields named here are ever written. No body, no URL (its path may hold an id), no
 * name, no message of an error (a database puts values into its messages), so that no patient's data can slip in.
 */
import { type DestinationStream, pino } from 'pino';
import { codeOf } from './error-code.ts';

export type RequestLine = {
  method: string;
  /** The route's pattern, such as /recommendations/:id. */
  route: string;
  status: number;
  ms: number;
  reference: string;
  /** SHA-256 of the session's token; the log keeps its first 12 digits. */
  session: string | undefined;
  /** The limit it was refused by. */
  limit: string | undefined;
};

/** What a process is, said once when it starts. Folders and numbers of the site's own, no secret. */
export type StartLine = { version: string; environment: string; port: number; sites: number; stateFolder: string; warehouseFolder: string };

/** Stands in every line of a process. */
export type About = {
  /** all, api, worker or gateway. */
  role: string;
  /** Tells the processes that share a database apart; another one after each start. */
  replica: string;
};

export type Logger = {
  request: (line: RequestLine) => void;
  /** An error nobody expected: its class, its code and where in our code it arose. */
  failure: (line: { route: string; reference: string; error: unknown }) => void;
  /** Something about the process itself; `words` is a fixed text of ours. */
  event: (words: string, counts?: Record<string, number>) => void;
  started: (line: StartLine) => void;
};

/** Lines of a stack that point into a file, without the message above them. */
const frames = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 8)
    .map((line) => line.trim());

/** Writes JSON lines to the stream; stderr unless told. README.md lists the fields. */
export function createLogger(stream?: DestinationStream, about?: About): Logger {
  const log = pino(
    {
      base: about === undefined ? null : { role: about.role, replica: about.replica },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream ?? pino.destination({ dest: 2, sync: false }),
  );
  return {
    request: ({ method, route, status, ms, reference, session, limit }) =>
      log.info({ method, route, status, ms, reference, session: session?.slice(0, 12), limit }, 'request'),
    failure: ({ route, reference, error }) =>
      log.error(
        {
          route,
          reference,
          error: error instanceof Error ? error.constructor.name : typeof error,
          code: codeOf(error),
          at: error instanceof Error ? frames(error) : undefined,
        },
        'failure',
      ),
    started: ({ version, environment, port, sites, stateFolder, warehouseFolder }) =>
      log.info({ version, environment, port, sites, stateFolder, warehouseFolder }, 'started'),
    event: (words, counts) => log.info(counts === undefined ? {} : { counts }, words),
  };
}
