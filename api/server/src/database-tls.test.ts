/** What the driver of this version makes of a URL; a newer one that judges otherwise fails here first. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseUrlFault } from './database-tls.ts';

let folder: string;
let authority: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-ca-'));
  authority = join(folder, 'ca.pem');
  writeFileSync(authority, 'read by the driver when it connects');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (host: string, query = ''): string => `postgresql://refloop:secret@${host}/refloop${query}`;

describe('PostgreSQL on this machine', () => {
  test.each([
    at('localhost'),
    at('127.0.0.1:5433'),
    at('[::1]'),
    'postgresql://refloop@/refloop?host=%2Fvar%2Frun%2Fpostgresql',
    'postgresql:///refloop',
  ])('%s needs no TLS', (url) => {
    expect(databaseUrlFault(url)).toBeUndefined();
  });
});

describe('PostgreSQL on another machine', () => {
  test.each(['?sslmode=verify-full', '?sslmode=verify-full&sslrootcert=CA', '?ssl=true', '?uselibpqcompat=true&sslmode=verify-full'])(
    'with %s is checked by its certificate',
    (query) => {
      expect(databaseUrlFault(at('db.example.org', query.replace('CA', authority)))).toBeUndefined();
    },
  );

  test.each([
    '',
    '?sslmode=disable',
    '?sslmode=no-verify',
    '?ssl=false',
    '?ssl=0',
    '?ssl=no-verify',
    '?uselibpqcompat=true&sslmode=prefer',
    '?uselibpqcompat=true&sslmode=require',
    '?uselibpqcompat=true&sslmode=require&sslrootcert=CA',
    '?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=CA',
  ])('with “%s” is not', (query) => {
    expect(databaseUrlFault(at('db.example.org', query.replace('CA', authority)))).toContain('without TLS');
  });

  test.each(['10.0.0.5', '127.0.0.1.example.org', 'localhost.example.org', '[fd12::1]', '0.0.0.0'])('%s is another', (host) => {
    expect(databaseUrlFault(at(host))).toContain('without TLS');
  });

  test('with a certificate file that is not there', () => {
    expect(databaseUrlFault(at('db.example.org', '?sslmode=verify-full&sslrootcert=/nonexistent.pem'))).toContain('certificate file');
  });
});
