/**
 * What Refloop has to say of one order, as a CDS card. Everything on it is the directory's or the order's; nothing names the patient but
 * the EHR's own order, which a suggestion gives back.
 */
import { type Specialty, specialtyInSentence } from '@refloop/domain/clinical/specialty';
import { plainDay, plural } from '@refloop/domain/matching/plain-words';
import type { CdsCard, CdsSuggestion } from '../client/cds-hooks.ts';
import type { Card, MatchAnswer } from '../client/match.ts';
import { displayOf } from './suggestion.ts';

/** CDS Hooks 2.0: "One-sentence, <140-character summary". */
const LONGEST_SUMMARY = 139;
const LISTED = 3;

/** Why a clinician may leave the card aside; feedback with another code is told as "other". */
export const OVERRIDE_REASONS = [
  { system: 'urn:refloop:cds:override-reason', code: 'chosen-already', display: 'A specialist is chosen already' },
  { system: 'urn:refloop:cds:override-reason', code: 'patient-wishes-another', display: 'The patient wishes another specialist' },
  { system: 'urn:refloop:cds:override-reason', code: 'not-fitting', display: 'None of these fits' },
];

/** What an order is called here: the app is told it by the launch. */
export type CardFor = { uuid: string; order: string; launchUrl: string; specialty: Specialty };

const short = (text: string): string => (text.length <= LONGEST_SUMMARY ? text : `${text.slice(0, LONGEST_SUMMARY - 1).trimEnd()}…`);

/** A directory may hold anything: what Markdown or HTML would take for its own is made harmless. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+!|<>~&-]/g, (sign) => `\\${sign}`);

/** `1. **Ana Rivera, MD**, Bay Heart: 2.1 miles away. …` */
function line(card: Card, number: number): string {
  const who = [`**${plain(displayOf(card))}**`, ...(card.organization === null ? [] : [plain(card.organization)])].join(', ');
  const confirm = card.callToConfirm.length === 0 ? '' : ` Call to confirm: ${card.callToConfirm.map(plain).join(' ')}`;
  return `${number}. ${who}: ${card.why.map(plain).join('; ')}.${confirm}`;
}

function foot(match: MatchAnswer): string {
  const circle = match.radiusMiles === null ? '' : ` within ${match.radiusMiles} miles`;
  const synthetic = match.directory.synthetic ? ' Everybody in it is synthetic.' : '';
  return `${match.eligible} in network and open to this referral${circle}. Directory as of ${plainDay(match.directory.asOf)}.${synthetic}`;
}

/** Those a card names. */
export const listedOf = (match: MatchAnswer): Card[] => match.ranked.slice(0, LISTED);

const listOf = (match: MatchAnswer): string =>
  listedOf(match)
    .map((card, index) => line(card, index + 1))
    .join('\n');

const common = ({ uuid, order, launchUrl }: CardFor): Pick<CdsCard, 'uuid' | 'source' | 'overrideReasons' | 'links'> => ({
  uuid,
  source: { label: 'Refloop' },
  overrideReasons: OVERRIDE_REASONS,
  // The app reads the order itself, with the clinician's own token; this only says which.
  links: [{ label: 'Refer with Refloop', url: launchUrl, type: 'smart', appContext: JSON.stringify({ order }) }],
});

/** The three best in network, each to be taken in the EHR; undefined where there is nobody to name. */
export function matchesCard(on: CardFor, match: MatchAnswer, suggestions: CdsSuggestion[]): CdsCard | undefined {
  const [first] = match.ranked;
  if (!first) return undefined;
  const count = Math.min(match.ranked.length, LISTED);
  const what = specialtyInSentence(on.specialty);
  const plan = match.coverage.planName === null ? '' : ` for ${match.coverage.planName}`;
  const rest = count === 1 ? 'is the only match' : `leads ${plural(count, 'match', 'matches')}`;
  return {
    ...common(on),
    summary: short(`In network${plan}, ${what}: ${displayOf(first)} ${rest}.`),
    indicator: 'info',
    detail: `${listOf(match)}\n\n${foot(match)}`,
    ...(suggestions.length === 0 ? {} : { suggestions, selectionBehavior: 'at-most-one' as const }),
  };
}

/** Whoever the order is being sent to, where the directory says of each of their places that it is out of network; else undefined. */
export function outOfNetworkCard(on: CardFor, performer: readonly Card[], match: MatchAnswer): CdsCard | undefined {
  const [first] = performer;
  if (!first || performer.some((card) => card.network.status !== 'out')) return undefined;
  const plan = match.coverage.planName ?? 'the patient’s plan';
  const instead =
    match.ranked.length === 0
      ? `Nobody in network was found${match.radiusMiles === null ? '' : ` within ${match.radiusMiles} miles`}.`
      : `In network instead:\n\n${listOf(match)}\n\n${foot(match)}`;
  return {
    ...common(on),
    summary: short(`${displayOf(first)} is out of network for ${plan}.`),
    indicator: 'warning',
    detail: instead,
  };
}
