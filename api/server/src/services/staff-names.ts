/** What people who have a role here are called. */
import type { StoredGrant } from '../store/grants.ts';

/** By subject; whoever has not signed in yet has no name. */
export const namesOf = (grants: readonly StoredGrant[]): Map<string, string> =>
  new Map(grants.flatMap(({ subject, name }) => (name === null ? [] : [[subject, name] as const])));
