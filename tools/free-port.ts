/** A port for a server that starts a little later. */
import { createServer } from 'node:net';

/**
 * Below what systems hand out by themselves, to outgoing connections and to servers that ask for any port: from 32768 on under Linux
 * (ip_local_port_range, Documentation/networking/ip-sysctl), from 49152 on elsewhere (RFC 6335 §6). One of those can be gone by the time
 * a server has started.
 */
const [FIRST, COUNT] = [20_000, 12_000];
const TRIES = 50;

const given = new Set<number>();

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });

/** One that nobody listens on just now, and that this process was not given before. Throws where none is found. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`None of ${TRIES} ports tried from ${FIRST} to ${FIRST + COUNT - 1} is free.`);
}
