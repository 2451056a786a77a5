/** For tests: asking the cells of the table, and looking at what each answer left behind: a refusal nothing but a line in the audit. */
import { type Caller, openCallers, openTeams } from './test-people.ts';
import { type Difference, difference, readState, rowsOf, type State, watchTables } from './test-state.ts';
import { ANOTHER_PATIENT, ELSEWHERE, OWN, type Row } from './test-table.ts';
import { familyOf, openTargets, type Target, type Whose } from './test-targets.ts';
import { type Answer, openWorlds, type Worlds } from './test-worlds.ts';

/** A cell of the table → what the answer is. */
const CELLS: Record<string, (answer: Answer, listed: boolean) => boolean> = {
  ok: ({ status }, listed) => status < 300 && listed,
  'not listed': ({ status }, listed) => status < 300 && !listed,
  '401': ({ status, body }) => status === 401 && /^\/problems\/session-(required|ended|idle)$/.test(String(body['type'])),
  role: (answer) => is(answer, 403, 'not-allowed'),
  'no chart': (answer) => is(answer, 403, 'no-patient'),
  '403': (answer) => is(answer, 403, 'not-allowed'),
  'other patient': (answer) => is(answer, 403, 'another-patient'),
  '404': (answer) => is(answer, 404, 'not-found'),
  pended: (answer) => is(answer, 409, 'pended'),
  conflict: (answer) => is(answer, 409, 'conflict'),
  unsigned: (answer) => is(answer, 401, 'signature-refused'),
  unproven: (answer) => is(answer, 401, 'id-token-refused') || is(answer, 403, 'patient-not-proven'),
};
const is = ({ status, body }: Answer, expected: number, kind: string): boolean =>
  status === expected && body['type'] === `/problems/${kind}`;

/** The rule of the route refuses before anything is looked at. */
const BY_RULE = new Set(['401', 'role', 'no chart']);
/** About the state of a thing, not about who asks. */
const NOT_AUDITED = new Set(['401', 'conflict', 'unsigned']);

type Cell = { row: Row; caller: Caller; whose: Whose; expected: string; isSame: boolean };

const isGood = (expected: string): boolean => expected === 'ok' || expected === 'not listed';
const bare = (whose: Whose): Target => ({
  whose,
  id: '',
  referralId: null,
  madeAt: '',
  input: {},
  made: { id: '', revision: 0, working: {} },
});
const toldOf = ({ status, body }: Answer): string => JSON.stringify({ status, ...body, reference: null });

const lineOf = ({ row, caller, expected }: Cell): string[] => {
  if (isGood(expected) || NOT_AUDITED.has(expected)) return [];
  return [row.request.signsIn ? 'session.refused by unknown' : `access.refused by ${caller.subject}`];
};

/** What a good answer may do and a refusal may not. */
function faultsInState({ tables, audit }: Difference, cells: Cell[]): string[] {
  const faults = tables.elsewhere.length > 0 ? [`a change elsewhere: ${tables.elsewhere.join(', ')}`] : [];
  const signsIn = cells.some(({ row }) => row.request.signsIn);
  if (!signsIn && audit.elsewhere.length > 0) faults.push(`in the audit elsewhere “${audit.elsewhere.join(', ')}”`);
  if (cells.some(({ expected }) => isGood(expected))) return faults;
  if (tables.here.length > 0) faults.push(`a change of ${tables.here.join(', ')}`);
  const audited = signsIn ? [...audit.here, ...audit.elsewhere] : audit.here;
  const wanted = cells.flatMap(lineOf);
  if (audited.sort().join() !== wanted.sort().join()) faults.push(`in the audit “${audited.join(', ')}”, not “${wanted.join(', ')}”`);
  return faults;
}

function faultsInAnswer({ row: { request }, expected, isSame }: Cell, answer: Answer, target: Target): string[] {
  const faults: string[] = [];
  const listed = !request.listed || answer.status >= 300 || request.listed(answer.body).includes(target.id);
  if (!CELLS[expected]?.(answer, listed)) {
    const kind = typeof answer.body['type'] === 'string' ? answer.body['type'] : '';
    faults.push(`${answer.status} ${kind}${listed ? '' : ', not listed'}`);
  }
  const foreign = [...ELSEWHERE, ...(isSame ? [] : [ANOTHER_PATIENT])].map(familyOf).filter((family) => answer.text.includes(family));
  return foreign.length > 0 ? [...faults, `word of ${foreign.join(', ')}`] : faults;
}

const told = ({ caller, whose, expected }: Cell, faults: string[]): string[] =>
  faults.map((fault) => `${caller.name}, ${whose.place} ${whose.patient}: not “${expected}” but ${fault}`);

export type Matrix = {
  worlds: Worlds;
  callers: Caller[];
  /** How many requests were sent so far. */
  asked: () => number;
  /** What is wrong, in words, with the row as each caller asks it for the patient in context. */
  faultsOfOwn: (row: Row) => Promise<string[]>;
  /** And as those ask it for what stands elsewhere whom its rule lets pass; `of` takes some of them. */
  faultsOfOthers: (
    row: Row,
    whose: Whose,
    column: 'another patient' | 'elsewhere',
    of?: (callers: Caller[]) => Caller[],
  ) => Promise<string[]>;
  close: () => Promise<void>;
};

export async function openMatrix(): Promise<Matrix> {
  const worlds = await openWorlds();
  await watchTables(worlds);
  const teams = await openTeams(worlds);
  const callers = await openCallers(worlds, teams.here);
  const targets = openTargets(worlds, teams);
  let asked = 0;

  function ask({ route, request }: Row, caller: Caller, target: Target, token: string | undefined): Promise<Answer> {
    const question = { caller, target, worlds };
    const [method = ''] = route.split(' ');
    asked += 1;
    return Promise.all([request.body?.(question), request.bearer?.(question)]).then(([body, bearer]) =>
      worlds.here.call(method, request.path(question), bearer ?? token, body),
    );
  }

  /** The state as it is now, read anew where something was made or asked since. */
  let last: { state: State; made: number; asked: number } | undefined;
  async function stateNow(): Promise<State> {
    if (!last || last.made !== targets.made() || last.asked !== asked) {
      last = { state: await readState(worlds), made: targets.made(), asked };
    }
    return last.state;
  }

  /** What is answered for an id that exists nowhere, by row and caller. */
  const nowhere = new Map<string, string>();
  async function toldOfNowhere(row: Row, caller: Caller, target: Target): Promise<string> {
    const key = `${row.name} | ${caller.name}`;
    const known = nowhere.get(key);
    if (known !== undefined) return known;
    const id = 'exists-nowhere';
    const told = toldOf(await ask(row, caller, { ...target, id, made: { ...target.made, id } }, caller.token));
    nowhere.set(key, told);
    return told;
  }

  /** What is wrong with the answer and with what it left behind, in words; nothing where all is right. */
  async function faultsOf(cell: Cell): Promise<string[]> {
    const { row, caller, whose, expected, isSame } = cell;
    const { request } = row;
    const mayChange = expected === 'ok' && whose.place === 'here';
    const own = request.about !== undefined && mayChange && request.changes === true;
    const target = await (request.about ? (own ? targets.make(request.about, whose) : targets.kept(request.about, whose)) : bare(whose));
    const ofAnother = whose === ANOTHER_PATIENT && !isSame && target.referralId !== null;
    const token = mayChange && request.endsSession ? await caller.again() : caller.token;
    if (token !== caller.token) last = undefined;
    const [before, rowsBefore] = [await stateNow(), ofAnother && (await rowsOf(worlds, target.referralId))];
    const answer = await ask(row, caller, target, token);
    const faults = [...faultsInAnswer(cell, answer, target), ...faultsInState(difference(worlds, before, await stateNow()), [cell])];
    if (ofAnother && rowsBefore !== (await rowsOf(worlds, target.referralId))) faults.push('a change of what is another patient’s');
    if (expected === '404') {
      const elsewhere = await toldOfNowhere(row, caller, target);
      if (elsewhere !== toldOf(answer)) faults.push(`another answer than for an id that exists nowhere: ${toldOf(answer)} ${elsewhere}`);
    }
    if (own) {
      await targets.discard(target);
      last = undefined;
    }
    return told(cell, faults);
  }

  /** Of those whom the rule of the route refuses, all at once: nothing of what they ask for is looked at. */
  async function faultsOfRefused(cells: Cell[]): Promise<string[]> {
    const [first] = cells;
    if (!first) return [];
    const { about } = first.row.request;
    const target = about ? await targets.kept(about, first.whose) : bare(first.whose);
    const before = await stateNow();
    const faults = await Promise.all(
      cells.map(async (cell) => told(cell, faultsInAnswer(cell, await ask(cell.row, cell.caller, target, cell.caller.token), target))),
    );
    return [...faults.flat(), ...faultsInState(difference(worlds, before, await stateNow()), cells)];
  }

  const faultsOfOwn = async (row: Row): Promise<string[]> => {
    const isSame = row.cells.get('another patient') === 'same';
    const cells = callers.map((caller) => ({ row, caller, whose: OWN, expected: row.cells.get(caller.column) ?? '', isSame }));
    const faults = await faultsOfRefused(cells.filter(({ expected }) => BY_RULE.has(expected)));
    for (const cell of cells.filter(({ expected }) => !BY_RULE.has(expected))) faults.push(...(await faultsOf(cell)));
    return faults;
  };

  const faultsOfOthers: Matrix['faultsOfOthers'] = async (row, whose, column, of = (some) => some) => {
    const faults: string[] = [];
    const cell = row.cells.get(column) ?? '';
    const isSame = row.cells.get('another patient') === 'same';
    const ownOf = ({ column: own }: Caller): string => row.cells.get(own) ?? '';
    const admitted = cell === '-' ? [] : callers.filter((caller) => !BY_RULE.has(ownOf(caller)));
    for (const caller of of(admitted)) {
      faults.push(...(await faultsOf({ row, caller, whose, expected: cell === 'same' ? ownOf(caller) : cell, isSame })));
    }
    return faults;
  };

  return { worlds, callers, asked: () => asked, faultsOfOwn, faultsOfOthers, close: worlds.close };
}
