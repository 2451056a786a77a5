/**
 * SMART scopes, version 2: reading them, agreeing on them, narrowing them. A scope of version 1 is taken as its version 2
 * equivalent (.read is .rs, .write is .cud, .* is .cruds) and granted in that form.
 * See: https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */

export type ClinicalScope = {
  kind: 'clinical';
  level: 'patient' | 'user' | 'system';
  /** A FHIR resource type, or * for all. */
  resource: string;
  /** A subset of "cruds", in that order. */
  interactions: string;
  /** `name=value` restrictions, all of which hold, sorted. */
  restrictions: string[];
};

/** A scope that is one word: openid, fhirUser, launch, launch/patient, online_access … */
export type PlainScope = { kind: 'plain'; name: string };

export type Scope = ClinicalScope | PlainScope;

const PLAIN_SCOPE = /^(openid|fhirUser|profile|online_access|offline_access|launch(\/[a-z]+)?)$/;
const CLINICAL_SCOPE = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(?:\?(.+))?$/;
const VERSION_1: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };
const INTERACTIONS = 'cruds';

/** One scope, or undefined where it is none: unknown word, letters out of order, no letters. */
export function parseScope(text: string): Scope | undefined {
  if (PLAIN_SCOPE.test(text)) return { kind: 'plain', name: text };
  const match = CLINICAL_SCOPE.exec(text);
  if (!match) return undefined;
  const [, level, resource, letters, query] = match;
  const interactions = VERSION_1[letters ?? ''] ?? letters ?? '';
  if (interactions === '') return undefined;
  const restrictions = query === undefined ? [] : query.split('&');
  if (!restrictions.every((restriction) => /^[^=]+=.+$/.test(restriction))) return undefined;
  return {
    kind: 'clinical',
    level: level as ClinicalScope['level'],
    resource: resource ?? '',
    interactions,
    restrictions: [...new Set(restrictions)].sort(),
  };
}

/** The scope as text, version 2. */
export function formatScope(scope: Scope): string {
  if (scope.kind === 'plain') return scope.name;
  const query = scope.restrictions.length === 0 ? '' : `?${scope.restrictions.join('&')}`;
  return `${scope.level}/${scope.resource}.${scope.interactions}${query}`;
}

/** A space-separated list; what cannot be read is left out. */
export const parseScopes = (text: string): Scope[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .flatMap((word) => parseScope(word) ?? []);

const inOrder = (letters: Set<string>): string =>
  Array.from(INTERACTIONS)
    .filter((letter) => letters.has(letter))
    .join('');

/** What both scopes allow, or undefined where that is nothing. */
function meet(left: Scope, right: Scope): Scope | undefined {
  if (left.kind === 'plain' || right.kind === 'plain') {
    return left.kind === 'plain' && right.kind === 'plain' && left.name === right.name ? left : undefined;
  }
  if (left.level !== right.level) return undefined;
  if (left.resource !== '*' && right.resource !== '*' && left.resource !== right.resource) return undefined;
  const interactions = inOrder(new Set(Array.from(left.interactions).filter((letter) => right.interactions.includes(letter))));
  if (interactions === '') return undefined;
  const restrictions = [...new Set([...left.restrictions, ...right.restrictions])].sort();
  return {
    kind: 'clinical',
    level: left.level,
    resource: left.resource === '*' ? right.resource : left.resource,
    interactions,
    restrictions,
  };
}

/** Whether everything `narrow` allows, one of `wide` allows too, interaction by interaction. */
function covers(wide: Scope[], narrow: Scope): boolean {
  if (narrow.kind === 'plain') return wide.some((scope) => scope.kind === 'plain' && scope.name === narrow.name);
  return Array.from(narrow.interactions).every((letter) =>
    wide.some(
      (scope) =>
        scope.kind === 'clinical' &&
        scope.level === narrow.level &&
        (scope.resource === '*' || scope.resource === narrow.resource) &&
        scope.interactions.includes(letter) &&
        scope.restrictions.every((restriction) => narrow.restrictions.includes(restriction)),
    ),
  );
}

/** Joins the letters of scopes alike in all else, then drops each letter that a wider scope already allows. */
function tidy(scopes: Scope[]): Scope[] {
  const byPlace = new Map<string, Scope>();
  for (const scope of scopes) {
    const place = formatScope(scope.kind === 'plain' ? scope : { ...scope, interactions: '' });
    const before = byPlace.get(place);
    const joined =
      scope.kind === 'clinical' && before?.kind === 'clinical'
        ? { ...scope, interactions: inOrder(new Set(Array.from(before.interactions + scope.interactions))) }
        : scope;
    byPlace.set(place, joined);
  }
  const all = [...byPlace.values()];
  // Letter by letter: what is left of a scope is what no wider one allows, so that the same permissions have one spelling.
  return all.flatMap((scope): Scope[] => {
    const others = all.filter((other) => other !== scope);
    if (scope.kind === 'plain') return covers(others, scope) ? [] : [scope];
    const letters = Array.from(scope.interactions).filter((letter) => !covers(others, { ...scope, interactions: letter }));
    return letters.length === 0 ? [] : [{ ...scope, interactions: letters.join('') }];
  });
}

const formatScopes = (scopes: Scope[]): string => scopes.map(formatScope).join(' ');

/**
 * What of a request is granted: the part that the client's registration allows, never more than either. The answer is
 * empty where nothing is left, and the request is then refused with invalid_scope.
 */
export function negotiateScopes(requested: string, registered: string): string {
  const allowed = parseScopes(registered);
  return formatScopes(tidy(parseScopes(requested).flatMap((wish) => allowed.flatMap((scope) => meet(wish, scope) ?? []))));
}

/** The requested scopes that the granted ones do not cover: a refresh may ask for a subset alone (RFC 6749 §6). */
export function scopesBeyond(requested: string, granted: string): string[] {
  const allowed = parseScopes(granted);
  return requested
    .split(' ')
    .filter((word) => word !== '')
    .filter((word) => {
      const scope = parseScope(word);
      return scope === undefined || !covers(allowed, scope);
    });
}

/** Whether the list holds this one-word scope. */
export const hasScope = (scopes: string, name: string): boolean => scopes.split(' ').includes(name);

/** The list without the scopes for which `leaves` answers true. */
export const withoutScopes = (scopes: string, leaves: (scope: Scope) => boolean): string =>
  formatScopes(parseScopes(scopes).filter((scope) => !leaves(scope)));

/** The list rewritten as version 2 and sorted out, without granting or refusing anything. */
export const normalizeScopes = (scopes: string): string => formatScopes(tidy(parseScopes(scopes)));
