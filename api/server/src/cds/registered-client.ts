/** The EHRs that may call Refloop's CDS services, as the site file names them. */
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { addressFault } from '../ehr-address.ts';
import type { FieldError } from '../problem.ts';
import { JsonWebKeySet, publicKeyFault } from '../public-keys.ts';
import type { Site } from '../sites.ts';

/** An EHR as it calls Refloop’s CDS services. */
export type CdsClient = {
  /** The `iss` of its tokens, compared exactly. */
  iss: string;
  /** Where its keys are, unless they are inline; neither = those its EHR signs in with. */
  jku: string | undefined;
  jwks: JSONWebKeySet | undefined;
  /** The FHIR bases it may name, the first of which is its own; never none. */
  sites: string[];
};

export const CdsClientEntry = z.strictObject({
  iss: z.string().min(1).max(2000),
  jku: z.url().optional(),
  jwks: JsonWebKeySet.optional(),
  sites: z.array(z.string()).min(1).optional(),
});
type CdsClientEntry = z.output<typeof CdsClientEntry>;

type SiteNamed = Pick<Site, 'tenant' | 'iss'>;

const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address);

/**
 * The FHIR bases a client may name: those its entry lists, else those at its own origin, else all of the file (of a file without
 * sites, the sandbox's). Undefined where those are of several organisations, so that none speaks for another.
 */
function sitesOf(client: CdsClientEntry, sites: readonly SiteNamed[], taken: readonly SiteNamed[]): string[] | undefined {
  if (client.sites) return client.sites;
  const beside = [...taken, ...sites].filter(({ iss }) => originOf(iss) === originOf(client.iss));
  const own = beside.length > 0 ? beside : sites.length > 0 ? sites : taken;
  return new Set(own.map(({ tenant }) => tenant)).size === 1 ? own.map(({ iss }) => iss) : undefined;
}

export function readCdsClients(
  entries: readonly CdsClientEntry[],
  sites: readonly SiteNamed[],
  options: { production: boolean; taken: Site[] },
): { read: CdsClient[]; faults: FieldError[] } {
  const faults: FieldError[] = [];
  const read: CdsClient[] = [];
  const known = new Set([...options.taken, ...sites].map(({ iss }) => iss));
  for (const [index, client] of entries.entries()) {
    const at = (field: string, message: string, fix: string): number => faults.push({ field: `cdsClients.${index}${field}`, message, fix });
    if (entries.findIndex(({ iss }) => iss === client.iss) < index)
      at('.iss', 'Another CDS client has this iss', 'Keep one entry for each iss.');
    if (client.jku !== undefined && client.jwks !== undefined)
      at('', 'Both jku and jwks are given', 'Give the keys (jwks) or where they are (jku), not both.');
    const fault = client.jku === undefined ? undefined : addressFault(client.jku, options.production);
    if (fault) at('.jku', fault, 'Give the address of the key set with https.');
    for (const [number, key] of (client.jwks?.keys ?? []).entries()) {
      const wrong = publicKeyFault(key);
      if (wrong) at(`.jwks.keys.${number}`, wrong, 'Give the public keys the EHR signs its calls with, as {"keys": […]}.');
    }
    const speaksFor = sitesOf(client, sites, options.taken);
    const strange = speaksFor?.find((iss) => !known.has(iss));
    if (!speaksFor || speaksFor.length === 0)
      at(
        '.sites',
        'It is not clear which EHRs it speaks for',
        'List the iss of their site entries, such as ["https://ehr.example.org/fhir"].',
      );
    else if (strange !== undefined) at('.sites', 'Names an EHR without a site entry', 'List the iss of site entries, letter by letter.');
    else read.push({ iss: client.iss, jku: client.jku, jwks: client.jwks as JSONWebKeySet | undefined, sites: speaksFor });
  }
  return { read, faults };
}

/** The sandbox EHR as it calls Refloop's CDS services: from whichever of its modes. */
export const sandboxCdsClient = (ehrPort: number, sites: readonly Site[]): CdsClient => ({
  iss: `http://localhost:${ehrPort}`,
  jku: `http://localhost:${ehrPort}/cds/jwks`,
  jwks: undefined,
  sites: sites.map(({ iss }) => iss),
});
