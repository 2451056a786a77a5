import type { Resource } from '@medplum/fhirtypes';
import { directoryDay } from './directory-day.ts';
import { payerResources } from './payer-resources.ts';
import { practiceResources } from './practice-resources.ts';
import { listingResources } from './practitioner-resources.ts';
import { roster } from './roster.ts';

export type SyntheticDirectoryOptions = {
  /** Any text; the same seed, size and date give the same resources in the same order. */
  seed: string;
  /** Practitioner-locations. */
  size: number;
  /** The directory's date, `2026-11-20`; every date in it is counted back from here. */
  asOf: string;
};

/** A whole payer directory as Plan-Net 1.1.0 resources, one after the other; referenced ones come before those that refer. */
export function* syntheticDirectory({ seed, size, asOf }: SyntheticDirectoryOptions): Generator<Resource> {
  const day = directoryDay(asOf);
  yield* payerResources(day);
  for (const { practices, listings } of roster({ seed, size })) {
    yield* practiceResources([practices.central, ...practices.others], day, seed);
    for (const listing of listings) yield* listingResources(listing, day, seed);
  }
}
