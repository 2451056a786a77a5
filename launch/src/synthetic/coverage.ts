import type { CodeableConcept, Coverage, Organization } from '@medplum/fhirtypes';
import { isSoldIn, type PlanProductType, type SyntheticPlan, syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import { dayBefore } from './calendar.ts';
import type { CastMember } from './cast.ts';
import { placeOf } from './places.ts';
import { randomFrom } from './random.ts';
import { metaFor } from './resource-meta.ts';

type Plan = Pick<SyntheticPlan, 'planId' | 'planName' | 'planIdentifier' | 'payerId' | 'payerName' | 'productType'>;

/** A plan of a payer that takes part in no directory this product loads. */
const planOutsideDirectories: Plan = {
  planId: 'cascadia-open-access',
  planName: 'Cascadia Mutual Benefit Open Access',
  planIdentifier: 'CMB-OPEN-9',
  payerId: 'SYN90',
  payerName: 'Cascadia Mutual Benefit',
  productType: 'commercial-ppo',
};

/** Displays of HL7 v3 ActCode. */
const types: Readonly<Record<PlanProductType, CodeableConcept>> = {
  'commercial-ppo': type('PPO', 'preferred provider organization policy'),
  'commercial-hmo': type('HMO', 'health maintenance organization policy'),
  'commercial-epo': type('MCPOL', 'managed care policy'),
  'medicare-advantage': type('PUBLICPOL', 'public healthcare', 'Medicare Advantage'),
  'medicaid-managed-care': type('PUBLICPOL', 'public healthcare', 'Medicaid managed care'),
  exchange: type('HIP', 'health insurance plan policy', 'Marketplace plan'),
};

function type(code: string, display: string, text?: string): CodeableConcept {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code, display }], text: text ?? display };
}

function planFor(planId: string, member: CastMember): Plan {
  const found = syntheticPlans.find((plan) => plan.planId === planId);
  if (!found) throw new Error(`cast.json: ${member.id} has plan "${planId}", which synthetic-plans.json does not list.`);
  const zip = member.residence.kind === 'none' ? member.residence.clinicZip : member.residence.zip;
  const { state } = placeOf(zip);
  if (!isSoldIn(found, state)) throw new Error(`cast.json: ${member.id} lives in ${state}, where plan "${planId}" is not sold.`);
  return found;
}

/** The payers of all plans, one Organization each. */
export function payerResources(): Organization[] {
  const payers = new Map<string, string>();
  for (const plan of [...syntheticPlans, planOutsideDirectories]) payers.set(plan.payerId, plan.payerName);
  return [...payers].map(([id, name]) => ({
    resourceType: 'Organization',
    id,
    meta: metaFor('us-core-organization'),
    identifier: [{ system: 'urn:refloop:synthetic:payer', value: id }],
    active: true,
    type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'pay', display: 'Payer' }] }],
    name,
  }));
}

function coverage(member: CastMember, plan: Plan, order: number, period: { start: string; end?: string }): Coverage {
  const random = randomFrom(`${member.id} coverage ${order}`);
  const subscriberId = `${plan.payerId}${random.integer(10_000_000, 99_999_999)}`;
  const child = member.guardian !== undefined;
  return {
    resourceType: 'Coverage',
    id: `${member.id}-coverage-${order}`,
    meta: metaFor('us-core-coverage'),
    identifier: [
      {
        type: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MB', display: 'Member Number' }],
          text: 'Member number',
        },
        system: `urn:refloop:synthetic:payer:${plan.payerId}:member`,
        value: `${subscriberId}-${child ? '02' : '01'}`,
        assigner: { display: plan.payerName },
      },
    ],
    status: 'active',
    type: types[plan.productType],
    ...(child
      ? { subscriber: { reference: `RelatedPerson/${member.id}-guardian` } }
      : { subscriber: { reference: `Patient/${member.id}` } }),
    subscriberId,
    beneficiary: { reference: `Patient/${member.id}` },
    relationship: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/subscriber-relationship',
          code: child ? 'child' : 'self',
          display: child ? 'Child' : 'Self',
        },
      ],
    },
    period,
    payor: [{ reference: `Organization/${plan.payerId}`, display: plan.payerName }],
    class: [
      ...(plan.productType.startsWith('commercial')
        ? [{ type: classType('group', 'Group'), value: `GRP-${random.integer(1000, 9999)}`, name: 'Employer group' }]
        : []),
      { type: classType('plan', 'Plan'), value: plan.planIdentifier, name: plan.planName },
    ],
    order,
  };
}

function classType(code: 'group' | 'plan', display: string): CodeableConcept {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code, display }] };
}

/** The coverages of one patient, the one to bill first in front. Periods are open unless the patient's lapsed. */
export function coveragesOf(member: CastMember, asOf: string): Coverage[] {
  const since = { start: dayBefore(asOf, 680) };
  const { coverage: situation } = member;
  switch (situation.kind) {
    case 'none':
      return [];
    case 'plan':
      return [coverage(member, planFor(situation.planId, member), 1, since)];
    case 'expired':
      return [
        coverage(member, planFor(situation.planId, member), 1, {
          start: dayBefore(asOf, situation.endedDaysAgo + 730),
          end: dayBefore(asOf, situation.endedDaysAgo),
        }),
      ];
    case 'two':
      return [
        coverage(member, planFor(situation.planId, member), 1, since),
        coverage(member, planFor(situation.secondPlanId, member), 2, since),
      ];
    case 'unknown-plan':
      return [coverage(member, planOutsideDirectories, 1, since)];
  }
}
