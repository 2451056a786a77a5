/** Reads a warehouse: metrics of the snapshot in force, and the rows behind them. */
import { join } from 'node:path';
import type { RevenueAssumptions } from './assumptions.ts';
import { dayIn } from './calendar-day.ts';
import { type Contracting, type ContractingDrill, drillIntoContracting, readContracting } from './contracting.ts';
import { openDuckDb, type Query, quoted, type Session } from './duckdb.ts';
import { type DriftResult, readDrift } from './fairness/drift.ts';
import { type ExposureResult, readExposure } from './fairness/exposure.ts';
import { type FairnessQuestion, type GapsResult, readGaps } from './fairness/gaps.ts';
import { type LoopClosureLog, readLoopClosure } from './loop-closure.ts';
import type { DrillQuestion, DrillResult, MetricFilter, MetricResult } from './metric-result.ts';
import { KEPT_MODELS, MODEL_VERSION } from './models.ts';
import type { PerformanceResult } from './performance/performance-result.ts';
import type { EhrScope } from './pseudonym.ts';
import { rememberLast } from './remember-last.ts';
import { type Choices, drillInto, type MetricQuestion, type Moment, readChoices, runMetric } from './run-metric.ts';
import type { PerformanceDrill, PerformanceQuestion } from './run-performance.ts';
import { currentSnapshot, type Snapshot, type SnapshotManifest, timezoneOf } from './snapshot.ts';
import { tallyFile, usableTallies } from './tallies.ts';

/** Read when first asked: the two hundred files of its statistics are a tenth of what a process reads at its start. */
const performance = () => import('./run-performance.ts');

export class NoSnapshot extends Error {
  constructor(folder: string) {
    super(`There is no snapshot in ${folder} yet. Run \`npm run analytics -- refresh\` to make one.`);
  }
}

export class SnapshotOfAnotherVersion extends Error {
  constructor({ name, modelVersion }: SnapshotManifest) {
    super(
      `Snapshot ${name} was made by version ${modelVersion} of the models, and this release has version ${MODEL_VERSION}. ` +
        'Run `npm run analytics -- refresh` to make one that fits.',
    );
  }
}

export type Warehouse = {
  /** Of the snapshot in force. Throws `NoSnapshot` where there is none, `SnapshotOfAnotherVersion` where another release made it. */
  manifest: () => Promise<SnapshotManifest>;
  /** The same question of the same snapshot is answered from memory: nobody may change the answer. */
  metric: (question: MetricQuestion) => Promise<MetricResult>;
  drill: (question: DrillQuestion & { scope: EhrScope | null; filter?: MetricFilter }) => Promise<DrillResult>;
  choices: (scope: EhrScope | null) => Promise<Choices>;
  gaps: (question: FairnessQuestion) => Promise<GapsResult>;
  exposure: (question: FairnessQuestion) => Promise<ExposureResult>;
  drift: (question: FairnessQuestion) => Promise<DriftResult>;
  contracting: (question: { scope: EhrScope | null; filter: MetricFilter }) => Promise<Contracting>;
  drillContracting: (question: ContractingDrill) => Promise<DrillResult>;
  loopClosure: (question: { scope: EhrScope | null; filter: MetricFilter }) => Promise<LoopClosureLog>;
  /** Specialists beside each other. The same question of the same snapshot is answered from memory. */
  performance: (question: PerformanceQuestion) => Promise<PerformanceResult>;
  drillPerformance: (question: PerformanceDrill) => Promise<DrillResult>;
  close: () => Promise<void>;
};

export type WarehouseOptions = {
  folder: string;
  /** Of metrics of money; without them those say what is missing. */
  assumptions?: RevenueAssumptions | null;
  /** After which a question is ended; 30 unless told. */
  seconds?: number;
  /** 768 unless told. Reading writes nothing: what does not fit fails. */
  memoryMegabytes?: number;
  threads?: number;
  signal?: AbortSignal;
  /** What may be reused: the tallies that the snapshot keeps, and the last answers too; both unless told. For measuring one without the other. */
  reuse?: 'nothing' | 'tallies' | 'answers';
};

type Open = { snapshot: Snapshot; session: Session; tallies: ReadonlySet<string>; questions: number; retired: boolean };

async function openSnapshot(snapshot: Snapshot, options: WarehouseOptions): Promise<Open> {
  const session = await openDuckDb({
    folders: [snapshot.folder],
    spillFolder: null,
    memoryMegabytes: options.memoryMegabytes ?? 768,
    threads: options.threads ?? 2,
    seconds: options.seconds ?? 30,
    signal: options.signal,
  });
  const query = await session.connect();
  for (const model of KEPT_MODELS) {
    await query.run(viewOf(model, join(snapshot.folder, `${model}.parquet`)));
  }
  const tallies = options.reuse === 'nothing' ? new Set<string>() : usableTallies(snapshot.manifest.tallies);
  for (const metric of tallies) await query.run(viewOf(`tally__${metric}`, join(snapshot.folder, tallyFile(metric))));
  query.close();
  return { snapshot, session, tallies, questions: 0, retired: false };
}

const viewOf = (name: string, file: string): string => `create view ${name} as select * from read_parquet(${quoted(file)})`;

/** Of a few hundred specialists each; a person looks at a handful of measures and filters. */
const REMEMBERED = 32;

/** Rows and points of curves of all metrics that are remembered, some 30 MB. */
const REMEMBERED_ROWS = 100_000;

/**
 * Each question is asked of the snapshot in force when it comes; one that is put in force meanwhile is for the next.
 * Any number of processes may read one folder.
 */
export function openWarehouse(options: WarehouseOptions): Warehouse {
  let opening: Promise<Open> | undefined;
  const { reuse = 'answers' } = options;
  const answered = rememberLast<PerformanceResult>(REMEMBERED);
  const metrics = rememberLast<MetricResult>(REMEMBERED_ROWS, ({ rows, curve = [] }) => rows.length + curve.length + 1);
  const leave = (open: Open): void => {
    if (open.retired && open.questions === 0) open.session.close();
  };
  const retire = (open: Open): void => {
    open.retired = true;
    leave(open);
  };

  async function inForce(): Promise<Open> {
    const snapshot = await currentSnapshot(options.folder);
    if (!snapshot) throw new NoSnapshot(options.folder);
    if (snapshot.manifest.modelVersion !== MODEL_VERSION) throw new SnapshotOfAnotherVersion(snapshot.manifest);
    const before = opening;
    const open = await before?.catch(() => undefined);
    if (open?.snapshot.manifest.name === snapshot.manifest.name) return open;
    // Somebody else may have begun to open it while this one looked.
    if (opening !== before && opening) return opening;
    opening = openSnapshot(snapshot, options);
    if (open) retire(open);
    return opening;
  }

  async function ask<Answer>(work: (query: Query, moment: Moment) => Promise<Answer>): Promise<Answer> {
    let open = await inForce();
    // Closed in the moment between being found and being asked.
    while (open.retired) open = await inForce();
    open.questions += 1;
    try {
      const query = await open.session.connect();
      try {
        const { asOf, name } = open.snapshot.manifest;
        return await work(query, {
          asOf,
          asOfDay: dayIn(timezoneOf(open.snapshot.manifest))(asOf),
          snapshot: name,
          assumptions: options.assumptions ?? null,
          tallies: open.tallies,
        });
      } finally {
        query.close();
      }
    } finally {
      open.questions -= 1;
      leave(open);
    }
  }

  return {
    manifest: async () => (await inForce()).snapshot.manifest,
    metric: (question) =>
      ask((query, moment) => {
        const work = (): Promise<MetricResult> => runMetric(query, question, moment);
        return reuse === 'answers' ? metrics.get(JSON.stringify([moment.snapshot, question]), work) : work();
      }),
    drill: (question) => ask((query, moment) => drillInto(query, question, moment)),
    choices: (scope) => ask((query) => readChoices(query, scope)),
    gaps: (question) => ask((query, moment) => readGaps(query, question, moment)),
    exposure: (question) => ask((query, moment) => readExposure(query, question, moment)),
    drift: (question) => ask((query, moment) => readDrift(query, question, moment)),
    contracting: (question) => ask((query) => readContracting(query, question)),
    drillContracting: (question) => ask((query, moment) => drillIntoContracting(query, question, moment)),
    loopClosure: (question) => ask((query, moment) => readLoopClosure(query, question, moment)),
    performance: (question) =>
      ask((query, moment) =>
        answered.get(JSON.stringify([moment, question]), async () => (await performance()).runPerformance(query, question, moment)),
      ),
    drillPerformance: (question) => ask(async (query, moment) => (await performance()).drillIntoPerformance(query, question, moment)),
    close: async () => {
      const open = await opening?.catch(() => undefined);
      opening = undefined;
      if (open) retire(open);
    },
  };
}
