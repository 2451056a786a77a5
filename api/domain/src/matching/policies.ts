/** Every ranking policy there has ever been. A superseded one stays, so that an old answer can be replayed. */
import type { Policy } from './policy.ts';
import { checkPolicy } from './policy-check.ts';
import seedV1 from './seed-v1.json' with { type: 'json' };

/**
 * `networkStaleAfterDays` 90: 42 U.S.C. 300gg-115(a)(2) (No Surprises Act, section 116 of division BB of Public Law
 * 116-260) has plans verify each directory entry "not less frequently than once every 90 days" and take out those they
 * cannot verify. A row past that age is one its own payer should have verified again, so it proves nothing.
 */
const known: readonly Policy[] = [seedV1];

export const POLICIES: readonly Policy[] = known.map((policy) => {
  const checked = checkPolicy(policy);
  if (!checked.ok) throw new Error(checked.refusal.map((fault) => `${policy.id}: ${fault.field}: ${fault.fix}`).join('; '));
  return checked.value;
});

/** The formula of the source documents to the letter; what a site ranks by until it chooses another. */
export const SEED_V1: Policy = seedV1;

export const policyOf = (id: string, version: string): Policy | undefined =>
  POLICIES.find((policy) => policy.id === id && policy.version === version);
