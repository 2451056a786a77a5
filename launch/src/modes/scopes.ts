/** What of the scopes an app asks for a mode grants. */
import { formatScope, hasScope, negotiateScopes, parseScope, parseScopes, withoutScopes } from '../auth/scopes.ts';
import { scopeLetters } from '../fhir/habits.ts';
import type { Mode } from './modes.ts';

const VERSION_1_WORD = /^(patient|user|system)\/[^.]+\.(read|write|\*)$/;

/** The part of these scopes that means something here: without interactions that the mode does not offer, and without refresh it does not give. */
export function scopesWithin(mode: Mode, scopes: string): string {
  return parseScopes(scopes)
    .flatMap((scope): string[] => {
      if (scope.kind === 'plain') {
        const isGiven =
          (scope.name !== 'online_access' || mode.smart.grantsOnlineAccess) &&
          (scope.name !== 'offline_access' || mode.smart.grantsOfflineAccess);
        return isGiven ? [scope.name] : [];
      }
      if (scope.resource === '*') return [formatScope(scope)];
      const offered = scopeLetters(mode.fhir, scope.resource);
      const interactions = Array.from(scope.interactions)
        .filter((letter) => offered.includes(letter))
        .join('');
      return interactions === '' ? [] : [formatScope({ ...scope, interactions })];
    })
    .join(' ');
}

/** What is granted of a request, given what the app is registered for. */
export function negotiateIn(mode: Mode, requested: string, registered: string): string {
  const taken = mode.smart.takesVersion1Scopes
    ? requested
    : requested
        .split(' ')
        .filter((word) => !VERSION_1_WORD.test(word))
        .join(' ');
  return scopesWithin(mode, negotiateScopes(taken, registered));
}

/** The granted scopes as the mode names them in its answers. */
export const scopesNamed = (mode: Mode, granted: string): string =>
  mode.smart.namesOfflineAccess || !hasScope(granted, 'offline_access')
    ? granted
    : withoutScopes(granted, (scope) => scope.kind === 'plain' && scope.name === 'offline_access');

/** What scopes_supported lists. */
export function scopesListed(mode: Mode, registered: readonly string[]): string[] {
  const within = registered.filter((word) => {
    const scope = parseScope(word);
    return scope !== undefined && scopesWithin(mode, word) !== '';
  });
  if (mode.smart.listedScopes === 'identity') return within.filter((word) => /^(openid|fhirUser|launch)$/.test(word));
  return mode.name === 'full' ? [...registered] : [...new Set(within.flatMap((word) => scopesWithin(mode, word)))];
}
