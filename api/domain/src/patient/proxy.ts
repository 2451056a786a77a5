/**
 * Who acts for a patient, as the practice has it on record, and to whom messages go because of it.
 *
 * Of an unemancipated minor a parent, a guardian or who stands in for them is treated as the patient (45 CFR 164.502(g)(3)); of an adult whoever has the
 * authority under law to decide on their care, by a court or a power of attorney (45 CFR 164.502(g)(2)). That ends for parents and for the guardian of
 * a child with the age of majority: 18, but 19 in Alabama and Nebraska and 21 in Mississippi, which Refloop does not know. Where a parent is not to
 * be treated so (164.502(g)(5): abuse, endangerment) the practice takes them off its record. Consent to messages is of the number called (47 CFR
 * 64.1200(a)): each of theirs needs a yes of its own.
 */
import type { Instant } from '../instant.ts';
import { ok, type Result, refuse } from '../result.ts';
import { channelFor, PATIENT_CHANNELS, type PatientChannel, type Reachable } from './outreach.ts';
import { decideTold, type ToldContact, type ToldRefusal } from './told-contact.ts';

export const PROXY_SIDES = ['parent', 'guardian', 'proxy'] as const;
/** `proxy`: holds a power of attorney, or acts for the patient by another right. */
export type ProxySide = (typeof PROXY_SIDES)[number];

/** From then on patients act for themselves. In years. */
export const OF_AGE = 18;

export type Proxy = {
  side: ProxySide;
  name: string;
  /** The rest is absent of who was on record before it was kept: then they may open the page, and nothing is sent to them. */
  id?: string;
  reach?: Reachable;
  /** Of a grown patient: messages go to them in the patient’s place. */
  instead?: boolean;
  /** Whether the patient was of age when they were put on record. */
  ofAdult?: boolean;
  at?: Instant;
  /** Subject of who put them on record. */
  by?: string;
};

export type ProxyRecord = {
  proxies: readonly Proxy[];
  /** When somebody was taken off it last; absent where nobody ever was. */
  takenOffAt?: Instant;
};

type Known = Reachable & ProxyRecord;

/** Of who was on record before they had one too. */
export const proxyId = ({ id, side, name }: Proxy): string => id ?? `${side} ${name}`;

/** Whether they act for the patient now: of a grown one neither a parent nor who was the guardian of the child. */
export const isActing = ({ side, ofAdult }: Proxy, isUnderAge: boolean): boolean =>
  isUnderAge || side === 'proxy' || (side === 'guardian' && ofAdult === true);

/**
 * Whether somebody who says that they are on this side of the patient may act for them. Of a child nobody was ever on record of: whoever says so, as
 * a parent or guardian. Who was taken off the record (45 CFR 164.502(g)(5)) would say the same, so from then on only who is on it acts.
 */
export const mayActAs = ({ proxies, takenOffAt }: ProxyRecord, side: ProxySide, isUnderAge: boolean): boolean =>
  proxies.some((proxy) => proxy.side === side && isActing(proxy, isUnderAge)) ||
  (isUnderAge && side !== 'proxy' && proxies.length === 0 && takenOffAt === undefined);

/**
 * What shows that whoever says so is one of those on record on that side, where somebody was taken off it: who was would say the same, and knows the
 * date of birth. A link that went to a number or address of theirs alone, or their own telephone number. Nothing is asked where nobody was taken off.
 */
export type Shown = {
  /** Where the link went to; undefined of one that was handed over. */
  sentTo: string | undefined;
  /** E.164; undefined where none was given. */
  number: string | undefined;
};
export type ShownAs = 'theirs' | 'number-asked' | 'wrong-number' | 'no-number';

export function shownAs({ proxies, takenOffAt }: ProxyRecord, side: ProxySide, isUnderAge: boolean, { sentTo, number }: Shown): ShownAs {
  if (takenOffAt === undefined) return 'theirs';
  const reaches = proxies.filter((proxy) => proxy.side === side && isActing(proxy, isUnderAge)).flatMap(({ reach }) => reach ?? []);
  if (sentTo !== undefined && reaches.some(({ text, email }) => text.to === sentTo || email.to === sentTo)) return 'theirs';
  const numbers = reaches.flatMap(({ text }) => text.to ?? []);
  if (numbers.length === 0) return 'no-number';
  if (number === undefined) return 'number-asked';
  return numbers.includes(number) ? 'theirs' : 'wrong-number';
}

/**
 * In whose place somebody is written to; empty where it is the patient themselves. An adolescent (sensitivity.ts) is: there may be care that a parent is
 * told nothing of (45 CFR 164.502(g)(3)).
 */
export const instead = ({ proxies }: Pick<Known, 'proxies'>, isUnderAge: boolean, isAdolescent = false): Proxy[] =>
  (isAdolescent ? [] : proxies).filter((proxy) => isActing(proxy, isUnderAge) && (isUnderAge || proxy.instead === true));

/** Whom messages go to: the patient, or who acts in their place. Nobody where a person has to tell them. */
function addressees(contact: Known, isUnderAge: boolean, isAdolescent: boolean): Reachable[] {
  const acting = instead(contact, isUnderAge, isAdolescent);
  if (acting.length > 0) return acting.flatMap(({ reach }) => reach ?? []);
  // The number in a child’s chart may be that of whoever was taken off the record.
  return isUnderAge && !isAdolescent && contact.takenOffAt !== undefined ? [] : [contact];
}

/** The first of those whom messages go to that can be written to: the patient, or who acts in their place. Undefined where a person has to. */
export function addresseeOf(
  contact: Known,
  isUnderAge: boolean,
  inService: readonly PatientChannel[],
  isAdolescent = false,
): { channel: PatientChannel; to: string; language: Reachable['language'] } | undefined {
  for (const reach of addressees(contact, isUnderAge, isAdolescent)) {
    const found = channelFor(reach, inService);
    if (found) return { ...found, language: reach.language };
  }
  return undefined;
}

/** What the patient’s age makes of who acts for them, on one day. */
export type AgeGroup = { isUnderAge: boolean; isAdolescent: boolean };

/** Whether this number or address is of somebody whom messages go to at that age: one that was asked for earlier may wait over a birthday. */
export const isAddressee = (contact: Known, { isUnderAge, isAdolescent }: AgeGroup, channel: PatientChannel, to: string): boolean =>
  addressees(contact, isUnderAge, isAdolescent).some((each) => each[channel].to === to);

/** Everybody whose this number or address is: the patient, and who is on record for them. */
export const reachedAt = (contact: Reachable & { proxies?: readonly Proxy[] }, channel: PatientChannel, to: string): Reachable[] =>
  [contact, ...(contact.proxies ?? []).flatMap(({ reach }) => reach ?? [])].filter((each) => each[channel].to === to);

export type ProxyRefusal =
  | ToldRefusal
  /** Of a grown patient. */
  | { kind: 'parent-of-adult' }
  /** Whether they act as parent or guardian, and until when, goes by the patient’s age. */
  | { kind: 'age-unknown' }
  | { kind: 'too-many' };

/** Nobody has more who act for them, and a mistake ends somewhere. */
export const MOST_PROXIES = 6;

export type AskedProxy = ToldContact & Pick<Required<Proxy>, 'side' | 'name' | 'instead'>;

const NOBODY: Reachable = {
  language: 'en',
  preferred: 'text',
  text: { to: null, consent: { status: 'unknown' } },
  email: { to: null, consent: { status: 'unknown' } },
};

/**
 * Who is to be put on record, with what was said of consent as a word told to staff.
 * @param about `isUnderAge` is undefined where the chart does not give the day of birth
 */
export function decideProxy(
  contact: Known,
  asked: AskedProxy,
  about: { id: string; at: Instant; by: string; isUnderAge: boolean | undefined },
): Result<Proxy, ProxyRefusal> {
  const { side, name } = asked;
  const { isUnderAge, ...put } = about;
  if (side !== 'proxy' && isUnderAge === undefined) return refuse({ kind: 'age-unknown' });
  if (side === 'parent' && !isUnderAge) return refuse({ kind: 'parent-of-adult' });
  if (contact.proxies.length >= MOST_PROXIES) return refuse({ kind: 'too-many' });
  const told = decideTold(NOBODY, asked);
  if (!told.ok) return told;
  let { reachable: reach } = told.value;
  for (const channel of PATIENT_CHANNELS) {
    const { to } = reach[channel];
    const { wanted } = asked[channel];
    // What was ended from that number or address stays ended, whoever it is said to be of.
    const isEnded = to !== null && reachedAt(contact, channel, to).some((each) => isOwnNo(each[channel].consent));
    if (wanted && isEnded) return refuse({ kind: 'ended-by-patient', channel });
    if (wanted !== null)
      reach = { ...reach, [channel]: { to, consent: { status: wanted ? 'given' : 'withdrawn', at: put.at, by: 'staff' } } };
  }
  return ok({ ...put, side, name, instead: asked.instead, ...(isUnderAge === undefined ? {} : { ofAdult: !isUnderAge }), reach });
}

const isOwnNo = (consent: Reachable['text']['consent']): boolean => consent.status === 'withdrawn' && consent.by === 'patient';

/** With the consent of those on record for the patient whose this number or address is, by their own word. */
export const withOwnWord = (
  proxies: readonly Proxy[],
  { channel, to, given, at }: { channel: PatientChannel; to: string; given: boolean; at: Instant },
): Proxy[] =>
  proxies.map((proxy) =>
    proxy.reach?.[channel].to === to
      ? { ...proxy, reach: { ...proxy.reach, [channel]: { to, consent: { status: given ? 'given' : 'withdrawn', at, by: 'patient' } } } }
      : proxy,
  );
