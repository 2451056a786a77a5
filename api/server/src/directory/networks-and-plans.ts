/** The payers' side of the join: networks with their payer, plans with their networks. */
import type { Network, Plan } from '@refloop/domain/network/directory';
import type { OrganizationRecord, PlanRecord } from './records.ts';
import type { Reporter } from './report.ts';

export const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

type Organizations = ReadonlyMap<string, OrganizationRecord>;

const payerIdOf = (record: OrganizationRecord | undefined, key: string): string =>
  record?.payerIdentifier ?? record?.identifiers[0] ?? idOf(key);

/** A network as participations name it, with the payer whose directory it is. */
export type KnownNetwork = Network & { payerName: string };

/** Any organization that a role, an affiliation or a plan names as a network counts as one, whatever its type says. */
export function networkLookup(organizations: Organizations, reporter: Reporter): (key: string) => KnownNetwork | undefined {
  const known = new Map<string, KnownNetwork | undefined>();
  return (key) => {
    if (known.has(key)) return known.get(key);
    const record = organizations.get(key);
    let network: KnownNetwork | undefined;
    if (record !== undefined) {
      const payerKey = record.partOfKey ?? key;
      const payer = organizations.get(payerKey);
      if (record.kind !== 'network')
        reporter.remark(record.place, 'not typed as network', 'type is not ntwk, but rows name it as a network');
      if (record.partOfKey === undefined) reporter.remark(record.place, 'payer not named', 'partOf is missing; a network names its payer');
      else if (payer === undefined) reporter.remark(record.place, 'payer not found', `partOf ${record.partOfKey} is not in this directory`);
      network = { id: record.place.id, name: record.name, payerId: payerIdOf(payer, payerKey), payerName: payer?.name ?? record.name };
    }
    known.set(key, network);
    return network;
  };
}

/** Plans whose networks are in the directory; a plan all of whose networks are missing is refused, since nobody could be in it. */
export function resolvePlans(
  plans: Iterable<PlanRecord>,
  organizations: Organizations,
  network: (key: string) => KnownNetwork | undefined,
  reporter: Reporter,
): Plan[] {
  const resolved: Plan[] = [];
  for (const record of plans) {
    const missing = record.networkKeys.filter((key) => network(key) === undefined);
    if (missing.length > 0 && missing.length === record.networkKeys.length) {
      reporter.refuse(record.place, 'network does not resolve', `network: ${missing.join(', ')} is not in this directory`);
      continue;
    }
    if (missing.length > 0) {
      reporter.remark(record.place, 'network does not resolve', `network: ${missing.join(', ')} is not in this directory and was left out`);
    }
    const owner = organizations.get(record.ownerKey);
    if (owner === undefined) reporter.remark(record.place, 'payer not found', `ownedBy ${record.ownerKey} is not in this directory`);
    reporter.taken('InsurancePlan');
    const payerId = payerIdOf(owner, record.ownerKey);
    resolved.push({
      id: record.id,
      name: record.name,
      payer: { id: payerId, name: owner?.name ?? payerId },
      identifiers: record.identifiers,
      networkIds: record.networkKeys.flatMap((key) => network(key)?.id ?? []).sort(),
      ...(record.productType && { productType: record.productType }),
    });
  }
  return resolved.sort((a, b) => (a.id < b.id ? -1 : 1));
}
