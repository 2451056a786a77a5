/**
 * `npm run campaign -- sql-on-fhir --suite FOLDER [--seed S]`: the standard's own cases, from the folder `tests` of a checkout of
 * https://github.com/FHIR/sql-on-fhir-v2. They are not part of this repository. Good where every case of the shareable part passes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CaseFile, runCases } from '@refloop/analytics/sql-on-fhir/run-cases';

const isCases = (value: unknown): value is CaseFile =>
  typeof value === 'object' && value !== null && Array.isArray((value as CaseFile).tests) && Array.isArray((value as CaseFile).resources);

export default async function sqlOnFhirCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { suite: { type: 'string' }, seed: { type: 'string' } } });
  if (values.suite === undefined)
    return { lastLine: 'sql-on-fhir: --suite names the folder tests of a checkout of FHIR/sql-on-fhir-v2', good: false };
  const folder = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.suite);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown)
    .filter(isCases);
  const outcomes = await runCases(files);
  const count = (shareable: boolean): { passed: number; of: number; good: boolean } => {
    const own = outcomes.filter(({ tags }) => tags.includes('shareable') === shareable);
    const passed = own.filter(({ failure }) => failure === null).length;
    return { passed, of: own.length, good: passed === own.length };
  };
  for (const { file, title, failure } of outcomes)
    if (failure !== null) process.stderr.write(`${file}, ${title}: ${failure.slice(0, 200)}\n`);
  const [shareable, others] = [count(true), count(false)];
  const line = `sql-on-fhir: shareable ${shareable.passed} of ${shareable.of}, others ${others.passed} of ${others.of}`;
  return { lastLine: line, good: shareable.of > 0 && shareable.good };
}
