/** Which entry or entries a role belongs to: its practitioner, its locations, and its specialties as this product knows them. */
import { type Specialty, specialtyOfNucc } from '@refloop/domain/clinical/specialty';
import { ok } from '@refloop/domain/result';
import { idOf, type KnownNetwork } from './networks-and-plans.ts';
import type { Placed } from './place-of-practice.ts';
import { type RowResult, refuseRow } from './read-common.ts';
import type { LocationRecord, PractitionerRecord, RoleRecord, ServiceRecord } from './records.ts';

export type RolePlacement = {
  role: RoleRecord;
  practitioner: PractitionerRecord;
  location: LocationRecord;
  placed: Placed;
  services: readonly ServiceRecord[];
};

export type Lookups = {
  practitioner: (key: string) => PractitionerRecord | undefined;
  location: (key: string) => { record: LocationRecord; placed: Placed } | undefined;
  service: (key: string) => ServiceRecord | undefined;
  network: (key: string) => KnownNetwork | undefined;
};

/** One placement for each location; refused when anything the entry rests on is missing. */
export function placementsOf(
  role: RoleRecord,
  lookups: Lookups,
  remark: (kind: string, reason: string) => void,
): RowResult<RolePlacement[]> {
  const practitioner = lookups.practitioner(role.practitionerKey);
  if (practitioner === undefined) {
    return refuseRow('practitioner does not resolve', `practitioner ${role.practitionerKey} is not in this directory or was refused`);
  }
  const unknown = role.nucc.filter((code) => specialtyOfNucc(code) === undefined);
  if (unknown.length === role.nucc.length) {
    return refuseRow('specialty unknown', `specialty ${unknown.join(', ')} is none that this product refers to`);
  }
  if (unknown.length > 0)
    remark('specialty unknown', `specialty ${unknown.join(', ')} is none that this product refers to and was left out`);
  const missing = role.networkKeys.find((key) => lookups.network(key) === undefined);
  if (missing !== undefined) return refuseRow('network does not resolve', `network-reference ${missing} is not in this directory`);

  const services = role.serviceKeys.flatMap((key) => lookups.service(key) ?? []);
  const locationKeys = role.locationKeys.length > 0 ? role.locationKeys : services.flatMap((service) => service.locationKeys);
  if (locationKeys.length === 0) return refuseRow('no location', 'location is missing, on the role and on its services');
  const found = [...new Set(locationKeys)].map((key) => ({ key, at: lookups.location(key) }));
  const lost = found.filter(({ at }) => at === undefined).map(({ key }) => idOf(key));
  if (lost.length === found.length)
    return refuseRow('location does not resolve', `location ${lost.join(', ')} is not in this directory or has no place`);
  if (lost.length > 0)
    remark('location does not resolve', `location ${lost.join(', ')} is not in this directory or has no place and was left out`);
  return ok(
    found.flatMap(({ at }) => (at === undefined ? [] : [{ role, practitioner, location: at.record, placed: at.placed, services }])),
  );
}

export type SpecialtyShare = { specialty: Specialty; nucc: string; placements: RolePlacement[] };

/**
 * The specialties of one practitioner at one location, each with the roles that belong to it. A code is set aside when another of the
 * person's codes already serves its specialty (an obstetrician-gynaecologist listed as gynaecologist too),
 * so that nobody stands twice in one list.
 */
export function specialtyShares(placements: readonly RolePlacement[]): SpecialtyShare[] {
  const filed = new Map<string, Specialty>();
  for (const code of placements.flatMap(({ role }) => role.nucc)) {
    const specialty = specialtyOfNucc(code);
    if (specialty !== undefined) filed.set(code, specialty);
  }
  const home = (code: string, specialty: Specialty): Specialty => {
    const serving = [...filed].filter(([other, at]) => other !== code && at.id !== specialty.id && specialty.nucc.includes(other));
    return serving.sort(([a], [b]) => (a < b ? -1 : 1))[0]?.[1] ?? specialty;
  };
  const shares = new Map<string, SpecialtyShare>();
  for (const [code, specialty] of [...filed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const at = home(code, specialty);
    const own = at.id === specialty.id;
    const share = shares.get(at.id) ?? { specialty: at, nucc: own ? code : '', placements: [] };
    // The code listed first for the specialty is its plainest.
    if (own && (share.nucc === '' || at.nucc.indexOf(code) < at.nucc.indexOf(share.nucc))) share.nucc = code;
    for (const placement of placements) {
      if (placement.role.nucc.includes(code) && !share.placements.includes(placement)) share.placements.push(placement);
    }
    shares.set(at.id, share);
  }
  return [...shares.values()];
}
