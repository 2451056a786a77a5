import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const DATABASE = { EHR_DATABASE_URL: 'postgresql://postgres@/sandbox?host=/tmp' };
const fileWith = (content: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'ehr-clients-')), 'clients.json');
  writeFileSync(file, content);
  return file;
};

test('without settings the EHR is at 4010 and knows Refloop at 4020', () => {
  const check = readConfig(DATABASE);
  if (check.kind !== 'config') throw new Error(check.problems.join(' '));
  expect(check.config).toMatchObject({ port: 4010, origin: 'http://localhost:4010', stateFolder: resolve('.data') });
  expect(check.config.clients).toEqual([
    expect.objectContaining({
      clientId: 'refloop',
      redirectUris: ['http://127.0.0.1:4020/app'],
      launchUrl: 'http://127.0.0.1:4020/launch',
    }),
    expect.objectContaining({
      clientId: 'refloop-system',
      authentication: { kind: 'asymmetric', keys: { kind: 'uri', uri: 'http://127.0.0.1:4020/.well-known/jwks.json' } },
      redirectUris: [],
    }),
  ]);
  expect(check.config.dataFolder).toBeUndefined();
});

test('settings are taken', () => {
  const clients = fileWith('{"clients":[{"clientId":"other","redirectUris":["https://other.example/cb"],"scopes":"openid"}]}');
  const check = readConfig({
    ...DATABASE,
    REFLOOP_EHR_PORT: '5001',
    REFLOOP_PORT: '5002',
    REFLOOP_DATA: '/data',
    REFLOOP_EHR_CLIENTS: clients,
  });
  if (check.kind !== 'config') throw new Error(check.problems.join(' '));
  expect(check.config).toMatchObject({ port: 5001, origin: 'http://localhost:5001', dataFolder: '/data' });
  expect(check.config.clients.map((client) => [client.clientId, client.authentication.kind, client.scopes === 'openid'])).toEqual([
    ['refloop', 'public', false],
    ['refloop-system', 'asymmetric', false],
    ['other', 'public', true],
  ]);
});

test('a client may have keys instead of a secret, and then needs no redirect URI', () => {
  const keys = '{"keys":[{"kty":"EC","crv":"P-384","kid":"k","x":"AA","y":"AA"}]}';
  const clients = fileWith(
    `{"clients":[{"clientId":"inline","jwks":${keys},"scopes":"system/ServiceRequest.rs"},
      {"clientId":"by-url","jwksUri":"https://backend.example/jwks","scopes":"system/*.rs"}]}`,
  );
  const check = readConfig({ ...DATABASE, REFLOOP_EHR_CLIENTS: clients });
  if (check.kind !== 'config') throw new Error(check.problems.join(' '));
  expect(check.config.clients.slice(2).map(({ clientId, authentication }) => [clientId, authentication])).toEqual([
    ['inline', { kind: 'asymmetric', keys: { kind: 'inline', keys: [expect.objectContaining({ kid: 'k' })] } }],
    ['by-url', { kind: 'asymmetric', keys: { kind: 'uri', uri: 'https://backend.example/jwks' } }],
  ]);
});

describe('a bad setting is named', () => {
  test.each<[Record<string, string>, string]>([
    [{ EHR_DATABASE_URL: '' }, 'EHR_DATABASE_URL'],
    [{ EHR_DATABASE_URL: 'mysql://x' }, 'EHR_DATABASE_URL'],
    [{ REFLOOP_EHR_PORT: 'http' }, 'REFLOOP_EHR_PORT'],
    [{ REFLOOP_EHR_PORT: '0' }, 'REFLOOP_EHR_PORT'],
    [{ REFLOOP_PORT: '70000' }, 'REFLOOP_PORT'],
    [{ REFLOOP_EHR_PORT: '4020' }, 'REFLOOP_PORT'],
    [{ REFLOOP_EHR_CLIENTS: '/nowhere.json' }, 'cannot be read'],
    [{ REFLOOP_EHR_CLIENTS: fileWith('{') }, 'not valid JSON'],
    [{ REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"x"}]}') }, 'clients.0.redirectUris'],
    [
      { REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"x","redirectUris":["javascript:alert(1)"]}]}') },
      'clients.0.redirectUris.0',
    ],
    [
      { REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"x","redirectUris":["https://x.example/"],"secret":"short"}]}') },
      'clients.0.secret',
    ],
    [{ REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"x","jwksUri":"ftp://x.example/"}]}') }, 'clients.0.jwksUri'],
    [{ REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"x","jwks":{"keys":[]},"scopes":"system/*.rs"}]}') }, 'clients.0.jwks.keys'],
    [{ REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"x","jwksUri":"https://x.example/"}]}') }, 'clients.0.scopes'],
    [
      {
        REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"refloop-system","jwksUri":"https://x.example/","scopes":"system/*.rs"}]}'),
      },
      'refloop-system twice',
    ],
    [
      {
        REFLOOP_EHR_CLIENTS: fileWith(
          `{"clients":[{"clientId":"x","jwksUri":"https://x.example/","scopes":"system/*.rs","secret":"${'s'.repeat(32)}"}]}`,
        ),
      },
      'clients.0.secret',
    ],
    [{ REFLOOP_EHR_CLIENTS: fileWith('{"clients":[{"clientId":"refloop","redirectUris":["https://evil.example/"]}]}') }, 'refloop'],
  ])('%j', (change, named) => {
    const check = readConfig({ ...DATABASE, ...change });
    expect(check.kind).toBe('refused');
    if (check.kind === 'refused') expect(check.problems.join('\n')).toContain(named);
  });
});
