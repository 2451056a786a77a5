/** The packet for another specialist than the one it was approved with: the same referral, with the other's name and practice on it. */
import type { Performer } from '@refloop/domain/referral/event';
import { networkStatement, orNotRecorded, type Packet } from './packet.ts';

/** Of whom the directory has an entry; null where that says nothing. */
export type SpecialistPractice = {
  specialtyName: string;
  organization: string | null;
  address: string;
  phone: string | null;
  fax: string | null;
};

/** @param practice as the directory in force has it; undefined where it no longer knows them */
export function addressedTo(packet: Packet, performer: Performer, practice: SpecialistPractice | undefined): Packet {
  if (packet.specialist.npi === performer.npi) return packet;
  return {
    ...packet,
    specialist: {
      name: performer.display,
      specialty: practice?.specialtyName ?? packet.specialist.specialty,
      organization: orNotRecorded(practice?.organization ?? ''),
      address: orNotRecorded(practice?.address ?? ''),
      npi: performer.npi,
      phone: orNotRecorded(practice?.phone ?? ''),
      fax: orNotRecorded(practice?.fax ?? ''),
      network: networkStatement({ status: performer.network }),
    },
  };
}
