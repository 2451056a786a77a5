/** What every store of one unit of work shares. */
import type { PatientIndex } from '../../crypto/patient-index.ts';
import type { Scope } from '../store.ts';
import type { Client } from './database.ts';
import type { Vault } from './vault.ts';

export type UnitContext = { client: Client; scope: Scope; vault: Vault; index: PatientIndex; newId: () => string };

/** The first parameters of every statement: the key starts with tenant and issuer. */
export const key = ({ scope }: UnitContext): [string, string] => [scope.tenant, scope.issuer];

export const referralOwner = (referralId: string): string => `referral/${referralId}`;
