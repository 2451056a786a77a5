/** What no client library sends: slow, cut off, lying and malformed requests, over real connections. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unreadableRequest } from '../app.ts';
import { type HttpServer, openHttpServer } from '../http-server.ts';
import { openRaw, type RawConnection } from '../test-socket.ts';
import { openWholeApp, type WholeApp } from '../test-whole-app.ts';

const PATIENCE = { headers: 400, request: 1200 };

let whole: WholeApp;
let server: HttpServer;
let token: string;

beforeAll(async () => {
  whole = await openWholeApp();
  token = await whole.session(['clinician', 'coordinator', 'lead', 'admin']);
  server = await openHttpServer({
    fetch: (request, bindings) => whole.app.fetch(request, bindings),
    unreadable: unreadableRequest,
    host: '127.0.0.1',
    port: 0,
    patience: PATIENCE,
  });
});
afterAll(async () => {
  server.cut();
  await server.close(0);
  await whole.close();
});

const CHART = 'POST /recommendations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const withToken = (): string => `authorization: Bearer ${token}\r\n`;
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until the server has answered, and a little longer for what else it may say. */
async function answered(connection: RawConnection): Promise<void> {
  for (let waited = 0; waited < 5000 && connection.statuses().length === 0 && !connection.socket.destroyed; waited += 20) await pause(20);
  await Promise.race([connection.ended, pause(50)]);
}

/** Sends the text and gives the statuses of what is answered. */
async function exchange(text: string | Uint8Array): Promise<number[]> {
  const connection = await openRaw(server.port);
  connection.send(text);
  await answered(connection);
  connection.socket.destroy();
  return connection.statuses();
}

/** One byte every 100 ms until the server has had enough; the milliseconds that took. */
async function drip(connection: RawConnection, text: string): Promise<number> {
  const started = performance.now();
  let over = false;
  void connection.ended.then(() => {
    over = true;
  });
  const isOver = (): boolean => over;
  for (const byte of text) {
    if (isOver()) break;
    connection.send(byte);
    await pause(100);
  }
  await connection.ended;
  return performance.now() - started;
}

const failures = (): string[] => whole.log.lines.filter((line) => line.includes('"failure"'));
/** Others are served all the while. */
const isWell = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${server.port}/health/live`)).status === 200;

describe('slow', () => {
  test('headers, a byte at a time, are given up', async () => {
    const connection = await openRaw(server.port);
    expect(await drip(connection, `GET /sites HTTP/1.1\r\nhost: ${'x'.repeat(200)}`)).toBeLessThan(PATIENCE.headers + 2000);
    expect(connection.statuses()).toEqual([408]);
  });

  test('a body, a byte at a time, is given up, and nothing of it is kept', async () => {
    const connection = await openRaw(server.port);
    connection.send(`${CHART}${withToken()}content-length: 5000\r\n\r\n`);
    expect(await drip(connection, `{"order":null,"reason":"${'x'.repeat(200)}`)).toBeLessThan(PATIENCE.request + 2000);
    expect(connection.statuses()).toEqual([408]);
    expect(await isWell()).toBe(true);
    expect(failures()).toEqual([]);
  });

  test('a hundred of them at once hold nobody up', async () => {
    const many = await Promise.all(Array.from({ length: 100 }, () => openRaw(server.port)));
    for (const connection of many) connection.send(`${CHART}${withToken()}content-length: 5000\r\n\r\n{`);
    const started = performance.now();
    expect(await isWell()).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
    await Promise.all(many.map(({ ended }) => ended));
    expect(failures()).toEqual([]);
  });
});

describe('a body whose length lies', () => {
  test('shorter than it says: the caller leaves, and that is no error of ours', async () => {
    const connection = await openRaw(server.port);
    connection.send(`${CHART}${withToken()}content-length: 5000\r\n\r\n{"order":null`);
    await pause(200);
    connection.socket.end();
    await connection.ended;
    expect(connection.statuses().filter((status) => status >= 500)).toEqual([]);
    expect(failures()).toEqual([]);
  });

  test('longer than it says: the rest is no request', async () => {
    const statuses = await exchange(`${CHART}${withToken()}content-length: 2\r\n\r\n{}{"order":null}`);
    expect(new Set(statuses)).toEqual(new Set([400]));
  });

  test.each([
    ['two lengths', 'content-length: 2\r\ncontent-length: 20\r\n\r\n{}'],
    ['a length beside chunks', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length that is no number', 'content-length: two\r\n\r\n{}'],
    ['a negative length', 'content-length: -2\r\n\r\n{}'],
    ['chunks that are none', 'transfer-encoding: chunked\r\n\r\nzz\r\n{}'],
    ['an encoding nobody knows', 'transfer-encoding: gzip\r\n\r\n{}'],
  ])('%s: refused by the parser', async (_name, rest) => {
    const statuses = await exchange(`${CHART}${withToken()}${rest}`);
    expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
    expect(statuses.length).toBe(1);
  });

  test('chunks without end are cut at the limit', async () => {
    const connection = await openRaw(server.port);
    connection.send(`${CHART}${withToken()}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`;
    for (let turn = 0; turn < 110; turn += 1) connection.send(chunk);
    await answered(connection);
    expect(connection.statuses()).toEqual([413]);
    connection.socket.destroy();
  });
});

describe('headers', () => {
  test('twice: none of two tokens opens anything', async () => {
    expect(await exchange(`GET /sessions/current HTTP/1.1\r\nhost: localhost\r\n${withToken()}${withToken()}\r\n`)).toEqual([401]);
    expect(await exchange(`GET /sessions/current HTTP/1.1\r\nhost: localhost\r\n${withToken()}\r\n`)).toEqual([200]);
  });

  test('twice: a body of two types is of none', async () => {
    expect(await exchange(`${CHART}content-type: text/plain\r\n${withToken()}content-length: 2\r\n\r\n{}`)).toEqual([415]);
  });

  test.each([
    ['no host', 'GET /sites HTTP/1.1\r\n\r\n', 400],
    ['a host that is none', 'GET /sites HTTP/1.1\r\nhost: a b\r\n\r\n', 400],
    ['a host with a path', 'GET /sites HTTP/1.1\r\nhost: localhost/../x\r\n\r\n', 400],
    ['an address that is none', 'GET http://[ HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['a backslash in the path', 'GET /\\evil.example.org HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['a NUL in the path', 'GET /si\u0000tes HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['a NUL in a header', 'GET /sites HTTP/1.1\r\nhost: localhost\r\nx: a\u0000b\r\n\r\n', 400],
    ['a line feed alone in a header', 'GET /sites HTTP/1.1\r\nhost: localhost\r\nx: a\nauthorization: b\r\n\r\n', 400],
    ['another protocol', 'GET /sites HTTP/9.9\r\nhost: localhost\r\n\r\n', 400],
    ['no HTTP at all', '\u0016\u0003\u0001\u0000\u0000', 400],
  ])('%s: refused', async (_name, text, status) => {
    const statuses = await exchange(text);
    expect(statuses).toEqual([status]);
  });

  test('what could not become a request is answered as a problem, with nothing allowed', async () => {
    const connection = await openRaw(server.port);
    connection.send('GET /sites HTTP/1.1\r\nhost: localhost/../x\r\n\r\n');
    await answered(connection);
    expect(connection.received()).toContain("content-security-policy: default-src 'none'; frame-ancestors 'none'");
    expect(connection.received()).toContain('/problems/invalid-request');
    connection.socket.destroy();
  });

  test.each([
    [
      'ten thousand parameters',
      `GET /sites?${Array.from({ length: 10_000 }, (_, n) => `p${n}=1`).join('&')} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    ],
    ['a path of 100 KB', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`],
    ['a token of 100 KB', `GET /sessions/current HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('%s: too large for Node, before anything of ours reads it', async (_name, text) => {
    expect(await exchange(text)).toEqual([431]);
  });

  test('as many parameters as fit are no trouble', async () => {
    const query = Array.from({ length: 2000 }, (_, n) => `p${n}=1`)
      .join('&')
      .slice(0, 15_000);
    expect(await exchange(`GET /audit/recommendations?${query} HTTP/1.1\r\nhost: localhost\r\n${withToken()}\r\n`)).toEqual([200]);
    expect(await exchange(`GET /sites/${'x/'.repeat(7000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`)).toEqual([404]);
  });
});

test.each(['TRACE', 'OPTIONS', 'PROPFIND', 'M-SEARCH', 'PURGE', 'LINK'])('%s is not found', async (method) => {
  expect(await exchange(`${method} /sites HTTP/1.1\r\nhost: localhost\r\n\r\n`)).toEqual([404]);
});

test.each(['CONNECT', 'BREW', 'get'])('%s opens nothing', async (method) => {
  const statuses = await exchange(`${method} /sites HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
});

test('another protocol on the same connection is not taken up', async () => {
  const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n';
  expect(await exchange(`GET /sites HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n`)).toEqual([200]);
});

test('an address with another host in it is ours all the same, and sends nobody there', async () => {
  const connection = await openRaw(server.port);
  connection.send('GET http://evil.example.org/app HTTP/1.1\r\nhost: evil.example.org\r\n\r\n');
  await answered(connection);
  expect(connection.statuses()).toEqual([200]);
  expect(connection.received().replace(/<[^>]*>/g, '')).not.toContain('evil.example.org');
  connection.socket.destroy();
});

test('all the while others were served, and nothing of it was an error of ours', async () => {
  expect(await isWell()).toBe(true);
  expect(failures()).toEqual([]);
  expect(whole.log.lines.filter((line) => /"status":5\d\d/.test(line))).toEqual([]);
});
