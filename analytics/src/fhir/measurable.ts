/** Which metrics the resources of an export allow, and what the others lack. */
import { headOf, metricIds, readMetric } from '../metric-definition.ts';
import type { Warehouse } from '../warehouse.ts';
import type { ReferralCounts } from './flatten-export.ts';

type Fact =
  | 'orders'
  | 'sendings'
  | 'acceptances'
  | 'bookings'
  | 'visits'
  | 'networks'
  | 'notes'
  | 'reviews'
  | 'authorizations'
  | 'loss-reasons'
  | 'recommendations'
  | 'distances'
  | 'actors'
  | 'ratings'
  | 'work-ratings';

/** What tells of each, for whoever exports; and the events by which it is known that it is there. */
const FACTS: Record<Fact, { told: string; events: string[] }> = {
  orders: {
    told: 'orders that ask a specialist: ServiceRequest with the category 3457005 of SNOMED CT, or a referral code (views/service_request.json)',
    events: ['referral-approved'],
  },
  sendings: { told: 'when an order was sent: Task with focus on the order and authoredOn', events: ['attempt-sent'] },
  acceptances: { told: 'acceptance: Task with focus on the order and the status accepted', events: ['attempt-accepted'] },
  bookings: { told: 'bookings: Appointment with basedOn naming the order, and created', events: ['appointment-booked'] },
  visits: {
    told: 'visits: Appointment fulfilled, Encounter finished or Procedure completed with basedOn naming the order, or a claim with referral',
    events: ['patient-seen', 'seen-elsewhere'],
  },
  networks: {
    told: 'the network of who saw the patient: ExplanationOfBenefit with referral and the payment status innetwork or outofnetwork (CARIN Blue Button)',
    events: ['network known'],
  },
  notes: {
    told: 'notes: DocumentReference with context.related, or DiagnosticReport with basedOn, naming the order',
    events: ['report-received'],
  },
  reviews: { told: 'when a note was reviewed, which no resource of an export says', events: ['report-reviewed'] },
  authorizations: { told: 'what payers decided before the visit, which is not read from exports', events: ['authorization-decided'] },
  'loss-reasons': { told: 'why a referral was lost, which no resource of an export says', events: ['loss-reason-recorded'] },
  distances: { told: 'how far it is to the specialist, which is not reckoned for exports', events: [] },
  actors: { told: 'who did what for a referral, which no resource of an export says', events: [] },
  ratings: { told: 'what patients said of it, which is not read from exports', events: ['patient-rated'] },
  'work-ratings': { told: 'how clinicians find their work with Refloop, which is in no export', events: ['clinician-rated'] },
  recommendations: { told: 'what Refloop recommended, which is in no other EHR’s export', events: ['recommendation-made'] },
};

/** One that is not named needs orders alone, and its own note says what else it lacks. */
const NEEDS: Record<string, Fact[]> = {
  completion: ['orders', 'visits'],
  cohort_completion: ['orders', 'visits'],
  seen_within_30: ['orders', 'visits'],
  seen_within_60: ['orders', 'visits'],
  network_leakage: ['orders', 'visits', 'networks'],
  out_of_network_orders: ['orders', 'networks'],
  time_to_accept: ['orders', 'acceptances'],
  time_to_schedule: ['orders', 'bookings'],
  time_to_appointment: ['orders', 'visits'],
  time_to_note: ['orders', 'visits', 'notes'],
  time_to_close: ['orders', 'notes', 'reviews'],
  note_return: ['orders', 'visits', 'notes'],
  closed_loop: ['orders', 'notes', 'reviews'],
  no_show: ['orders', 'bookings'],
  loop_funnel: ['orders', 'sendings', 'bookings', 'visits', 'notes', 'reviews'],
  denial: ['orders', 'authorizations'],
  denial_reasons: ['orders', 'authorizations'],
  leakage_reasons: ['orders', 'visits', 'networks', 'loss-reasons'],
  lost_causes: ['orders', 'loss-reasons'],
  lost_referrals: ['orders', 'visits'],
  override: ['orders', 'recommendations'],
  non_completion: ['orders', 'visits'],
  no_show_by_lead_time: ['orders', 'bookings'],
  cms50_referrals: ['orders', 'notes'],
  cms50_open: ['orders', 'notes'],
  cms50_reconciliation: ['orders', 'notes', 'reviews'],
  self_scheduling: ['orders', 'bookings', 'actors'],
  no_show_by_booker: ['orders', 'bookings', 'actors'],
  patient_satisfaction: ['orders', 'ratings'],
  provider_pulse: ['work-ratings'],
  staff_touches: ['orders', 'actors'],
  staff_minutes: ['orders', 'actors'],
  adoption: ['actors'],
  return_on_investment: ['orders', 'visits', 'networks', 'reviews'],
  network_adequacy: ['orders', 'acceptances', 'networks', 'distances'],
};

export type Measurable = {
  metric: string;
  title: string;
  /** In the denominator, of all referrals together; 0 also where it is kept back. */
  n: number;
  /** What it lacks, in English; nothing where the data allow it. */
  missing: string[];
};

const has = ({ events }: ReferralCounts, fact: Fact): boolean => FACTS[fact].events.some((event) => (events[event] ?? 0) > 0);

/** Asks every metric of the snapshot in force. Where the data lack what it needs it is not allowed, whatever it answers. */
export async function measurable(warehouse: Warehouse, counts: ReferralCounts): Promise<Measurable[]> {
  const found: Measurable[] = [];
  for (const id of metricIds()) {
    const { title } = headOf(readMetric(id));
    const { rows } = await warehouse.metric({ metric: id, by: [], scope: null });
    const n = Math.max(0, ...rows.map((row) => row.n ?? 0));
    const missing = (NEEDS[id] ?? ['orders']).filter((fact) => !has(counts, fact)).map((fact) => FACTS[fact].told);
    const note = rows[0]?.note ?? 'no referral to count';
    found.push({ metric: id, title, n, missing: missing.length === 0 && n === 0 ? [note] : missing });
  }
  return found;
}
