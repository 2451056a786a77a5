/**
 * Imports a payer's Plan-Net export into a directory file, for a site to see what would be taken and what refused.
 *
 *   node api/server/src/directory/import.ts --source DIR --out FILE [--verified-only]
 *
 * Report as JSON on stdout, progress on stderr. Exit 0 nothing refused, 1 something refused or no entry, 2 wrong use.
 */
import { rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { wordsOf } from '../logging/words.ts';
import { importDirectory } from './import-directory.ts';

const USAGE = `Usage: import.ts --source DIR --out FILE [--verified-only]
  --source         folder with .ndjson or .json files, plain or .gz
  --out            where the directory goes (gzipped JSON)
  --verified-only  do not take meta.lastUpdated for the day a row was verified`;

type Arguments = { source: string; out: string; trustLastUpdated: boolean };

function readArguments(args: string[]): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { source: { type: 'string' }, out: { type: 'string' }, 'verified-only': { type: 'boolean', default: false } },
    });
    if (values.source === undefined || values.out === undefined) return undefined;
    return { source: values.source, out: values.out, trustLastUpdated: !values['verified-only'] };
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2));
  if (options === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const started = performance.now();
  const imported = await importDirectory({
    source: options.source,
    trustLastUpdated: options.trustLastUpdated,
    progress: (file, rows) => process.stderr.write(`${file}: ${rows.toLocaleString('en-US')} rows so far\n`),
  });
  // Written beside and renamed, so that a reader never meets half a file.
  await writeFile(`${options.out}.part`, imported.bytes);
  await rename(`${options.out}.part`, options.out);
  process.stderr.write(`Imported in ${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
  const { hash, directory, counts, report, bytes } = imported;
  const summary = { hash, bytes: bytes.length, asOf: directory.asOf, synthetic: directory.synthetic, counts, report };
  process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  return report.refusedCount === 0 && counts.entries > 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`The directory could not be imported: ${wordsOf(error)}\n`);
    process.exitCode = 1;
  }
}
