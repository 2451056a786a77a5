/** Where the warehouse lies, and what the site assumes about money. */
import { join, resolve } from 'node:path';
import { AssumptionsUnreadable, type RevenueAssumptions, readAssumptions } from '@refloop/analytics/assumptions';
import type { FieldError } from '../problem.ts';
import { variableFault } from './variables.ts';

/** Of the environment alone, for a command that reads no database: REFLOOP_WAREHOUSE, else a folder of REFLOOP_STATE. */
export function warehouseFolderOf(environment: Record<string, string | undefined>): string {
  const [warehouse, state] = [environment['REFLOOP_WAREHOUSE'] ?? '', environment['REFLOOP_STATE'] ?? ''];
  return resolve(warehouse === '' ? join(state === '' ? '.data' : state, 'warehouse') : warehouse);
}

/** Of the environment alone: what the site assumes about money, null where it names no file. Throws `AssumptionsUnreadable`. */
export function assumptionsOf(environment: Record<string, string | undefined>): RevenueAssumptions | null {
  const file = environment['REFLOOP_ALLOWED_AMOUNTS'] ?? '';
  return file === '' ? null : readAssumptions(resolve(file));
}

/** Made-up money is for the sandbox: beside real patients somebody would believe it. */
export function readMoney(given: Record<string, string | undefined>, production: boolean, faults: FieldError[]): RevenueAssumptions | null {
  const fault = (message: string): null => {
    faults.push(variableFault('REFLOOP_ALLOWED_AMOUNTS', message));
    return null;
  };
  try {
    const assumptions = assumptionsOf(given);
    return production && assumptions?.synthetic ? fault('Made-up amounts in production') : assumptions;
  } catch (error) {
    if (error instanceof AssumptionsUnreadable) return fault(error.message);
    throw error;
  }
}

/** The attestation names the folder, so that it lapses when the warehouse moves to another. */
export function warehouseFaults(folder: string, attested: string | undefined): FieldError[] {
  if (attested !== undefined && resolve(attested) === folder) return [];
  const fix = `Set it to ${folder} once the volume of that folder is encrypted; Refloop does not encrypt what lies there.`;
  const message = attested === undefined ? 'Not attested' : `Attested for ${resolve(attested)}, and the warehouse is ${folder}`;
  return [{ field: 'REFLOOP_WAREHOUSE_ENCRYPTED', message, fix }];
}
