/** SMART scopes for clinical data, versions 2 and 1, as text and as what they grant (SMART App Launch 2.2, scopes and launch context). */

export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

export type ResourceScope = {
  context: 'patient' | 'user' | 'system';
  /** A resource type, or `*` for every one. */
  resourceType: string;
  interactions: ReadonlySet<Interaction>;
  /** `?param=value` pairs; a resource must satisfy each of them. */
  constraints: ScopeConstraint[];
};

export type ScopeConstraint = { code: string; value: string };

const versionOne: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };
const pattern = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]+)\.([a-z]+|\*)(?:\?(.+))?$/;

/**
 * The clinical scopes of a granted scope string. Other scopes (`openid`, `launch/patient`) and malformed ones (letters that are unknown or not in
 * the order `cruds`) are left out: they grant nothing here.
 */
export function parseScopes(scopes: string): ResourceScope[] {
  return scopes.split(/\s+/).flatMap((text) => {
    const scope = parseScope(text);
    return scope ? [scope] : [];
  });
}

export function parseScope(text: string): ResourceScope | undefined {
  const match = pattern.exec(text);
  if (!match?.[1] || !match[2] || !match[3]) return undefined;
  const letters = versionOne[match[3]] ?? match[3];
  if (!/^c?r?u?d?s?$/.test(letters)) return undefined;
  // Version 1 had no constraints, so a `?` behind its words is no scope at all.
  if (match[4] !== undefined && versionOne[match[3]]) return undefined;
  return {
    context: match[1] as ResourceScope['context'],
    resourceType: match[2],
    interactions: new Set(letters.split('') as Interaction[]),
    constraints: [...new URLSearchParams(match[4] ?? '')].map(([code, value]) => ({ code, value })),
  };
}
