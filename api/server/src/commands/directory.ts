/**
 * `npm run directory -- publish --source DIR` imports a payer's Plan-Net export and puts it in force; `-- status` says which one is.
 * Result as JSON on stdout, progress on stderr. Exit 0 done, 1 failed, 2 wrong use.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { monotonicFactory } from 'ulid';
import { configFaults, readConfig } from '../config.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { importDirectory } from '../directory/import-directory.ts';
import { wordsOf } from '../logging/words.ts';
import { migrate } from '../migrations/migrate.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import type { Store } from '../store/store.ts';

const USAGE = 'Usage: npm run directory -- publish --source DIR | status';

const say = (line: string): void => console.error(line);

function wrongUse(why: string): never {
  say(why);
  say(USAGE);
  process.exit(2);
}

type Wish = { kind: 'status' } | { kind: 'publish'; source: string };

function wish(): Wish {
  let parsed: { values: { source?: string }; positionals: string[] };
  try {
    parsed = parseArgs({ options: { source: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    return wrongUse((error as Error).message);
  }
  const [action] = parsed.positionals;
  if (action === 'status') return { kind: 'status' };
  if (action !== 'publish') return wrongUse(action === undefined ? 'Say what to do.' : `"${action}" is neither publish nor status.`);
  const { source } = parsed.values;
  if (source === undefined) return wrongUse('--source is missing: name the folder of the export.');
  if (!existsSync(source)) return wrongUse(`--source: there is no folder ${source}.`);
  return { kind: 'publish', source };
}

async function openStore(): Promise<Store> {
  const config = readConfig(process.env);
  if (!config.ok) {
    say(configFaults(config.refusal));
    process.exit(2);
  }
  await migrate(config.value.migrationDatabaseUrl);
  return openPostgresStore({ url: config.value.databaseUrl, keyRing: createKeyRing(config.value.keys), newId: monotonicFactory() });
}

async function publish(store: Store, source: string): Promise<unknown> {
  const imported = await importDirectory({ source, progress: (file, rows) => say(`${file}: ${rows} rows so far`) });
  if (imported.counts.entries === 0) {
    say('Nothing was put in force: not one practitioner could be placed. The report says why each row was refused.');
    return { published: null, report: imported.report };
  }
  const { hash, counts, directory } = imported;
  await store.directory.publish(
    { hash, asOf: directory.asOf, counts, synthetic: directory.synthetic, publishedAt: new Date().toISOString() },
    imported.bytes,
  );
  return { published: { hash, asOf: directory.asOf, synthetic: directory.synthetic, counts }, report: imported.report };
}

const asked = wish();
const store = await openStore();
try {
  const result = asked.kind === 'status' ? { current: (await store.directory.current()) ?? null } : await publish(store, asked.source);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = 'published' in (result as object) && (result as { published: unknown }).published === null ? 1 : 0;
} catch (error) {
  say(`The directory was not put in force: ${wordsOf(error)}`);
  process.exitCode = 1;
} finally {
  await store.close();
}
