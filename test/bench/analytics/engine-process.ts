/** A process of its own for an engine that lives within a process, so that its memory is its own: `engine-process.ts raw|served|clickhouse FOLDER …`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openWarehouse } from '@refloop/analytics/warehouse';
import type { EngineReply, EngineRequest } from './engine.ts';
import { type AnswerRow, answerRows, type Question } from './questions.ts';
import { CLICKHOUSE, rivalSql } from './rival-sql.ts';

type Inside = { ask: (question: Question) => Promise<AnswerRow[]>; read: (sql: string) => AnswerRow[]; run: (sql: string) => void };

/** No answer from memory in either; and no points of curves, since nobody else makes them. */
function ours(folder: string, reuse: 'nothing' | 'tallies'): Inside {
  const warehouse = openWarehouse({ folder, seconds: 600, reuse });
  return {
    ask: async ({ metric, by, filter }) => answerRows(await warehouse.metric({ metric, by, filter, scope: null, curves: 0 }), metric),
    read: () => [],
    run: () => undefined,
  };
}

type ChDb = { Session: new (folder: string) => { query: (sql: string, format: string) => string } };

function clickHouse(folder: string, installed: string): Inside {
  const { Session } = createRequire(join(installed, 'package.json'))('chdb') as ChDb;
  const session = new Session(folder);
  session.query('set max_threads = 2', 'Null');
  const read = (sql: string): AnswerRow[] =>
    session
      .query(sql, 'JSONCompactEachRow')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AnswerRow);
  return {
    ask: async (question) => read(rivalSql(question, CLICKHOUSE)),
    read,
    run: (sql) => void session.query(sql, 'Null'),
  };
}

const [kind, folder = '', installed = ''] = process.argv.slice(2);
const inside = kind === 'clickhouse' ? clickHouse(folder, installed) : ours(folder, kind === 'served' ? 'tallies' : 'nothing');

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function reply(request: EngineRequest): Promise<EngineReply> {
  const started = performance.now();
  const before = process.cpuUsage();
  try {
    let rows: AnswerRow[] = [];
    if (request.kind === 'ask') rows = await inside.ask(request.question);
    else if (request.kind === 'view') await Promise.all(request.questions.map(inside.ask));
    else if (request.kind === 'read') rows = inside.read(request.sql);
    else inside.run(request.sql);
    return { kind: 'answer', answer: { rows, milliseconds: performance.now() - started, cpuMilliseconds: cpuSince(before) } };
  } catch (error) {
    return { kind: 'failed', message: (error as Error).message };
  }
}

process.on('message', (request) => void reply(request as EngineRequest).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit(0));
