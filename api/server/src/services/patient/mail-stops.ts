/**
 * Whoever got a mail ends them by the button of their mailbox (RFC 8058). No date of birth is asked for: nothing is shown, and all that can be done by it
 * is that no more leave to the address the mail went to. It counts also after the link’s days are over, and once it is closed.
 */
import { reachedAt } from '@refloop/domain/patient/proxy';
import { z } from 'zod';
import { PATIENT_MAIL } from '../../channels/patient-mail.ts';
import { problem, type Refusal } from '../../problem.ts';
import { effectId } from '../../store/outbox.ts';
import type { Store } from '../../store/store.ts';
import { withRetry } from '../referral-log.ts';
import { changeConsentAt } from './patient-consent.ts';

export type MailStopService = {
  /** @param stop of the header of a mail: it opens nothing (`mailStopOf`) */
  end: (stop: string, now: Date) => Promise<Refusal | undefined>;
};

const Addressed = z.object({ to: z.string() });

const NO_SUCH_MAIL = 'This address ends no e-mails of ours. Call your clinic.';

export const createMailStopService = ({ store }: { store: Store }): MailStopService => ({
  end: async (stop, now) => {
    const place = await store.findPatientLink(stop);
    if (!place) return problem('not-found', NO_SUCH_MAIL);
    const { scope, id, referralId } = place;
    return withRetry(() =>
      store.transaction(scope, async (unit) => {
        // Also what a link was opened to finds it: that ends nothing.
        const isOfMail = (await unit.patientLinks.takeAll(referralId)).some((link) => link.id === id && link.tokenHash === stop);
        const mail = isOfMail ? await unit.outbox.get(effectId(unit.scope, PATIENT_MAIL, id)) : undefined;
        const row = mail && (await unit.referrals.get(referralId));
        const contact = row && (await unit.patientContacts.take(row.patientId));
        if (!mail || !row || !contact) return problem('not-found', NO_SUCH_MAIL);
        const at = now.toISOString();
        const { to } = Addressed.parse(mail.content);
        const isTheirs = reachedAt(contact, 'email', to).length > 0;
        const actor = { kind: 'patient', link: id, as: 'patient' } as const;
        // A word of its own each time: they may have begun them again meanwhile.
        const key = `mail-stop/${id}/${at}`;
        if (isTheirs) await changeConsentAt(unit, contact, to, { channel: 'email', given: false, by: 'patient', actor, now: at, key });
        await unit.audit.append({
          at,
          actor: { subject: `patient-link ${id}`, fhirUser: null, sessionId: null },
          action: 'patient-link.mails-ended',
          purpose: 'TREAT',
          referralId,
          patientId: row.patientId,
          payload: { link: id, isTheirs },
        });
        return undefined;
      }),
    );
  },
});
