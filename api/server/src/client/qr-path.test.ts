import { expect, test } from 'vitest';
import { qrPath } from './qr-path.ts';
import { readQr } from './test-qr.ts';

const darkOf = (path: string): { x: number; y: number }[] =>
  [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));

test.each([
  'https://refloop.example.org/patient#AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE',
  'http://127.0.0.1:4020/patient#zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz',
])('another library reads back %s', (link) => {
  const { path, size } = qrPath(link);
  expect(readQr(darkOf(path), size)).toBe(link);
});

test('there is room around it', () => {
  const { path, size } = qrPath('https://refloop.example.org/patient#x');
  const places = darkOf(path).flatMap(({ x, y }) => [x, y]);
  expect([Math.min(...places), Math.max(...places)]).toEqual([4, size - 5]);
});
