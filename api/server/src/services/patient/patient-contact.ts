/** How a patient is reached, for whoever their referral is with: as it is on record, and what the patient told on the telephone or in person. */
import { channelFor, type PatientChannel } from '@refloop/domain/patient/outreach';
import { decideTold, type ToldRefusal } from '@refloop/domain/patient/told-contact';
import type { Referral } from '@refloop/domain/referral/referral';
import { unreachable } from '@refloop/domain/result';
import type { PatientContactView, TellContact } from '../../client/patient-contact.ts';
import { type FieldError, problem, type Refusal, Refused } from '../../problem.ts';
import { actorOf, personOf, type Session } from '../../sessions/session.ts';
import { patientChannelsOf, type Site } from '../../sites.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { readReferral, withRetry } from '../referral-log.ts';
import { namesOf } from '../staff-names.ts';
import { noSuchReferral } from '../worklist.ts';
import { changeConsent, heededWith } from './patient-consent.ts';
import { approvedPacket, chartedContact } from './patient-facts.ts';
import { requireOwnOrOrdered } from './patient-links.ts';

export type PatientContactService = {
  read: (session: Session, referralId: string, now: Date) => Promise<PatientContactView | Refusal>;
  /** Puts on record what the patient told. Where consent changes, it is an event of each referral of theirs. */
  tell: (session: Session, referralId: string, asked: TellContact, now: Date) => Promise<PatientContactView | Refusal>;
};

type Deps = { store: Store; siteOf: (scope: Scope) => Pick<Site, 'textMessages' | 'patientMail'> | undefined };

/** Of what no row is kept yet. */
const OF_CHART = 'chart';

export function createPatientContactService({ store, siteOf }: Deps): PatientContactService {
  async function ownReferral(unit: Unit, session: Session, referralId: string): Promise<Referral> {
    const referral = await readReferral(unit, referralId);
    if (!referral || referral.order.status === 'draft') throw new Refused(noSuchReferral());
    await requireOwnOrOrdered(unit, session, referral);
    return referral;
  }

  async function record(unit: Unit, session: Session, referral: Referral, at: string, action: 'read' | 'told', payload: object) {
    await unit.audit.append({
      at,
      actor: actorOf(session),
      action: `patient-contact.${action}`,
      purpose: 'TREAT',
      referralId: referral.id,
      patientId: referral.patientId,
      payload,
    });
  }

  async function view(unit: Unit, contact: PatientContact, mark: string): Promise<PatientContactView> {
    const { language, preferred, text, email, proxies, told } = contact;
    const sends = patientChannelsOf(siteOf(unit.scope));
    const names = told ? namesOf(await unit.grants.list()) : new Map<string, string>();
    return {
      mark,
      isFromChart: mark === OF_CHART,
      language,
      preferred,
      text,
      email,
      leavesBy: channelFor(contact, sends)?.channel ?? null,
      sends,
      proxies,
      told: told ? { ...told, to: names.get(told.to) ?? told.to } : null,
    };
  }

  const chartedOf = async (unit: Unit, referral: Referral, at: string): Promise<PatientContact> =>
    chartedContact(referral, await approvedPacket(unit, referral), at);

  return {
    read: (session, referralId, now) =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const referral = await ownReferral(unit, session, referralId);
        const kept = await unit.patientContacts.get(referral.patientId);
        await record(unit, session, referral, at, 'read', {});
        return view(unit, kept ?? (await chartedOf(unit, referral, at)), kept?.updatedAt ?? OF_CHART);
      }),

    tell: (session, referralId, { key, mark, how, note, ...told }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          const referral = await ownReferral(unit, session, referralId);
          const kept = await unit.patientContacts.take(referral.patientId);
          const before = kept ?? (await chartedOf(unit, referral, at));
          const pressed = `told/${key}`;
          if (kept?.heeded?.includes(pressed)) return view(unit, kept, kept.updatedAt);
          if ((kept?.updatedAt ?? OF_CHART) !== mark) throw new Refused(problem('conflict', CHANGED));
          const decided = decideTold(before, told);
          if (!decided.ok) throw new Refused(toldRefusal(decided.refusal));
          const { reachable, consents } = decided.value;
          let contact: PatientContact = {
            ...before,
            ...reachable,
            told: { at, to: session.subject, how, note },
            heeded: heededWith(before, pressed),
            updatedAt: at,
          };
          await unit.patientContacts.put(contact);
          for (const { channel, given } of consents) {
            const word = { channel, given, by: 'staff', actor: personOf(session), now: at, key: `${pressed}/${channel}` } as const;
            contact = await changeConsent(unit, contact, word);
          }
          // The number, the address and the note stand with the patient alone.
          const changed = (['text', 'email'] as const).filter((channel) => before[channel].to !== reachable[channel].to);
          const { preferred, language } = reachable;
          await record(unit, session, referral, at, 'told', { key, how, preferred, language, consents, addressesChanged: changed });
          return view(unit, contact, contact.updatedAt);
        }),
      ),
  };
}

const CHANGED = 'How this patient is reached has changed since it was shown. Nothing was put on record. Look at it again.';

const WHAT: Readonly<Record<PatientChannel, { to: string; messages: string; begins: string }>> = {
  text: { to: 'number', messages: 'text messages', begins: 'by texting START, or on their page' },
  email: { to: 'address', messages: 'e-mails', begins: 'on their page' },
};

function toldRefusal(refusal: ToldRefusal): Refusal {
  const { channel } = refusal;
  const { to, messages, begins } = WHAT[channel];
  const refused = (kind: 'invalid-request' | 'conflict', error: FieldError) => problem(kind, 'Nothing was put on record.', [error]);
  switch (refusal.kind) {
    case 'not-readable':
      return refused('invalid-request', {
        field: `${channel}.to`,
        message: channel === 'text' ? 'This is not a telephone number' : 'This is not an e-mail address',
        fix: channel === 'text' ? 'Give ten digits, or + and the country first.' : 'Give one address, such as name@example.org.',
      });
    case 'nowhere':
      return refused('invalid-request', {
        field: `${channel}.to`,
        message: `There is no ${to} to which ${messages} could go`,
        fix: `Ask the patient for the ${to}.`,
      });
    case 'asked-for-another':
      return refused('invalid-request', {
        field: `${channel}.wanted`,
        message: `The patient wanted ${messages} at the ${to} before, and this is another one`,
        fix: `Ask whether ${messages} are wanted there, and say so.`,
      });
    case 'ended-by-patient':
      return refused('conflict', {
        field: `${channel}.wanted`,
        message: `The patient ended ${messages} themselves, so nobody else can begin them again`,
        fix: `Ask the patient to begin them ${begins}.`,
      });
    default:
      return unreachable(refusal);
  }
}
