/** For tests: the table of README.md, row by row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUESTS, type Request } from './test-requests.ts';
import type { Whose } from './test-targets.ts';
import { PLACES } from './test-worlds.ts';

export type Row = {
  /** `route | about`. */
  name: string;
  route: string;
  request: Request;
  /** Column → cell. */
  cells: Map<string, string>;
};

export function readTable(): Row[] {
  const lines = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').split('\n');
  const cellsOf = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const head = lines.findIndex((line) => line.startsWith('| route |'));
  const [, , ...columns] = cellsOf(lines[head] ?? '');
  return lines.slice(head + 2).flatMap((line) => {
    if (!line.startsWith('|')) return [];
    const [route = '', about = '', ...cells] = cellsOf(line);
    const name = `${route} | ${about}`;
    const request = REQUESTS[name];
    if (!request) throw new Error(`test-requests.ts does not say how this row is asked: ${name}`);
    return [{ name, route, request, cells: new Map(columns.map((column, at) => [column, cells[at] ?? ''])) }];
  });
}

export const OWN: Whose = { place: 'here', patient: 'pat-1' };
export const ANOTHER_PATIENT: Whose = { place: 'here', patient: 'pat-2' };
export const ELSEWHERE: Whose[] = PLACES.filter((place) => place !== 'here').map((place) => ({ place, patient: 'pat-1' }));

/** A list is the same whatever elsewhere it is looked through for; signing in at the address that was another's is signing in here. */
export const placesFor = ({ request, cells }: Row): Whose[] =>
  ELSEWHERE.filter(({ place }) => {
    if (request.signsIn) return place !== 'formerly';
    return cells.get('elsewhere') !== 'not listed' || place === 'formerly';
  });
