import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

/** The first that Linux hands out by itself unless it is told otherwise; others begin at 49152 (RFC 6335 §6). */
const HANDED_OUT_FROM = 32_768;

test('a free port is none that the system gives away by itself before the server has started', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, () => freePort()));
  expect(new Set(ports).size).toBe(100);
  expect(Math.max(...ports)).toBeLessThan(HANDED_OUT_FROM);
  expect(Math.min(...ports)).toBeGreaterThan(1_023);
});

test('a free port can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(server.address()).toMatchObject({ port });
  server.close();
});
