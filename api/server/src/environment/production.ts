/** What production asks for besides: what is attested, told, and off. */
import { databaseUrlFault } from '../database-tls.ts';
import { addressFault } from '../ehr-address.ts';
import type { FieldError } from '../problem.ts';
import { type Variables, variableFault } from './variables.ts';

export function databaseFaults(field: string, url: string): FieldError[] {
  const message = databaseUrlFault(url);
  const fix = 'Add ?sslmode=verify-full, and sslrootcert=FILE where the certificate is not of a public authority.';
  return message === undefined ? [] : [{ field, message, fix }];
}

/**
 * Told nothing, Refloop is reached on this machine, which in production nobody outside of it could.
 * @param reachedBy why somebody from outside has to reach Refloop
 */
export function addressFaults(given: string | undefined, production: boolean, reachedBy: string | undefined): FieldError[] {
  if (given === undefined)
    return production && reachedBy !== undefined ? [variableFault('REFLOOP_ADDRESS', `Not set, and ${reachedBy}`)] : [];
  const fault = addressFault(given, production) ?? (given.endsWith('/') ? 'With a final slash' : undefined);
  return fault === undefined ? [] : [variableFault('REFLOOP_ADDRESS', fault)];
}

/** Of the variables alone; each would harm real patients or their data. */
export function productionFaults(read: Variables): FieldError[] {
  const faults: FieldError[] = [];
  const refuse = (isSo: boolean, field: keyof Variables, message: string): void =>
    void (isSo && faults.push(variableFault(field, message)));
  // What Refloop cannot see for itself, somebody must have attested before patients' data enters.
  for (const attested of ['REFLOOP_TLS_AT_EDGE', 'REFLOOP_STATE_ENCRYPTED'] as const)
    refuse(read[attested] === undefined, attested, 'Not attested');
  // Guessing none would count all of a hospital as one caller, guessing one would believe what callers make up.
  refuse(read.REFLOOP_TRUSTED_PROXIES === undefined, 'REFLOOP_TRUSTED_PROXIES', 'Not set');
  refuse(read.REFLOOP_HISTORY > 0, 'REFLOOP_HISTORY', 'A simulated practice in production');
  refuse(read.REFLOOP_SANDBOX_CLOCK !== undefined, 'REFLOOP_SANDBOX_CLOCK', 'A clock that can be moved in production');
  if (read.REFLOOP_SANDBOX_TEXTS !== undefined) {
    const fix = 'Leave it out; npm start sets it for the sandbox. Production sends texts by the gateways of REFLOOP_SITES.';
    faults.push({ field: 'REFLOOP_SANDBOX_TEXTS', message: 'The telephones of the sandbox in production', fix });
  }
  refuse(read.REFLOOP_RATE_LIMITS === 'off', 'REFLOOP_RATE_LIMITS', 'Off in production');
  // Node then checks no certificate at all, neither of an EHR nor of the database, whatever their addresses say.
  refuse(read.NODE_TLS_REJECT_UNAUTHORIZED === '0', 'NODE_TLS_REJECT_UNAUTHORIZED', 'Certificates are not checked');
  return faults;
}
