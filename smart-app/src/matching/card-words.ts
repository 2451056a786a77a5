/** The words and numbers on a card. */

import type { CardFacts } from '../refer/desk.ts';
import { shortDay } from '../words/plain-date.ts';

const UNKNOWN: Readonly<Record<string, string>> = {
  'plan-not-in-directory': 'the directory does not know the plan',
  'no-coverage': 'no coverage in the chart',
  'coverage-not-active': 'the coverage is not active',
  stale: 'last verified too long ago',
  'never-verified': 'never verified by the payer',
  contradictory: 'the directory contradicts itself',
};

/** `4.2 mi`, or `≈ 4 mi` where either end is only a ZIP code's centre. */
export function milesText(card: Pick<CardFacts, 'miles' | 'approximate'>): string {
  if (card.miles === null) return 'Distance unknown';
  if (!card.approximate) return `${card.miles.toFixed(1)} mi`;
  return card.miles < 1 ? '≈ 1 mi' : `≈ ${Math.round(card.miles)} mi`;
}

export function networkText(card: Pick<CardFacts, 'network'>, thisYear: string): { tone: 'good' | 'warn' | 'unknown'; text: string } {
  const { status, verifiedOn } = card.network;
  switch (status) {
    case 'in':
      return { tone: 'good', text: verifiedOn ? `In network · verified ${shortDay(verifiedOn, thisYear)}` : 'In network' };
    case 'out':
      return { tone: 'warn', text: 'Out of network' };
    case 'unknown':
      return { tone: 'unknown', text: 'Network unknown · call to confirm' };
  }
}

/** Where the network statement comes from, for hover and focus. */
export function networkSource(card: Pick<CardFacts, 'network'>, thisYear: string): string {
  const { status, reason, source, verifiedOn } = card.network;
  const parts = [
    status === 'unknown' && reason ? `Unknown because ${UNKNOWN[reason] ?? reason}` : undefined,
    source ? `Source: ${source}` : undefined,
    verifiedOn ? `verified ${shortDay(verifiedOn, thisYear)}` : undefined,
  ];
  return parts.filter(Boolean).join(', ') || 'The directory names no source';
}

export const FACTOR_NAMES: Readonly<Record<CardFacts['factors'][number]['name'], string>> = {
  distance: 'Distance',
  wait: 'Wait',
  rating: 'Rating',
};

const EXCLUSIONS: Readonly<Record<string, string>> = {
  'children-only': 'sees children only',
  'adults-only': 'sees adults only',
  'not-accepting': 'not accepting new patients',
  'existing-patients-only': 'existing patients only',
  'no-emergencies': 'takes no emergencies',
  'out-of-network': 'not in network',
  'network-unknown': 'network unknown',
};

export const exclusionText = (reason: string): string => EXCLUSIONS[reason] ?? reason.replaceAll('-', ' ');

const NUMBERS = ['none', 'one', 'two', 'three'] as const;

/** "Best three of 41 eligible within 25 mi". */
export function listHeading(shown: number, eligible: number, radiusMiles: number | null): string {
  const within = radiusMiles === null ? '' : ` within ${radiusMiles} mi`;
  if (eligible === 0) return `Nobody eligible${within}`;
  if (eligible <= shown) return `${eligible === 1 ? 'The only one' : `All ${eligible}`} eligible${within}`;
  return `Best ${NUMBERS[shown] ?? shown} of ${eligible} eligible${within}`;
}
