/**
 * Rung 5 of the write-back ladder: the clinician takes one of the matches in the EHR, and the EHR itself changes its draft order. Refloop
 * writes nothing and sends nothing; the order is signed there like any other.
 */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { performerReference } from '@refloop/domain/write-back/resources';
import type { CdsSuggestion } from '../client/cds-hooks.ts';
import type { Card } from '../client/match.ts';

/** The name with its credential, as everywhere on a card. */
export const displayOf = ({ name, credential }: Card): string => (credential === null ? name : `${name}, ${credential}`);

/**
 * One suggestion for each match, in the order of the card. CDS Hooks 2.0: an update "holds the updated resource in its entirety", so all
 * the order says comes back with its performer alone replaced. None is `isRecommended`: a client may preselect such a one, and choosing is
 * the clinician's. Only a draft is touched.
 */
export function suggestionsFor(order: Resource, matches: readonly Card[], newUuid: () => string): CdsSuggestion[] {
  if (order['status'] !== 'draft') return [];
  return matches.map((card) => {
    const name = displayOf(card);
    return {
      label: `Choose ${name}`,
      uuid: newUuid(),
      actions: [
        {
          type: 'update',
          description: `Names ${name} (NPI ${card.npi}) on the draft order. It is neither signed nor sent.`,
          resource: {
            ...order,
            performer: [performerReference({ performer: { npi: card.npi, display: name }, performerInEhr: null })],
          },
        },
      ],
    };
  });
}
