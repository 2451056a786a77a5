/** A candidate joined with its directory entry: what a card shows, and what is stored with the recommendation. */
import { specialtyById, specialtyOfNucc } from '@refloop/domain/clinical/specialty';
import type { Candidate, ExclusionReason } from '@refloop/domain/matching/result';
import type { DirectoryEntry } from '@refloop/domain/network/directory';
import type { Card } from '../client/match.ts';
import type { MatchIndex } from '../matching/match-index.ts';

export const nameOf = ({ name }: DirectoryEntry): string => `${name.given} ${name.family}`;

/** `Ana Rivera, MD`. */
export const displayOf = (entry: DirectoryEntry): string =>
  entry.name.credential ? `${nameOf(entry)}, ${entry.name.credential}` : nameOf(entry);

/** As the directory in force has whoever it is; null where it has nobody of that NPI. */
export function displayOfNpi(directory: Pick<MatchIndex, 'ofNpi'> | undefined, npi: string): string | null {
  const entry = directory?.ofNpi(npi);
  return entry ? displayOf(entry) : null;
}

const addressOf = ({ location }: DirectoryEntry): string =>
  [location.line, location.city, `${location.state} ${location.zip}`].filter((part) => part !== undefined && part !== '').join(', ');

/** What a letter to them says of where they work. */
export const practiceOf = (entry: DirectoryEntry) => ({
  specialtyName: specialtyOfNucc(entry.nucc)?.name ?? entry.specialty,
  organization: entry.organization?.name ?? entry.location.name ?? null,
  address: addressOf(entry),
  phone: entry.phone ?? null,
  fax: entry.fax ?? null,
});

/** One taxonomy code serves obstetrics and gynecology alike: the card says the specialty that was asked for where the code is one of its. */
function specialtyNameOf(entry: DirectoryEntry, asked: string): string {
  const wanted = specialtyById(asked);
  if (wanted?.nucc.includes(entry.nucc)) return wanted.name;
  return specialtyOfNucc(entry.nucc)?.name ?? entry.specialty;
}

/** @param asked our id of the specialty that was asked for */
export function cardOf(
  entry: DirectoryEntry,
  candidate: Candidate,
  place: { rank: number | null; exclusion: ExclusionReason | null },
  asked: string,
): Card {
  return {
    entryId: entry.id,
    rank: place.rank,
    npi: entry.npi,
    name: nameOf(entry),
    credential: entry.name.credential ?? null,
    specialtyName: specialtyNameOf(entry, asked),
    organization: entry.organization?.name ?? entry.location.name ?? null,
    address: addressOf(entry),
    phone: entry.phone ?? null,
    fax: entry.fax ?? null,
    channels: [...entry.channels],
    languages: [...entry.languages],
    interpreterOnSite: entry.interpreterOnSite ?? null,
    telehealth: entry.telehealth ?? null,
    miles: candidate.miles,
    approximate: candidate.approximate,
    network: { ...candidate.network },
    wait: entry.wait ?? null,
    rating: entry.rating ?? null,
    score: candidate.score,
    factors: candidate.factors.map((factor) => ({ ...factor })),
    why: [...candidate.why],
    callToConfirm: [...candidate.callToConfirm],
    exclusion: place.exclusion,
    slidingScale: entry.slidingScale ?? null,
    paymentPlan: entry.paymentPlan ?? null,
  };
}
