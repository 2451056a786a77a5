/** A desk without a page, an EHR or a server: each test hands in what it asks of them. */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import type { OpenWork } from '@refloop/server/client/recommendation';
import type { Api, ApiCall } from '../session/api.ts';
import { createStore } from '../ui/store.ts';
import type { Desk, DeskState } from './desk.ts';
import { NO_OPEN_WORK } from './open-work.ts';

export type Asked = { method: string; path: string; body: unknown };

type Answers = Record<string, (body: unknown) => unknown>;

/**
 * @param state what the test is about; the rest is that of a page that has just opened
 * @param answers by `METHOD /path`; what is not among them is not answered
 */
export function testDesk(
  state: Partial<DeskState>,
  answers: Answers,
  ehr: Partial<EhrPort> = {},
): { desk: Desk; asked: Asked[]; failed: unknown[] } {
  const asked: Asked[] = [];
  const failed: unknown[] = [];
  const call = async (path: string, { method = 'GET', body }: ApiCall = {}) => {
    asked.push({ method, path, body });
    const answer = answers[`${method} ${path}`];
    return answer ? ok(answer(body)) : refuse({ kind: 'unreachable' });
  };
  const api: Api = {
    call: call as Api['call'],
    file: async () => refuse({ kind: 'unreachable' }),
    useSession: () => undefined,
  };
  const silent = async () => refuse({ kind: 'no-answer' as const, detail: '' });
  const opened = {
    patient: { deceased: null },
    coverages: [],
    order: null,
    orderFacts: null,
    request: { specialty: null },
    match: { kind: 'no-specialty' },
    draft: { kind: 'none' },
    openWork: NO_OPEN_WORK satisfies OpenWork,
    openWorkDecided: false,
    insteadOf: undefined,
    choice: { entryId: null, byPerson: false, override: null },
    alternates: [],
    chart: undefined,
    approval: { kind: 'editing' },
    notice: '',
    ...state,
  } as unknown as DeskState;
  const desk = {
    store: createStore(opened),
    api,
    ehr: { base: 'https://ehr.example.org/fhir', get: silent, write: silent, ...ehr },
    context: { iss: 'https://ehr.example.org/fhir', scopes: [] },
    session: { roles: ['clinician'], user: { subject: 'clinician', name: 'Dr. Lee' } },
    patientId: '1',
    statement: undefined,
    headResources: [],
    fail: (failure: unknown) => void failed.push(failure),
  } as unknown as Desk;
  return { desk, asked, failed };
}
