/** A sites file with a mistake: the process ends at once with exit code 2 and says which field is wrong and how to mend it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-sites-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = resolve(import.meta.dirname, '..', '..');
const REFLOOP = join(root, 'api', 'server', 'src', 'main.ts');
const NPM_START = join(root, 'tools', 'start.ts');

/** Starts Refloop, or the whole product as `npm start` does, with this file; the database named is never reached. */
async function startWith(text: string | undefined, script = REFLOOP): Promise<{ code: number | null; said: string }> {
  const file = join(folder, 'sites.json');
  if (text !== undefined) writeFileSync(file, text);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      REFLOOP_STATE: join(folder, 'state'),
      REFLOOP_EHR_PORT: '5288',
      REFLOOP_PORT: '5289',
      REFLOOP_SITES: text === undefined ? join(folder, 'absent.json') : file,
    },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  return { code, said };
}

const ENTRY = { tenant: 'north', name: 'North clinic', iss: 'https://fhir.example.org/r4', clientId: 'refloop' };
const withEntry = (more: object): string => JSON.stringify({ sites: [{ ...ENTRY, ...more }] });

test.each([
  ['absent', undefined, 'REFLOOP_SITES: ', 'Name a file that exists'],
  ['no JSON', '{"sites": [', '(file): Not JSON', 'Write one JSON object'],
  ['without an iss', withEntry({ iss: undefined }), 'sites.0.iss: ', 'Give the FHIR base'],
  ['with an origin that is none', withEntry({ embed: ['https://ehr.example.org/chart'] }), 'sites.0.embed.0: ', 'List the origins'],
  [
    'with a private key',
    withEntry({ jwks: { keys: [{ kty: 'RSA', n: 'n', e: 'AQAB', d: 'planted' }] } }),
    'sites.0.jwks.keys.0: ',
    'public keys',
  ],
])('%s', async (_name, text, field, fix) => {
  const { code, said } = await startWith(text);
  expect(code).toBe(2);
  const line = said.split('\n').find((each) => each.trim().startsWith(field));
  expect(line, said).toContain(fix);
  expect(said).not.toContain('planted');
});

test('npm start ends the same way, before it starts or makes anything', async () => {
  const { code, said } = await startWith(withEntry({ iss: 'ehr' }), NPM_START);
  expect(code).toBe(2);
  expect(said).toContain('sites.0.iss: Not a URL. Give the FHIR base');
  expect(existsSync(join(folder, 'state'))).toBe(false);
});
