/** Which networks one role says its practitioner takes part in, directly or through the group's contract. */
import type { AcceptingPatients, NetworkParticipation } from '@refloop/domain/network/directory';
import type { KnownNetwork } from './networks-and-plans.ts';
import type { AffiliationRecord, LocationRecord, NewPatientStatement, Period, RoleRecord, ServiceRecord } from './records.ts';

/** A row, and whether the payer has switched it off (`active: false`), which contradicts a row that still runs. */
export type ParticipationRow = NetworkParticipation & { active: boolean };

export type ParticipationSources = {
  network: (key: string) => KnownNetwork | undefined;
  affiliationsOf: (organizationKey: string) => readonly AffiliationRecord[];
};

/** The role speaks first, then the location, then the service; for this network before in general. */
function acceptingFor(networkKey: string, statements: readonly (readonly NewPatientStatement[])[]): AcceptingPatients {
  for (const said of statements) {
    const found = said.find((item) => item.networkKey === networkKey) ?? said.find((item) => item.networkKey === undefined);
    if (found !== undefined) return found.accepting;
  }
  return 'unknown';
}

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined ? b : b === undefined || a > b ? a : b;
const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined ? b : b === undefined || a < b ? a : b;

function overlap(a: Period, b: Period): Period | undefined {
  const [from, until] = [later(a.from, b.from), earlier(a.until, b.until)];
  if (from !== undefined && until !== undefined && from > until) return undefined;
  return { ...(from && { from }), ...(until && { until }) };
}

/** The rows of one role at one location. Every network named here has been looked up before. */
export function participationRows(
  role: RoleRecord,
  location: LocationRecord,
  services: readonly ServiceRecord[],
  { network, affiliationsOf }: ParticipationSources,
): ParticipationRow[] {
  const statements = [role.newPatients, location.newPatients, ...services.map((service) => service.newPatients)];
  const row = (key: string, known: KnownNetwork, period: Period, verifiedOn: string | undefined, active: boolean): ParticipationRow => ({
    networkId: known.id,
    accepting: acceptingFor(key, statements),
    ...period,
    ...(verifiedOn && { verifiedOn }),
    source: known.payerName,
    active,
  });

  if (role.networkKeys.length > 0) {
    return role.networkKeys.flatMap((key) => {
      const known = network(key);
      return known === undefined ? [] : [row(key, known, role.period, role.verifiedOn, role.active)];
    });
  }
  if (role.organizationKey === undefined) return [];
  const locationKey = `Location/${location.place.id}`;
  return affiliationsOf(role.organizationKey)
    .filter((affiliation) => affiliation.locationKeys.length === 0 || affiliation.locationKeys.includes(locationKey))
    .filter((affiliation) => affiliation.nucc.length === 0 || affiliation.nucc.some((code) => role.nucc.includes(code)))
    .flatMap((affiliation) => {
      const period = overlap(role.period, affiliation.period);
      if (period === undefined) return [];
      // Membership rests on both rows, so it is as old as the older of them.
      const verifiedOn =
        role.verifiedOn === undefined || affiliation.verifiedOn === undefined
          ? undefined
          : earlier(role.verifiedOn, affiliation.verifiedOn);
      return affiliation.networkKeys.flatMap((key) => {
        const known = network(key);
        return known === undefined ? [] : [row(key, known, period, verifiedOn, role.active && affiliation.active)];
      });
    });
}
