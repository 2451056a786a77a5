/** What a card says in plain words (R33). Each sentence restates one factor or one directory statement, nothing more. */

import { daysBetween } from '../instant.ts';
import type { DirectoryEntry, NetworkStatus, Plan } from '../network/directory.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { languageName, plainDay, plural, primaryLanguage } from './plain-words.ts';
import type { Policy } from './policy.ts';
import type { MatchRequest } from './request.ts';

export type Told = {
  entry: DirectoryEntry;
  facts: EligibilityFacts;
  miles: number | null;
  approximate: boolean;
  plan: Plan | undefined;
  request: MatchRequest;
  policy: Policy;
};

function distanceSentence({ miles, approximate }: Told): string {
  if (miles === null) return 'Distance not known: the patient’s address is missing or cannot be placed';
  if (approximate) return miles < 1 ? 'Within about 1 mile' : `About ${plural(Math.round(miles), 'mile', 'miles')} away`;
  return `${miles.toFixed(1)} miles away`;
}

function networkSentence({ facts, plan }: Told): string | undefined {
  const planName = plan?.name ?? 'the patient’s plan';
  switch (facts.network.status) {
    case 'in':
      return `In network for ${planName}, verified ${plainDay(facts.network.verifiedOn)}`;
    case 'out':
      return `Out of network for ${planName}`;
    case 'unknown':
      return undefined;
  }
}

const speaks = (entry: DirectoryEntry, language: string): boolean =>
  entry.languages.some((spoken) => primaryLanguage(spoken) === primaryLanguage(language));

/** Reasons for the place of a candidate, most decisive first. */
export function whySentences(told: Told): readonly string[] {
  const { entry, request, facts } = told;
  const { wait, rating } = entry;
  const sentences: (string | undefined | false)[] = [
    networkSentence(told),
    distanceSentence(told),
    wait ? `Listed wait ${plural(wait.days, 'day', 'days')}, as of ${plainDay(wait.asOf)}` : 'No wait listed in the directory',
    rating ? `Rated ${rating.stars.toFixed(1)} of 5 (${plural(rating.count, 'rating', 'ratings')})` : 'No rating in the directory',
    facts.accepting === 'yes' && 'Accepting new patients',
    request.urgency === 'emergency' && entry.acceptsEmergencies === true && 'Accepts emergency referrals',
    request.patient === 'child' && entry.ages !== 'adults' && (entry.ages === 'children' ? 'Sees children only' : 'Sees children'),
    ...request.languages.filter((language) => speaks(entry, language)).map((language) => `Speaks ${languageName(language)}`),
    request.languages.some((language) => !speaks(entry, language)) && entry.interpreterOnSite === true && 'Interpreter on site',
    entry.telehealth === true && 'Offers telehealth',
    facts.network.status !== 'in' && entry.slidingScale === true && 'Sliding-scale fees for patients outside the network',
    facts.network.status !== 'in' && entry.paymentPlan === true && 'Payment plans for patients outside the network',
  ];
  return sentences.filter((sentence) => typeof sentence === 'string');
}

function networkQuestion(network: NetworkStatus, { policy, plan }: Told): string | undefined {
  if (network.status !== 'unknown') return undefined;
  const planName = plan?.name ?? 'the patient’s plan';
  switch (network.reason) {
    case 'stale':
      return network.verifiedOn === undefined
        ? `Network for ${planName} not verified within ${policy.networkStaleAfterDays} days.`
        : `Network for ${planName} last verified ${plainDay(network.verifiedOn)}, more than ${policy.networkStaleAfterDays} days ago.`;
    case 'never-verified':
      return `The directory does not say when the network for ${planName} was verified.`;
    case 'contradictory':
      return `The directory contradicts itself on the network for ${planName}.`;
    case 'no-coverage':
      return 'No coverage in the chart: ask about cost before the visit.';
    case 'coverage-not-active':
      return 'The coverage in the chart is not active: confirm the patient’s plan.';
    case 'plan-not-in-directory':
      return 'The patient’s plan is not in this directory: confirm that it is accepted.';
  }
}

/** What to ask by telephone before relying on the card; empty when the directory is clear and fresh. */
export function callToConfirmSentences(told: Told): readonly string[] {
  const { entry, request, facts, policy } = told;
  const { wait } = entry;
  const unspoken = request.languages.filter((language) => !speaks(entry, language));
  const sentences: (string | undefined | false)[] = [
    networkQuestion(facts.network, told),
    facts.accepting === 'unknown' && 'The directory does not say whether new patients are accepted.',
    facts.accepting === 'contradictory' && 'The directory contradicts itself on whether new patients are accepted.',
    ...entry.contradictions
      .filter(({ about }) => about === 'address' || about === 'phone' || about === 'specialty')
      .map(({ detail }) => detail),
    wait !== undefined &&
      daysBetween(wait.asOf, request.today) > policy.networkStaleAfterDays &&
      `The listed wait is from ${plainDay(wait.asOf)}.`,
    ...(entry.interpreterOnSite === true
      ? []
      : unspoken.map((language) => `The directory lists neither ${languageName(language)} nor an interpreter on site.`)),
  ];
  return sentences.filter((sentence) => typeof sentence === 'string');
}
