/**
 * What one caller may do: for each resource type and interaction the alternatives that permit it. An interaction is permitted on a resource
 * when one alternative accepts it; no alternative means the scope is missing.
 */
import type { Resource } from '@medplum/fhirtypes';
import type { AccessContext } from './access.ts';
import { definitions } from './definitions.ts';
import { FhirError } from './fhir-error.ts';
import { type FhirHabits, type Soundness, scopeLetters } from './habits.ts';
import { parseReference } from './references.ts';
import { type Interaction, parseScopes, type ScopeConstraint } from './scopes.ts';
import { indexRows } from './search-index.ts';
import { parseFilter } from './search-query.ts';

export type Alternative = {
  /** Only resources in this patient's compartment; absent for any. */
  patient?: string;
  constraints: readonly ScopeConstraint[];
};

export type Permissions = {
  alternatives: (resourceType: string, interaction: Interaction) => readonly Alternative[];
};

const everything: readonly Alternative[] = [{ constraints: [] }];

/** In-process callers (chart page, loader) may do everything. */
export const systemPermissions: Permissions = { alternatives: () => everything };

/** What a token's scopes grant. `patient/` scopes grant nothing when no patient is in context. */
export function permissionsOf(access: Pick<AccessContext, 'scopes' | 'patient'>): Permissions {
  const scopes = parseScopes(access.scopes);
  const answers = new Map<string, readonly Alternative[]>();
  const find = (resourceType: string, interaction: Interaction): readonly Alternative[] => {
    const found: Alternative[] = [];
    for (const scope of scopes) {
      if (scope.resourceType !== '*' && scope.resourceType !== resourceType) continue;
      if (!scope.interactions.has(interaction) || !scope.constraints.every((constraint) => isSupported(resourceType, constraint))) continue;
      if (scope.context !== 'patient') found.push({ constraints: scope.constraints });
      else if (access.patient) found.push({ patient: access.patient, constraints: scope.constraints });
    }
    return found.some(isUnlimited) ? everything : found;
  };
  return {
    alternatives: (resourceType, interaction) => {
      const key = `${resourceType}.${interaction}`;
      let found = answers.get(key);
      if (!found) {
        found = find(resourceType, interaction);
        answers.set(key, found);
      }
      return found;
    },
  };
}

/**
 * The same permissions in an EHR that does not offer everything: what it does not offer nobody may do, by whatever way (an include,
 * a chain) it is asked for. Without Task in the compartment, a token bound to a patient may do nothing with one.
 */
export const permissionsIn = (habits: FhirHabits, soundness: Soundness, permissions: Permissions): Permissions => ({
  alternatives: (resourceType, interaction) => {
    if (!scopeLetters(habits, resourceType).includes(interaction)) return [];
    const found = permissions.alternatives(resourceType, interaction);
    return resourceType === 'Task' && !soundness.taskInCompartment ? found.filter(({ patient }) => patient === undefined) : found;
  },
});

export const isUnlimited = (alternative: Alternative): boolean => alternative.patient === undefined && alternative.constraints.length === 0;

/** A constraint this server cannot judge must not be ignored: the scope that carries it grants nothing. */
function isSupported(resourceType: string, { code, value }: ScopeConstraint): boolean {
  const kind = definitions().searchParameters(resourceType).get(code)?.kind;
  if (kind !== 'token' && kind !== 'reference' && kind !== 'uri') return false;
  try {
    parseFilter(resourceType, code, value);
    return value !== '';
  } catch (error) {
    if (error instanceof FhirError) return false;
    throw error;
  }
}

/** May the caller see this resource? It is enough that the patient in context is one of those it belongs to. */
export function permitsReading(alternatives: readonly Alternative[], resource: Resource, patients: readonly string[]): boolean {
  return alternatives.some(
    ({ patient, constraints }) => (patient === undefined || patients.includes(patient)) && satisfies(resource, constraints),
  );
}

/** May the caller change this resource? It must then belong to the patient in context and to nobody else. */
export function permitsWriting(alternatives: readonly Alternative[], resource: Resource, patients: readonly string[]): boolean {
  return alternatives.some(
    ({ patient, constraints }) =>
      (patient === undefined || (patients.length > 0 && patients.every((id) => id === patient))) && satisfies(resource, constraints),
  );
}

function satisfies(resource: Resource, constraints: readonly ScopeConstraint[]): boolean {
  if (constraints.length === 0) return true;
  const rows = indexRows(resource);
  return constraints.every(({ code, value }) =>
    value.split(',').some((wanted) => {
      const bar = wanted.indexOf('|');
      const target = parseReference(wanted);
      return (
        rows.tokens.some((row) =>
          row.code !== code
            ? false
            : bar < 0
              ? row.value === wanted
              : row.system === wanted.slice(0, bar) && (bar === wanted.length - 1 || row.value === wanted.slice(bar + 1)),
        ) ||
        rows.references.some(
          (row) =>
            row.code === code &&
            (target.kind === 'local' ? row.targetType === target.resourceType && row.target === target.id : row.target === wanted),
        )
      );
    }),
  );
}
