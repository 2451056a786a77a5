/**
 * Where the payer's authorization stands for a packet, and by whose word (R104: each packet says so; R112: one that was asked for is waited for).
 * What is on record of the referral goes before all; then the payer's own word on the order, that nobody has to be asked, and a rule of the site.
 * Where none of them says it, somebody does before the packet goes.
 */
import { list, target, text } from '../fhir/read.ts';
import type { Day, Instant } from '../instant.ts';
import type { Authorization } from '../referral/referral.ts';

/** A payer that asks for no authorization, of one specialty or (null) of all. Kept in the versions of the site's configuration. */
export type NoAuthorization = { readonly payer: string; readonly specialty: string | null };

/** By what it is settled where no person had to be asked. */
export type AuthorizationGround =
  /** The patient pays, or a relative. */
  | { kind: 'self-pay' }
  /** The payer itself on the order; `on`: the day, empty where it does not say when. */
  | { kind: 'order'; on: string }
  /** `on`: the day on which this version was made. */
  | { kind: 'rule'; version: number; on: Day; payer: string; specialty: string | null };

export type SettledAuthorization =
  | { status: 'not-needed'; ground: AuthorizationGround }
  | { status: 'approved'; number: string; ground: AuthorizationGround };

export type AuthorizationWord =
  | { kind: 'on-record'; status: Exclude<Authorization['status'], 'not-checked' | 'approved-for-another'> }
  | { kind: 'settled'; by: SettledAuthorization }
  /** It goes without, for a reason that somebody gave. */
  | { kind: 'goes-without'; by: string; at: Instant }
  /** Somebody has to say it. */
  | { kind: 'open'; because: 'nobody-looked' | 'payer-asks-for-it' | 'not-covered' | 'approved-for-another' };

export type WordAbout = {
  authorization: Authorization;
  /** Null where no coverage is known, which is not that there is none. Its payer null where it has no name, `self-pay` where a person pays. */
  coverage: { payer: string | null /** Of the resource, where one of the chart is meant for certain. */; id: string | null } | null;
  specialty: string;
  /** As it was launched, with what the payer put on it. */
  order: Readonly<Record<string, unknown>> | null;
  rules: { version: number; on: Day; noAuthorization: readonly NoAuthorization[] };
  without: { by: string; at: Instant } | null;
  /** Somebody is asked now who was not when the order was signed: what was approved on it was not approved for them. */
  isRerouted: boolean;
  today: Day;
};

export function authorizationWord(about: WordAbout): AuthorizationWord {
  const { authorization, coverage, without } = about;
  const isForAnother = authorization.status === 'approved-for-another';
  if (authorization.status !== 'not-checked' && !isForAnother) return { kind: 'on-record', status: authorization.status };
  const onOrder = payersWord(about);
  const settled = onOrder?.settled ?? (onOrder?.open ? undefined : (nobodyToAsk(coverage) ?? byRule(about)));
  if (settled) return { kind: 'settled', by: settled };
  if (without) return { kind: 'goes-without', by: without.by, at: without.at };
  return { kind: 'open', because: onOrder?.open ?? (isForAnother ? 'approved-for-another' : 'nobody-looked') };
}

function nobodyToAsk(coverage: WordAbout['coverage']): SettledAuthorization | undefined {
  return coverage?.payer === 'self-pay' ? { status: 'not-needed', ground: { kind: 'self-pay' } } : undefined;
}

const plain = (words: string): string => words.trim().toLowerCase().replaceAll(/\s+/g, ' ');

/** One for this specialty goes before one for all: it says more. */
function byRule({ coverage, specialty, rules }: WordAbout): SettledAuthorization | undefined {
  const payer = coverage?.payer;
  if (payer === null || payer === undefined) return undefined;
  const ofPayer = rules.noAuthorization.filter((rule) => plain(rule.payer) === plain(payer));
  const rule = ofPayer.find((each) => each.specialty === specialty) ?? ofPayer.find((each) => each.specialty === null);
  if (!rule) return undefined;
  return {
    status: 'not-needed',
    ground: { kind: 'rule', version: rules.version, on: rules.on, payer: rule.payer, specialty: rule.specialty },
  };
}

/** Da Vinci CRD 2.1.0 (hl7.org/fhir/us/davinci-crd), StructureDefinition ext-coverage-information: assertions of a payer about the order. */
const COVERAGE_INFORMATION = 'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information';

type OnOrder = {
  settled?: SettledAuthorization;
  open?: Extract<AuthorizationWord, { kind: 'open' }>['because'];
};

/** Undefined where the order bears nothing that decides it: no assertion, one of another coverage or that has run out, or several that disagree. */
function payersWord({ order, coverage, isRerouted, today }: WordAbout): OnOrder | undefined {
  const said = list(order?.['extension'])
    .filter(({ url }) => url === COVERAGE_INFORMATION)
    .map((extension) => list(extension['extension']))
    .filter((parts) => {
      const about = target(partOf(parts, 'coverage')?.['valueReference']);
      const expires = text(partOf(parts, 'expiry-date')?.['valueDate']).slice(0, 10);
      const isOther = about !== undefined && coverage?.id != null && about.id !== coverage.id;
      return !isOther && !(expires !== '' && expires < today);
    })
    .map(assertionOf);
  const [first, ...others] = said;
  if (!first || others.some((each) => JSON.stringify(each) !== JSON.stringify(first))) return undefined;
  return isRerouted && first.settled?.status === 'approved' ? { open: 'approved-for-another' } : first;
}

const partOf = (parts: readonly Record<string, unknown>[], url: string): Record<string, unknown> | undefined =>
  parts.find((part) => part['url'] === url);

/** `conditional` and `performpa` (the performer asks for it) decide nothing for whoever refers. */
function assertionOf(parts: readonly Record<string, unknown>[]): OnOrder {
  const code = (url: string): string => text(partOf(parts, url)?.['valueCode']);
  const on = text(partOf(parts, 'date')?.['valueDate']).slice(0, 10);
  if (code('covered') === 'not-covered') return { open: 'not-covered' };
  switch (code('pa-needed')) {
    case 'no-auth':
      return { settled: { status: 'not-needed', ground: { kind: 'order', on } } };
    case 'satisfied':
      return {
        settled: { status: 'approved', number: text(partOf(parts, 'satisfied-pa-id')?.['valueString']), ground: { kind: 'order', on } },
      };
    case 'auth-needed':
      return { open: 'payer-asks-for-it' };
    default:
      return {};
  }
}
