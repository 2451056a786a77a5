/** What the Refer page reads and asks before a person has done anything, in the order in which it does (`smart-app/src/session`, `refer`). */
import { entriesOf } from '@refloop/domain/fhir/bundle';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { coverageFacts } from '@refloop/domain/request/coverage-facts';
import { patientFacts } from '@refloop/domain/request/patient-facts';
import type { MatchAnswer, MatchInput } from '@refloop/server/client/match';
import type { MakeRecommendation, OpenWork, Recommendation } from '@refloop/server/client/recommendation';
import { grants } from '../../../smart-app/src/chart/granted-scopes.ts';
import { readChart } from '../../../smart-app/src/chart/read-chart.ts';
import { orderInDesk } from '../../../smart-app/src/refer/order-in-desk.ts';
import { matchInput, recordedRequest, requestOf } from '../../../smart-app/src/refer/request-form.ts';
import { StepFailed } from './launch.ts';
import type { Window } from './window.ts';

export type Desk = {
  window: Window;
  statement: Resource | undefined;
  order: Resource | null;
  head: Resource[];
  match: MatchInput;
  /** What `POST /recommendations` is given once the chart is read. */
  recommendationFor: (chart: readonly Resource[], notSeen: string[]) => MakeRecommendation;
};

async function given(window: Window, path: string): Promise<Resource> {
  const read = await window.ehr.get(path);
  if (!read.ok) throw new StepFailed(`EHR GET ${path.split('/')[0]}: ${read.refusal.kind}`);
  return read.value;
}

/** Session, patient, coverages, the launched order and what the EHR can do, at once. */
export async function openDesk(window: Window): Promise<Desk> {
  const { patientId, launched, times } = window;
  const { scopes, order: orderReference } = launched.context;
  const head = times.time('read patient, coverage, order', () =>
    Promise.all([
      given(window, `Patient/${patientId}`),
      grants(scopes, 'Coverage', 's') ? given(window, `Coverage?patient=${patientId}&_count=50`).then(entriesOf) : [],
      orderReference === undefined ? null : given(window, orderReference),
      given(window, 'metadata'),
    ]),
  );
  const [[patient, coverages, launchedOrder, statement]] = await Promise.all([head, window.session]);
  const today = new Date().toISOString().slice(0, 10);
  const facts = patientFacts(patient, today);
  const covered = coverageFacts(coverages, today);
  const { order, orderFacts, writeBack } = orderInDesk(launchedOrder, launched.context, statement);
  const form = requestOf(orderFacts, facts, covered);
  const match = matchInput(form, facts, covered);
  if (!match) throw new StepFailed(`The order of ${patientId} names no specialty`);
  return {
    window,
    statement,
    order,
    head: [patient, ...coverages, ...(order ? [order] : [])],
    match,
    recommendationFor: (chart, notSeen) => ({ order, chart: [...chart], notSeen, request: recordedRequest(form, match), writeBack }),
  };
}

export async function readForNote({ window, head }: Desk): Promise<{ resources: Resource[]; notSeen: string[] }> {
  const read = await window.times.time('read the chart', () =>
    readChart(window.ehr, window.patientId, window.launched.context.scopes, head),
  );
  if (!read.ok) throw new StepFailed(`The chart holds ${read.refusal.where} of another patient`);
  return read.value;
}

export const askMatch = ({ window, match }: Desk): Promise<MatchAnswer> => window.call('POST /match', 'POST', '/match', match);
export const askOpenWork = ({ window }: Desk): Promise<OpenWork> => window.call('GET /open-work', 'GET', '/open-work');
export const recommend = ({ window }: Desk, body: MakeRecommendation): Promise<Recommendation> =>
  window.call('POST /recommendations', 'POST', '/recommendations', body);
