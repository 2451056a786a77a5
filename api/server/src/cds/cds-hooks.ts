/**
 * What Refloop answers at a hook: for each referral the best in network, or a warning, within half a second or nothing. Nothing of the
 * chart is stored or logged; that it was asked, and whether it had something to say, is put in the audit under the patient's pseudonym.
 */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import { list, object, target } from '@refloop/domain/fhir/read';
import { isFhirId } from '@refloop/domain/fhir/reference';
import { dayOf } from '@refloop/domain/instant';
import { coverageFacts } from '@refloop/domain/request/coverage-facts';
import { isReferralOrder, type OrderFacts, orderFacts } from '@refloop/domain/request/order-facts';
import { patientFacts } from '@refloop/domain/request/patient-facts';
import { NPI_SYSTEM } from '@refloop/domain/write-back/identifiers';
import { isOpenOrder } from '@refloop/domain/write-back/open-order';
import type { CdsAnswer, CdsCard, CdsFeedback, CdsService, HookCall } from '../client/cds-hooks.ts';
import { MatchInput } from '../client/match.ts';
import { isRefusal, problem, type Refusal } from '../problem.ts';
import type { MatchingService } from '../services/matching.ts';
import type { Fetch } from '../sessions/ehr-request.ts';
import { findSite, type Site, scopeOf } from '../sites.ts';
import type { Json, Store } from '../store/store.ts';
import type { AdmittedClient } from './admission.ts';
import { listedOf, matchesCard, OVERRIDE_REASONS, outOfNetworkCard } from './card.ts';
import { type ChartData, openChartData } from './chart-data.ts';
import { type HookContext, hookContextOf } from './hook-context.ts';
import { cdsServiceById } from './services.ts';
import { suggestionsFor } from './suggestion.ts';

export type CdsHooksService = {
  answer: (asked: AdmittedClient, serviceId: string, call: HookCall, now: Date) => Promise<CdsAnswer | Refusal>;
  feedback: (asked: AdmittedClient, serviceId: string, given: CdsFeedback, now: Date) => Promise<Record<string, never> | Refusal>;
};

type Deps = {
  store: Store;
  sites: Site[];
  matching: MatchingService;
  fetch: Fetch;
  /** A UUID. */
  newUuid: () => string;
  /** Where Refloop is reached, without a final slash. */
  address: string;
  /** What fails after the answer went out. */
  failed: (error: unknown) => void;
  /** How long an answer may take from the arrival of the request; 450 ms unless told (tests on a busy machine). */
  budgetMs?: () => number;
};

/** The specification asks for answers "on the order of 500 ms". */
const BUDGET_MS = 450;
/** Left for matching and the audit after the EHR was asked. */
const RESERVE_MS = 100;
/** An ordering session with more referrals than this is looked at in part. */
const MOST_CARDS = 3;
/** R4: the first circle. */
const FIRST_RADIUS_MILES = 25;

/** Why there is no card. */
type Silence = 'too-late' | 'no-referral' | 'no-specialty' | 'chart-not-usable' | 'nobody-in-network' | 'in-network-or-not-known';
/** The NPI that each suggestion names, by its id: what was accepted is told by the id alone. */
type Suggested = { uuid: string; npi: string };
type Found = { cards: CdsCard[]; suggested: Suggested[]; silences: Silence[]; asked: number };

const NOTHING: CdsAnswer = { cards: [] };

const missing = (what: string, key: string): Refusal =>
  problem('data-missing', `Without ${what} there is no answer. Send it as prefetch, or a token with which it can be read.`, [
    { field: `prefetch.${key}`, message: 'Missing, or of another patient', fix: 'Send what GET /cds-services names under this key.' },
  ]);

const unknownService = (): Refusal =>
  problem('not-found', 'There is no CDS service of this name. GET /cds-services lists those there are.');

/** Whose EHR it is that asks; it may name only those its entry speaks for, and need not where that is one. */
function siteOf(sites: Site[], { client }: AdmittedClient, call: HookCall): Site | Refusal {
  const iss = call.fhirServer ?? (client.sites.length === 1 ? client.sites[0] : undefined);
  const bad = (message: string): Refusal =>
    problem('unknown-issuer', 'This CDS client does not speak for that EHR. Nothing was read.', [
      { field: 'fhirServer', message, fix: 'Send the FHIR base as the site entry of Refloop has it.' },
    ]);
  if (iss === undefined) return bad('Missing, and this client speaks for several EHRs');
  const site = client.sites.includes(iss) ? findSite(sites, iss) : undefined;
  return site ?? bad('Not one of this client’s EHRs');
}

/** The NPI of whoever the order goes to, of the person where the EHR named a role; undefined where nothing says it. */
async function npiOf(data: ChartData, performer: string): Promise<string | undefined> {
  const npiIn = (resource: Resource | undefined): string | undefined =>
    list(resource?.['identifier']).flatMap(({ system, value }) => (system === NPI_SYSTEM && typeof value === 'string' ? value : []))[0];
  const named = await data.performer(performer);
  if (named?.resourceType !== 'PractitionerRole') return named?.resourceType === 'Practitioner' ? npiIn(named) : undefined;
  const person = target(object(named['practitioner']));
  return npiIn(named) ?? (person?.type === 'Practitioner' ? npiIn(await data.performer(`Practitioner/${person.id}`)) : undefined);
}

export function createCdsHooksService(deps: Deps): CdsHooksService {
  const launchUrl = `${deps.address}/launch`;

  function inputFor(order: OrderFacts, patient: Resource, coverages: Resource[], now: Date): MatchInput | undefined {
    const today = dayOf(now.toISOString());
    const { place, group, languages } = patientFacts(patient, today);
    const input = MatchInput.safeParse({
      specialty: order.specialty,
      urgency: order.urgency,
      place,
      coverage: coverageFacts(coverages, today)[0]?.input ?? null,
      patient: group,
      languages,
      radiusMiles: FIRST_RADIUS_MILES,
      limit: 3,
    });
    return input.success ? input.data : undefined;
  }

  /** The referrals among the orders of the hook, of this patient and still open. */
  async function referralsOf(context: HookContext, data: ChartData, iss: string): Promise<Resource[]> {
    const named = await Promise.all(context.named.slice(0, MOST_CARDS).map(data.order));
    return [...context.orders, ...named.flatMap((order) => order ?? [])].filter(
      (order) => isReferralOrder(order) && isOpenOrder(order['status']) && isFhirId(order.id) && isOf(order, context.patientId, iss),
    );
  }

  async function find(site: Site, service: CdsService, context: HookContext, data: ChartData, now: Date): Promise<Found | Refusal> {
    const silent = (silence: Silence): Found => ({ cards: [], suggested: [], silences: [silence], asked: data.asked() });
    const referrals = (await referralsOf(context, data, site.iss)).map((resource) => ({ ...orderFacts(resource), resource }));
    if (referrals.length === 0) return silent(data.ranOut() ? 'too-late' : 'no-referral');
    const withSpecialty = referrals.filter(({ specialty }) => specialty !== undefined).slice(0, MOST_CARDS);
    if (withSpecialty.length === 0) return silent('no-specialty');
    const [patient, coverages, npi] = await Promise.all([
      data.patient(),
      data.coverages(),
      context.performer === undefined ? undefined : npiOf(data, context.performer),
    ]);
    if ((!patient || !coverages) && data.ranOut()) return silent('too-late');
    if (!patient) return missing('the patient', 'patient');
    if (!coverages) return missing('the patient’s coverages', 'coverage');
    const cards: CdsCard[] = [];
    const suggested: Suggested[] = [];
    const silences: Silence[] = [];
    for (const order of withSpecialty) {
      const specialty = specialtyById(order.specialty ?? '');
      const input = inputFor(order, patient, coverages, now);
      if (!specialty || !input) {
        silences.push('chart-not-usable');
        continue;
      }
      const match = deps.matching.match(input, now);
      if (isRefusal(match)) return match;
      const on = { uuid: deps.newUuid(), order: order.reference, launchUrl, specialty };
      if (service.hook === 'order-dispatch') {
        const performer = npi === undefined ? [] : deps.matching.ofNpi(input, npi, now);
        if (isRefusal(performer)) return performer;
        const card = outOfNetworkCard(on, performer, match);
        if (card) cards.push(card);
        else silences.push('in-network-or-not-known');
      } else {
        const listed = listedOf(match);
        const suggestions = suggestionsFor(order.resource, listed, deps.newUuid);
        suggested.push(...suggestions.flatMap(({ uuid }, index) => (listed[index] ? { uuid, npi: listed[index].npi } : [])));
        const card = matchesCard(on, match, suggestions);
        if (card) cards.push(card);
        else silences.push('nobody-in-network');
      }
    }
    return { cards, suggested, silences, asked: data.asked() };
  }

  async function audit(
    site: Site,
    asked: AdmittedClient,
    patientId: string | undefined,
    userId: string | undefined,
    payload: Json,
    now: Date,
  ) {
    await deps.store.transaction(scopeOf(site), (unit) =>
      unit.audit.append({
        at: now.toISOString(),
        actor: { subject: `cds-client ${asked.client.iss}`, fhirUser: userId ?? null, sessionId: null },
        action: 'cds.called',
        purpose: 'TREAT',
        ...(patientId === undefined ? {} : { patientId }),
        payload,
      }),
    );
  }

  return {
    answer: async (asked, serviceId, call, now) => {
      const service = cdsServiceById(serviceId);
      if (!service) return unknownService();
      if (call.hook !== service.hook) {
        return problem('invalid-request', `This service is for the hook ${service.hook}.`, [
          { field: 'hook', message: 'Not the hook of this service', fix: `Send "${service.hook}", or call the service of your hook.` },
        ]);
      }
      const site = siteOf(deps.sites, asked, call);
      if (isRefusal(site)) return site;
      const context = hookContextOf(service.hook, call.context);
      if (isRefusal(context)) return context;
      const budget = deps.budgetMs?.() ?? BUDGET_MS;
      const left = (): number => budget - (performance.now() - asked.since);
      const data = openChartData({ fetch: deps.fetch, iss: site.iss, patientId: context.patientId, call, left: () => left() - RESERVE_MS });
      const work = async (): Promise<CdsAnswer | Refusal> => {
        const found = await find(site, service, context, data, now);
        const outcome = isRefusal(found)
          ? { refused: found.refused }
          : {
              cards: found.cards.map(({ uuid, indicator }) => ({ uuid, indicator })),
              suggested: found.suggested,
              silent: found.silences,
              asked: found.asked,
            };
        await audit(site, asked, context.patientId, context.userId, { service: service.id, ...outcome }, now);
        return isRefusal(found) ? found : { cards: found.cards };
      };
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((done) => {
        timer = setTimeout(() => done('late'), Math.max(0, left()));
      });
      const working = work();
      const first = await Promise.race([working, late]);
      clearTimeout(timer);
      if (first !== 'late' && left() > 0) return first;
      const toldNothing = { service: service.id, late: true };
      void working.then(() => audit(site, asked, context.patientId, context.userId, toldNothing, now)).catch(deps.failed);
      return NOTHING;
    },
    feedback: async (asked, serviceId, { feedback }, now) => {
      const service = cdsServiceById(serviceId);
      if (!service) return unknownService();
      const home = findSite(deps.sites, asked.client.sites[0] ?? '');
      if (!home) return unknownService();
      const known = new Set(OVERRIDE_REASONS.map(({ system, code }) => `${system} ${code}`));
      await deps.store.transaction(scopeOf(home), async (unit) => {
        for (const { card, outcome, acceptedSuggestions, overrideReason } of feedback) {
          const reason = overrideReason?.reason;
          const code = reason === undefined ? null : known.has(`${reason.system} ${reason.code}`) ? reason.code : 'other';
          await unit.audit.append({
            at: now.toISOString(),
            actor: { subject: `cds-client ${asked.client.iss}`, fhirUser: null, sessionId: null },
            action: 'cds.feedback-given',
            purpose: 'HOPERAT',
            payload: { service: service.id, card, outcome, suggestions: (acceptedSuggestions ?? []).map(({ id }) => id), reason: code },
          });
        }
      });
      return {};
    },
  };
}
