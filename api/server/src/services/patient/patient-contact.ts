/** How a patient is reached, for whoever their referral is with: as it is on record, and what the patient told on the telephone or in person. */
import { isAdolescentAge } from '@refloop/domain/chart/sensitivity';
import type { PatientChannel } from '@refloop/domain/patient/outreach';
import { addresseeOf, decideProxy, instead, isActing, OF_AGE, type Proxy, type ProxyRefusal, proxyId } from '@refloop/domain/patient/proxy';
import { decideTold, type ToldRefusal } from '@refloop/domain/patient/told-contact';
import type { Referral } from '@refloop/domain/referral/referral';
import { unreachable } from '@refloop/domain/result';
import { calendarFor } from '@refloop/domain/sla/policy';
import type { ChangeProxies, PatientContactView, ProxyView, TellContact } from '../../client/patient-contact.ts';
import { type FieldError, problem, type Refusal, Refused } from '../../problem.ts';
import { actorOf, personOf, type Session } from '../../sessions/session.ts';
import { digest } from '../../sessions/token.ts';
import { patientChannelsOf, type Site } from '../../sites.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { policyIn } from '../engine/policy-in-force.ts';
import { noSuchReferral } from '../own-referral.ts';
import { readReferral, withRetry } from '../referral-log.ts';
import { namesOf } from '../staff-names.ts';
import { changeConsent, heededWith } from './patient-consent.ts';
import { ageOn, approvedPacket, birthDateOf, chartedContact, dayOn } from './patient-facts.ts';
import { closeLinksOf, requireOwnOrOrdered, takeLinksOf } from './patient-links.ts';

export type PatientContactService = {
  read: (session: Session, referralId: string, now: Date) => Promise<PatientContactView | Refusal>;
  /** Puts on record what the patient told. Where consent changes, it is an event of each referral of theirs. */
  tell: (session: Session, referralId: string, asked: TellContact, now: Date) => Promise<PatientContactView | Refusal>;
  /** Puts on record who acts for the patient, or takes them off it. */
  changeProxies: (session: Session, referralId: string, asked: ChangeProxies, now: Date) => Promise<PatientContactView | Refusal>;
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

  async function record(
    unit: Unit,
    session: Session,
    referral: Referral,
    at: string,
    action: 'read' | 'told' | 'proxy-put' | 'proxy-taken-away',
    payload: object,
  ) {
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

  /** In years on the clinic’s day; undefined of whom the chart does not give the day of birth. */
  async function ageAt(unit: Unit, referral: Referral, at: string): Promise<number | undefined> {
    const packet = await approvedPacket(unit, referral);
    const born = packet && birthDateOf(packet);
    return born === undefined ? undefined : ageOn(born, dayOn(at, calendarFor(await policyIn(unit), referral).timeZone));
  }

  async function view(unit: Unit, referral: Referral, contact: PatientContact, mark: string, at: string): Promise<PatientContactView> {
    const { language, preferred, text, email, proxies, told } = contact;
    const age = (await ageAt(unit, referral, at)) ?? OF_AGE;
    const isChild = age < OF_AGE;
    const isAdolescent = isAdolescentAge(age);
    const sends = patientChannelsOf(siteOf(unit.scope));
    const names = told || proxies.length > 0 ? namesOf(await unit.grants.list()) : new Map<string, string>();
    const acting = new Set(instead(contact, isChild, isAdolescent));
    return {
      mark,
      isFromChart: mark === OF_CHART,
      language,
      preferred,
      text,
      email,
      leavesBy: addresseeOf(contact, isChild, sends, isAdolescent)?.channel ?? null,
      sends,
      proxies: proxies.map((proxy) => shown(proxy, { isChild, isInstead: acting.has(proxy), names })),
      isUnderAge: isChild,
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
        return view(unit, referral, kept ?? (await chartedOf(unit, referral, at)), kept?.updatedAt ?? OF_CHART, at);
      }),

    tell: (session, referralId, { key, mark, how, note, ...told }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          const referral = await ownReferral(unit, session, referralId);
          const kept = await unit.patientContacts.take(referral.patientId);
          const before = kept ?? (await chartedOf(unit, referral, at));
          const pressed = `told/${key}`;
          if (kept?.heeded?.includes(pressed)) return view(unit, referral, kept, kept.updatedAt, at);
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
          return view(unit, referral, contact, contact.updatedAt, at);
        }),
      ),

    changeProxies: (session, referralId, { key, mark, what }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const at = now.toISOString();
          const referral = await ownReferral(unit, session, referralId);
          // Before the contact, as a page takes them.
          if (what.act === 'take-away') await takeLinksOf(unit, referral.patientId);
          const kept = await unit.patientContacts.take(referral.patientId);
          const before = kept ?? (await chartedOf(unit, referral, at));
          const pressed = `proxy/${key}`;
          if (kept?.heeded?.includes(pressed)) return view(unit, referral, kept, kept.updatedAt, at);
          if ((kept?.updatedAt ?? OF_CHART) !== mark) throw new Refused(problem('conflict', CHANGED));
          const keep = async (
            changed: Pick<PatientContact, 'proxies' | 'takenOffAt'>,
            action: 'proxy-put' | 'proxy-taken-away',
            proxy: Proxy,
            more: { linksClosed?: string[] } = {},
          ) => {
            const contact: PatientContact = { ...before, ...changed, heeded: heededWith(before, pressed), updatedAt: at };
            await unit.patientContacts.put(contact);
            // Name, number and address stand with the patient alone.
            const consents = { text: proxy.reach?.text.consent.status, email: proxy.reach?.email.consent.status };
            await record(unit, session, referral, at, action, {
              key,
              proxy: proxyId(proxy),
              side: proxy.side,
              instead: proxy.instead,
              consents,
              ...more,
            });
            return view(unit, referral, contact, at, at);
          };
          if (what.act === 'take-away') {
            const gone = before.proxies.find((proxy) => proxyId(proxy) === what.id);
            if (!gone) throw new Refused(problem('conflict', CHANGED));
            const linksClosed = await closeLinksOf(unit, referral.patientId, gone, at);
            const proxies = before.proxies.filter((proxy) => proxy !== gone);
            return keep({ proxies, takenOffAt: at }, 'proxy-taken-away', gone, { linksClosed });
          }
          const age = await ageAt(unit, referral, at);
          const about = {
            id: digest(pressed).slice(0, 16),
            at,
            by: session.subject,
            isUnderAge: age === undefined ? undefined : age < OF_AGE,
          };
          const decided = decideProxy(before, what, about);
          if (!decided.ok) throw new Refused(proxyRefusal(decided.refusal));
          return keep({ proxies: [...before.proxies, decided.value] }, 'proxy-put', decided.value);
        }),
      ),
  };
}

/** For whoever reads it, with the name of who put them on record. */
function shown(
  proxy: Proxy,
  { isChild, isInstead, names }: { isChild: boolean; isInstead: boolean; names: ReadonlyMap<string, string> },
): ProxyView {
  const { side, name, reach, at, by } = proxy;
  const put = at === undefined || by === undefined ? null : { at, by: names.get(by) ?? by };
  return { id: proxyId(proxy), side, name, acts: isActing(proxy, isChild), instead: isInstead, reach: reach ?? null, put };
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

function proxyRefusal(refusal: ProxyRefusal): Refusal {
  switch (refusal.kind) {
    case 'parent-of-adult':
      return problem('conflict', 'Nobody was put on record.', [
        {
          field: 'what.side',
          message: 'This patient is of age, so a parent does not act for them as a parent',
          fix: 'Choose guardian where a court named one, or who holds a power of attorney.',
        },
      ]);
    case 'age-unknown':
      return problem('conflict', 'Nobody was put on record.', [
        {
          field: 'what.side',
          message: 'The chart gives no full date of birth, so nobody knows when a parent or guardian ceases to act',
          fix: 'Write the date of birth to the chart. Who holds a power of attorney is put on record without it.',
        },
      ]);
    case 'too-many':
      return problem('conflict', 'So many are on record already. Take somebody off it first.');
    case 'not-readable':
    case 'nowhere':
    case 'ended-by-patient':
    case 'asked-for-another': {
      const told = toldRefusal(refusal);
      const errors = (told.errors ?? []).map((error) => ({
        ...error,
        field: `what.${error.field}`,
        ...(refusal.kind === 'ended-by-patient'
          ? { message: 'Messages there were ended from that number or address itself', fix: 'Only from there can they be begun again.' }
          : {}),
      }));
      return { ...told, errors };
    }
    default:
      return unreachable(refusal);
  }
}
