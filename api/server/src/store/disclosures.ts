/** To whom something of a patient was disclosed. Sealed with its referral; nothing is ever changed or taken out. */
import type { Instant } from '@refloop/domain/instant';

export type StoredDisclosure = {
  id: string;
  referralId: string;
  patientId: string;
  at: Instant;
  content: {
    /** 45 CFR 164.528(b)(2): who received it, where, what in brief, and for what. */
    to: { name: string; npi: string; organization: string; address: string };
    what: string[];
    purpose: string;
    /** How it went: by fax, by the office's link. */
    way: string;
    /** Subject of who sent it, or whose link it was. */
    by: string;
    /** Of the referral's attempt; null where the office read it. */
    transmissionId: string | null;
    /** Of the bytes that went, lower-case hex; null where nothing went as a file. */
    sha256: string | null;
  };
};

export type DisclosureStore = {
  /** An id that exists already is left as it is. */
  add: (disclosure: StoredDisclosure) => Promise<void>;
  /** Of all, in order. */
  ids: () => Promise<string[]>;
  get: (id: string) => Promise<StoredDisclosure | undefined>;
  /** Oldest first. */
  ofPatient: (patientId: string) => Promise<StoredDisclosure[]>;
};
