/** The payers' own part of the directory: payers, networks, plans and the states they are sold in. */

import type { InsurancePlan, Location, Meta, Organization } from '@medplum/fhirtypes';
import { DIRECTORY_IDENTIFIER, PLAN_NET_CODES, planNetProfile, SYNTHETIC_TAG } from '@refloop/domain/network/plan-net';
import { type PlanProductType, type SyntheticPlan, syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import type { DirectoryDay } from './directory-day.ts';
import { syntheticNetworks } from './networks.ts';
import { usZipCodes } from './zip-codes.ts';

export const metaOf = (profile: string, lastUpdated: string): Meta => ({
  lastUpdated,
  profile: [planNetProfile(profile)],
  tag: [SYNTHETIC_TAG],
});

const payerOrganizationId = (payerId: string): string => `payer-${payerId.toLowerCase()}`;
export const networkOrganizationId = (networkId: string): string => `network-${networkId}`;

/** Plan-Net 1.1.0 InsuranceProductTypeCS. */
const productTypeCodes: Readonly<Record<PlanProductType, string>> = {
  'commercial-ppo': 'commppo',
  'commercial-hmo': 'commhmo',
  'commercial-epo': 'commepo',
  'medicare-advantage': 'mediadv',
  'medicaid-managed-care': 'medihmo',
  exchange: 'qhp',
};

/** Metal levels, read from the plan's name: Plan-Net 1.1.0 InsurancePlanTypeCS. */
const metalLevels = ['bronze', 'silver', 'gold'] as const;

const organizationType = (code: string) => [{ coding: [{ system: PLAN_NET_CODES.organizationType, code }] }];

/** A state as an area that a plan covers; it has no position and nobody practises "in" it. */
function stateArea(state: string, lastUpdated: string): Location {
  return {
    resourceType: 'Location',
    id: `state-${state.toLowerCase()}`,
    meta: metaOf('Location', lastUpdated),
    status: 'active',
    name: `State of ${state}`,
    physicalType: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'jdn' }] },
    address: { state, country: 'US' },
  };
}

function insurancePlan(plan: SyntheticPlan, lastUpdated: string): InsurancePlan {
  const payer = { reference: `Organization/${payerOrganizationId(plan.payerId)}` };
  const metal = metalLevels.find((level) => plan.planName.toLowerCase().includes(level));
  return {
    resourceType: 'InsurancePlan',
    id: plan.planId,
    meta: metaOf('InsurancePlan', lastUpdated),
    identifier: [{ system: DIRECTORY_IDENTIFIER.plan, value: plan.planIdentifier }],
    status: 'active',
    type: [{ coding: [{ system: PLAN_NET_CODES.productType, code: productTypeCodes[plan.productType] }] }],
    name: plan.planName,
    ownedBy: payer,
    administeredBy: payer,
    ...(plan.states.includes('*')
      ? {}
      : { coverageArea: plan.states.map((state) => ({ reference: `Location/state-${state.toLowerCase()}` })) }),
    network: syntheticNetworks
      .filter((network) => network.plans.some((served) => served.planId === plan.planId))
      .map((network) => ({ reference: `Organization/${networkOrganizationId(network.id)}`, display: network.name })),
    ...(metal === undefined ? {} : { plan: [{ type: { coding: [{ system: PLAN_NET_CODES.planType, code: metal }] } }] }),
  };
}

/** Payers first, then their networks, the states, and the plans that name them all. */
export function* payerResources(day: DirectoryDay): Generator<Organization | Location | InsurancePlan> {
  const lastUpdated = day.instantDaysAgo(0);
  const payers = new Map(syntheticPlans.map((plan) => [plan.payerId, plan.payerName]));
  for (const [payerId, name] of payers) {
    yield {
      resourceType: 'Organization',
      id: payerOrganizationId(payerId),
      meta: metaOf('Organization', lastUpdated),
      identifier: [{ system: DIRECTORY_IDENTIFIER.payer, value: payerId }],
      active: true,
      type: organizationType('payer'),
      name,
      address: [{ text: 'Synthetic payer, no address', country: 'US' }],
    };
  }
  for (const network of syntheticNetworks) {
    yield {
      resourceType: 'Organization',
      id: networkOrganizationId(network.id),
      meta: metaOf('Network', lastUpdated),
      active: true,
      type: organizationType('ntwk'),
      name: network.name,
      partOf: { reference: `Organization/${payerOrganizationId(network.payerId)}` },
    };
  }
  for (const state of new Set(usZipCodes.map((code) => code.state))) yield stateArea(state, lastUpdated);
  for (const plan of syntheticPlans) yield insurancePlan(plan, lastUpdated);
}
