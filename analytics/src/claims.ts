/** Figures in circulation that are not verified: told as such, never drawn beside a number of ours. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { HOME } from './models.ts';

export type Claim = { claim: string; saidBy: string; problem: string; instead: string };

/** In the order of analytics/claims.yml. */
export function readClaims(): Claim[] {
  const read = parse(readFileSync(new URL('claims.yml', HOME), 'utf8')) as Record<string, unknown>[];
  const words = (text: unknown): string => String(text).trim();
  return read.map((each) => ({
    claim: words(each['claim']),
    saidBy: words(each['said_by']),
    problem: words(each['problem']),
    instead: words(each['instead']),
  }));
}
