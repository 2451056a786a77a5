/** All players of the sandbox, put together: who is played by what, and in which order within a step. */
import type { Repository } from '../fhir/repository.ts';
import type { FaxMachine } from '../mail/fax-machine.ts';
import type { KeptMail } from '../mail/mail-server.ts';
import type { TextGateway } from '../phone/text-gateway.ts';
import { createFaxOffices } from './fax-offices.ts';
import { createLinkOffices } from './link-offices.ts';
import { createPatients } from './patients.ts';
import { createPlayers, type Players } from './players.ts';
import { createStaff } from './staff/staff.ts';
import { createStaffSession } from './staff/staff-session.ts';
import { createTaskOffices } from './task-offices.ts';
import { createTelephone } from './telephone.ts';

export type SandboxPlayersOptions = {
  repository: Repository;
  mails: () => readonly KeptMail[];
  /** Without it no office answers by fax, and without `texts` no patient gets any. */
  fax: FaxMachine | undefined;
  texts: TextGateway | undefined;
  /** Of this EHR, and of Refloop, without a final slash. */
  origin: string;
  refloop: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  failed: (error: unknown) => void;
};

export function createSandboxPlayers({ repository, mails, fax, texts, origin, refloop, fetch, failed }: SandboxPlayersOptions): Players {
  const telephone = createTelephone();
  const links = createLinkOffices({ repository, mails, refloop, fetch, telephone });
  const faxes = fax && createFaxOffices({ mails, fax, telephone });
  // An office that was written to otherwise has no EHR that would show it the Task.
  const hasNoEhr = (npi: string, patient: string): boolean => links.wrote(npi, patient) || (faxes?.wasFaxed(npi, patient) ?? false);
  return createPlayers(
    [
      links.work,
      ...(faxes ? [faxes.work] : []),
      createTaskOffices({ repository, hasNoEhr, telephone }),
      ...(texts ? [createPatients({ repository, texts, refloop, fetch })] : []),
    ],
    failed,
    createStaff({ signedIn: (user) => createStaffSession({ origin, refloop, fetch }, user), telephone }),
  );
}
