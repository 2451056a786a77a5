/** The configuration of a site as what leaves and what is shown reads it. */
import { type Configuration, UNCONFIGURED } from '@refloop/domain/configuration/configuration';
import type { Letterhead } from '../packet/packet.ts';
import type { Unit } from '../store/store.ts';

export const configurationIn = async (unit: Unit): Promise<Configuration> =>
  (await unit.configurations.inForce())?.configuration ?? UNCONFIGURED;

/** How the practice names itself, where it is called, and in which colour its pages stand; null: Refloop's. */
export type Practice = { practice: string; phone: string; accent: string | null };

/** @param entryPhone of the site entry; empty where it says nothing */
export const practiceBy = ({ practice }: Configuration, unit: Unit, entryPhone: string): Practice => ({
  practice: practice.name ?? unit.scope.site,
  phone: practice.phone ?? entryPhone,
  accent: practice.accent,
});

/** Where the practice has said how it shows itself: undefined leaves the page as Refloop makes it. */
export const letterheadOf = ({ practice: own }: Configuration, { practice, phone, accent }: Practice): Letterhead | undefined =>
  own.name === null && own.phone === null && accent === null ? undefined : { name: practice, phone, accent };

export const practiceIn = async (unit: Unit, entryPhone: string): Promise<Practice> =>
  practiceBy(await configurationIn(unit), unit, entryPhone);
