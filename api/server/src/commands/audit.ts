/**
 * `npm run audit -- verify [FILE]` and `npm run audit -- export FILE`. The result is the last line of stdout.
 * Exit 0 whole · 1 broken or failed · 2 wrong use.
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { verifyChain } from '@refloop/domain/audit/chain';
import { sha256 } from '../audit/entry.ts';
import { type ExportLine, exportLines, headsOf, rowsOf } from '../audit/export.ts';
import { type AuditVerdict, verifyAudit } from '../audit/verify.ts';
import { wordsOf } from '../logging/words.ts';
import { migrate } from '../migrations/migrate.ts';
import type { AuditTrail } from '../store/audit.ts';
import { postgresAuditTrail } from '../store/postgres/audit-trail.ts';
import { openPool } from '../store/postgres/database.ts';

const USAGE = 'Usage: npm run audit -- verify [FILE]   or   npm run audit -- export FILE';

function wrongUse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}\n`);
  process.exit(2);
}

/** The verdict as its last line and the exit code that goes with it. */
export function verdictLine(verdict: AuditVerdict): { line: string; code: 0 | 1 } {
  switch (verdict.status) {
    case 'whole':
      return { line: `audit: ${verdict.rows} rows, head ${verdict.head}, ok`, code: 0 };
    case 'broken':
      return { line: `audit: row ${verdict.row}: ${verdict.what}`, code: 1 };
    case 'unsequenced':
      return {
        line: `audit: row ${verdict.rows + 1}: entry ${verdict.entries[0]} was recorded more than a minute ago and never numbered`,
        code: 1,
      };
  }
}

async function withTrail<Value>(work: (trail: AuditTrail) => Promise<Value>): Promise<Value> {
  const url = process.env['DATABASE_URL'];
  if (!url) return wrongUse('DATABASE_URL is not set. `npm run audit` finds or starts the database of REFLOOP_STATE by itself.');
  await migrate(process.env['REFLOOP_MIGRATION_DATABASE_URL'] ?? url);
  const [application, auditor] = [openPool(url, 'refloop_app', 2), openPool(url, 'refloop_auditor', 2)];
  try {
    return await work(postgresAuditTrail(application, auditor));
  } finally {
    await Promise.all([application.end(), auditor.end()]);
  }
}

async function* linesOf(file: string): AsyncIterable<ExportLine> {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    if (line.trim() !== '') yield JSON.parse(line) as ExportLine;
  }
}

async function verify(file: string | undefined): Promise<AuditVerdict> {
  if (file === undefined) return withTrail((trail) => verifyAudit(trail, new Date()));
  if (!existsSync(file)) return wrongUse(`${file} does not exist.`);
  return verifyChain(rowsOf(linesOf(file)), headsOf(linesOf(file)), sha256);
}

/** Writes beside the file and renames, so that a file of this name is always a whole one. */
async function writeExport(trail: AuditTrail, file: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await trail.view((view) => {
      const text = async function* () {
        for await (const line of exportLines(view)) yield `${JSON.stringify(line)}\n`;
      };
      return pipeline(Readable.from(text()), createWriteStream(partial, { mode: 0o600 }));
    });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

const exportTo = (file: string): Promise<AuditVerdict> =>
  withTrail(async (trail) => {
    const verdict = await verifyAudit(trail, new Date());
    await writeExport(trail, file);
    process.stderr.write(`Written to ${file}.\n`);
    return verdict;
  });

function question(args: string[]): Promise<AuditVerdict> {
  const [action, file, ...more] = args;
  if (more.length > 0) return wrongUse(`"${more[0]}" is too much.`);
  if (action === 'verify') return verify(file);
  if (action !== 'export') return wrongUse(action === undefined ? 'Say what to do.' : `"${action}" is neither verify nor export.`);
  return file === undefined ? wrongUse('Say which file to write.') : exportTo(file);
}

try {
  const { line, code } = verdictLine(await question(process.argv.slice(2)));
  process.stdout.write(`${line}\n`);
  process.exitCode = code;
} catch (error) {
  process.stderr.write(`The audit log could not be read: ${wordsOf(error)}\n`);
  process.exitCode = 1;
}
