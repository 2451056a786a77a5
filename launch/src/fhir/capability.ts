/** The CapabilityStatement, made from the same tables the server works by, so that it cannot promise what the server does not do. */
import type { CapabilityStatement, CapabilityStatementRestResource, CapabilityStatementRestSecurity } from '@medplum/fhirtypes';
import { definitions } from './definitions.ts';
import type { FhirHabits } from './habits.ts';

/** When what is described here last changed; CapabilityStatement.date is about the statement, not about the moment it is read. */
const statementDate = '2026-11-28';

export type SmartEndpoints = { authorize: string; token: string; introspect?: string; revoke?: string };

/** What this EHR offers under this base. */
export function capabilityStatement(
  baseUrl: string,
  smart: SmartEndpoints | undefined,
  habits: FhirHabits,
  hasExport = false,
): CapabilityStatement {
  const types = [...definitions().resourceTypes].filter((type) => habits.interactions(type).length > 0);
  const isPatched = types.some((type) => habits.interactions(type).includes('patch'));
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: statementDate,
    publisher: 'Refloop',
    kind: 'instance',
    software: { name: 'Refloop sandbox EHR', version: '0.1.0' },
    implementation: { description: 'A sandbox EHR with synthetic patients, for trying Refloop without an EHR of one’s own.', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    ...(isPatched ? { patchFormat: ['application/json-patch+json'] } : {}),
    rest: [
      {
        mode: 'server',
        documentation:
          'Unknown or unsupported search parameters are refused with 400. References must resolve unless they are contained, logical or absolute to another server.',
        security: security(smart),
        resource: types.map((type) => resourceEntry(type, habits)),
        ...(hasExport ? { operation: [{ name: 'export', definition: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export' }] } : {}),
        ...(habits.system.length > 0 ? { interaction: habits.system.map((code) => ({ code })) } : {}),
      },
    ],
  };
}

function security(smart: SmartEndpoints | undefined): CapabilityStatementRestSecurity {
  return {
    cors: true,
    service: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }],
        text: 'SMART App Launch',
      },
    ],
    ...(smart
      ? {
          extension: [
            {
              url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
              extension: Object.entries(smart).map(([url, valueUri]) => ({ url, valueUri })),
            },
          ],
        }
      : {}),
  };
}

function resourceEntry(type: string, habits: FhirHabits): CapabilityStatementRestResource {
  const offered = habits.interactions(type);
  const isSearched = offered.includes('search-type');
  const parameters = isSearched ? [...definitions().searchParameters(type).values()] : [];
  const isFound = (other: string): boolean => habits.interactions(other).includes('search-type');
  const isChanged = offered.includes('update') || offered.includes('patch');
  return {
    type: type as CapabilityStatementRestResource['type'],
    interaction: offered.map((code) => ({ code })),
    versioning: isChanged && habits.ifMatch.required ? 'versioned-update' : 'versioned',
    readHistory: offered.includes('vread'),
    updateCreate: false,
    conditionalCreate: habits.conditionalCreate,
    conditionalRead: habits.conditionalRead ? 'not-match' : 'not-supported',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    referencePolicy: ['literal', 'logical', 'enforced'],
    ...(isSearched
      ? {
          searchInclude: parameters.filter(({ kind }) => kind === 'reference').map(({ code }) => `${type}:${code}`),
          searchRevInclude: revIncludes(type).filter((include) => isFound(include.split(':')[0] ?? '')),
          searchParam: [
            { name: '_id', type: 'token', definition: 'http://hl7.org/fhir/SearchParameter/Resource-id' },
            { name: '_lastUpdated', type: 'date', definition: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated' },
            ...parameters.map(({ code, kind, url }) => ({ name: code, type: kind, definition: url })),
          ],
        }
      : {}),
  };
}

let reverse: Map<string, string[]> | undefined;

function revIncludes(type: string): string[] {
  reverse ??= reverseTable();
  return reverse.get(type) ?? [];
}

function reverseTable(): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (const source of definitions().resourceTypes) {
    for (const { code, kind, targets } of definitions().searchParameters(source).values()) {
      if (kind !== 'reference') continue;
      for (const target of targets) table.set(target, [...(table.get(target) ?? []), `${source}:${code}`]);
    }
  }
  return table;
}
