/** What people were told is on record, and what they asked for and never heard of. */

/** How a fact is found among the events of its referral. */
export type Where =
  /** The end of the event's fact key: the one of the press, whichever link or desk it came from. */
  { key: string } | { type: string; data: Readonly<Record<string, unknown>> };

export type Fact = {
  what: string;
  referralId: string;
  where: Where;
  /** How often it was asked for: more than once where no answer came. */
  tries: number;
  /** Whether an answer said that it is on record. */
  told: boolean;
  /** Of a packet: the way it was to leave. */
  way: 'mail' | 'fax' | null;
};

/** A document that a gateway handed over, by the id it was answered; undefined while no answer came. */
export type HandedDocument = { key: string; tries: number; id: string | undefined };

export type Ledger = {
  facts: Fact[];
  documents: HandedDocument[];
  /** Every referral that was begun. */
  referrals: Set<string>;
  expect: (what: string, referralId: string, where: Where, way?: Fact['way']) => Fact;
};

export function openLedger(): Ledger {
  const facts: Fact[] = [];
  return {
    facts,
    documents: [],
    referrals: new Set(),
    expect: (what, referralId, where, way = null) => {
      const fact: Fact = { what, referralId, where, tries: 0, told: false, way };
      facts.push(fact);
      return fact;
    },
  };
}
