/** What must hold of what was found, judged apart from how it was found: nothing here asks Refloop. */
import { FAX, FAX_RECEIPT } from '@refloop/server/channels/fax-gateway';
import { OFFICE_MAIL } from '@refloop/server/channels/office-mail';
import { NOTE_IN_CHART, NOTE_RECEIPT } from '@refloop/server/channels/report-in-chart';
import { TASK_STANDING } from '@refloop/server/channels/task-standing';
import { TEXT_MESSAGE } from '@refloop/server/channels/text-message';
import type { TakenByKey, TakenMail } from './counterparts.ts';
import type { Fact, HandedDocument, Where } from './ledger.ts';

export type FoundEvent = { type: string; factKey: string | null; data: Readonly<Record<string, unknown>> };
export type FoundEffect = {
  id: string;
  referralId: string;
  kind: string;
  key: string;
  status: 'waiting' | 'begun' | 'done' | 'failed' | 'left-out' | 'unknown';
  dueAt: string | null;
  /** Until when somebody holds it; null where nobody does. */
  heldUntil: string | null;
};

export type Found = {
  facts: readonly Fact[];
  documents: readonly HandedDocument[];
  histories: ReadonlyMap<string, readonly FoundEvent[]>;
  /** Documents that came in, by id, and where they stand. */
  inbound: ReadonlyMap<string, string>;
  effects: readonly FoundEffect[];
  /** Whose it is to find out about an effect; null where nobody has it. */
  doubts: ReadonlyMap<string, string | null>;
  staff: ReadonlySet<string>;
  mails: readonly TakenMail[];
  faxes: ReadonlyMap<string, TakenByKey>;
  texts: ReadonlyMap<string, TakenByKey>;
};

/** Once nothing is under way any more. */
export type Settled = Found & {
  now: string;
  /** By its key, what the Task of an attempt is to read by the events, and what those read that a search for the key finds. */
  tasks: ReadonlyMap<string, { wanted: string; read: readonly string[] }>;
  /** Notes and receipts that a search in the chart finds, by the effect that was to put them there. */
  inChart: ReadonlyMap<string, number>;
  /** Open referrals for which nobody owes anything. */
  unowned: readonly string[];
  /** Referrals whose projection is not what their events say. */
  differing: readonly string[];
  audit: string;
};

const matches = (where: Where, { type, factKey, data }: FoundEvent): boolean =>
  'key' in where
    ? factKey?.endsWith(`/${where.key}`) === true
    : type === where.type && Object.entries(where.data).every(([name, value]) => data[name] === value);

const timesOf = ({ where, referralId }: Fact, { histories }: Found): number =>
  (histories.get(referralId) ?? []).filter((event) => matches(where, event)).length;

/** Whatever somebody was told is there, and once; what nobody was told of is there once or not at all. */
function ofFacts(found: Found): string[] {
  return found.facts.flatMap((fact) => {
    const times = timesOf(fact, found);
    const about = `${fact.what} of ${fact.referralId} (${JSON.stringify(fact.where)})`;
    if (fact.told && times !== 1) return [`${about} was acknowledged and is there ${times} times`];
    return times > 1 ? [`${about} is there ${times} times`] : [];
  });
}

const ofDocuments = ({ documents, inbound }: Found): string[] =>
  documents.flatMap(({ id, key }) =>
    id !== undefined && !inbound.has(id) ? [`the document ${key} was acknowledged and is not there`] : [],
  );

/** The effect that carries out what a packet asked for. */
function effectOf(fact: Fact, { histories, effects }: Found): FoundEffect | undefined {
  const sent = (histories.get(fact.referralId) ?? []).find((event) => matches(fact.where, event));
  const kind = fact.way === 'mail' ? OFFICE_MAIL : FAX;
  return effects.find((effect) => effect.kind === kind && effect.key === sent?.data['transmissionId']);
}

const ofPackets = (found: Found): string[] =>
  found.facts.flatMap((fact) =>
    fact.way !== null && fact.told && !effectOf(fact, found)
      ? [`${fact.what} of ${fact.referralId} was acknowledged, and no effect waits for it`]
      : [],
  );

const twice = (of: readonly string[]): string[] => [...new Set(of.filter((each, at) => of.indexOf(each) !== at))];

/** Nothing leaves twice, and nothing that was not asked for. */
function ofCounterparts({ mails, faxes, texts, effects, histories }: Found): string[] {
  const known = new Map(effects.map(({ id, kind }) => [id, kind]));
  // Each press of the campaign has an address of its own, to which one packet goes; what follows it there has an effect of its own for each thing said.
  const sendings = new Set(
    [...histories.values()].flat().flatMap(({ type, data }) => (type === 'attempt-sent' ? [data['transmissionId']] : [])),
  );
  const packets = new Set(effects.flatMap(({ id, key }) => (sendings.has(key) ? [id] : [])));
  const byKey = (kind: string, taken: Found['faxes']): string[] =>
    [...taken].flatMap(([id, { bodies }]) => [
      ...(known.get(id) === kind ? [] : [`a ${kind} left under ${id}, which no effect asked for`]),
      ...(bodies.size > 1 ? [`a ${kind} was sent again under ${id} with other words`] : []),
    ]);
  return [
    ...twice(mails.map(({ effectId }) => effectId)).map((id) => `the mail ${id} was sent twice`),
    ...twice(mails.flatMap(({ effectId, to }) => (packets.has(effectId) ? [to] : []))).map((to) => `${to} was sent a packet twice`),
    ...mails.filter(({ effectId }) => known.get(effectId) !== OFFICE_MAIL).map(({ to }) => `a mail went to ${to} that no effect asked for`),
    ...byKey(FAX, faxes),
    ...byKey(TEXT_MESSAGE, texts),
  ];
}

/** At any moment. */
export const violationsAtAnyTime = (found: Found): string[] => [
  ...ofFacts(found),
  ...ofDocuments(found),
  ...ofPackets(found),
  ...ofCounterparts(found),
];

/** How often the other side has it; undefined of what is asked there alone, and of a Task, which many effects move. */
const countOf = ({ id, kind }: FoundEffect, { mails, faxes, texts, inChart }: Settled): number | undefined => {
  if (kind === OFFICE_MAIL) return mails.filter(({ effectId }) => effectId === id).length;
  if (kind === FAX) return faxes.has(id) ? 1 : 0;
  return kind === TEXT_MESSAGE ? (texts.has(id) ? 1 : 0) : inChart.get(id);
};

/** Kinds whose counterpart honours a key or can be searched: of what is still wanted no doubt may be left. */
const REPEATABLE: readonly string[] = [FAX, FAX_RECEIPT, TEXT_MESSAGE, TASK_STANDING, NOTE_IN_CHART, NOTE_RECEIPT];

/** What is not wanted any more is not sent again under its key to find out: whether it was sent before is a person’s to ask. */
const OVERTAKES: readonly string[] = ['appointment-booked', 'patient-seen', 'attempt-declined', 'order-ended', 'patient-rated'];
const isOvertaken = ({ referralId }: FoundEffect, { histories }: Found): boolean =>
  (histories.get(referralId) ?? []).some(({ type }) => OVERTAKES.includes(type));

function ofEffect(effect: FoundEffect, found: Settled): string[] {
  const { id, kind, status, dueAt } = effect;
  const count = countOf(effect, found);
  const about = `the ${kind} ${id}`;
  const owner = found.doubts.get(id);
  const nobody =
    owner === undefined || owner === null || !found.staff.has(owner) ? [`${about} is ${status}, and no named person has it`] : [];
  switch (status) {
    case 'waiting':
      return dueAt !== null && dueAt > found.now ? [] : [`${about} is forgotten: it waits since ${dueAt ?? 'nobody knows when'}`];
    case 'begun':
      return [`${about} was begun, and nobody found out what became of it`];
    case 'done':
      return count === undefined || count === 1 ? [] : [`${about} is done, and was taken ${count} times`];
    case 'failed':
      return [...nobody, ...(count ? [`${about} is called not sent, and was taken`] : [])];
    case 'left-out':
      return count ? [`${about} is called left out, and was taken`] : [];
    case 'unknown':
      if (dueAt !== null) return [`${about} is still looked for`];
      return [
        ...nobody,
        ...(REPEATABLE.includes(kind) && !isOvertaken(effect, found) ? [`${about} is unknown, and could be sent again`] : []),
      ];
  }
}

/** One Task an attempt, and it says where the work stands. */
const ofTasks = ({ tasks }: Settled): string[] =>
  [...tasks].flatMap(([key, { wanted, read }]) => {
    if (read.length !== 1) return [`there are ${read.length} Tasks ${key}`];
    return read[0] === wanted ? [] : [`the Task ${key} reads ${read[0]} and not ${wanted}`];
  });

/** Once everything had time to settle. */
export const violationsOnceSettled = (found: Settled): string[] => [
  ...violationsAtAnyTime(found),
  ...found.documents.flatMap(({ id, key }) =>
    id !== undefined && found.inbound.get(id) === 'waiting' ? [`the document ${key} was never read`] : [],
  ),
  ...found.effects.flatMap((effect) => ofEffect(effect, found)),
  ...ofTasks(found),
  ...found.unowned.map((id) => `${id} is open, and nobody owes anything`),
  ...found.differing.map((id) => `${id} is not what its events say`),
  ...(found.audit === 'whole' ? [] : [`the audit is ${found.audit}`]),
];
