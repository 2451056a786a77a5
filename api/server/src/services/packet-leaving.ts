/** A packet on its way out: by the Task in the EHR, a link, a mail with one or a fax; and the account of it (45 CFR 164.528). */
import { createHash } from 'node:crypto';
import { ownWords } from '@refloop/domain/configuration/templates';
import type { Referral } from '@refloop/domain/referral/referral';
import { taskKey } from '@refloop/domain/write-back/identifiers';
import { type FaxContent, faxNumber } from '../channels/fax.ts';
import { FAX_BY_MAIL } from '../channels/fax-by-mail.ts';
import { FAX, FAX_RECEIPT, type FaxReceipt } from '../channels/fax-gateway.ts';
import { OFFICE_MAIL, type OfficeMail } from '../channels/office-mail.ts';
import { type ChannelSettings, faxesBy } from '../channels/settings.ts';
import type { SendPacket } from '../client/packet.ts';
import type { SentPacket } from '../packet/packet-ccda.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { type FileBytes, filesDisclosed } from '../packet/packet-words.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';
import { configurationIn } from './configuration-in-force.ts';
import { toJson } from './kept.ts';
import { mailLane } from './letter-before.ts';
import { addLink } from './new-office-link.ts';
import { insertLink, linkSecret } from './office-links.ts';
import type { AssembledPacket } from './packet-assembly.ts';

export type LeavingDeps = {
  channels: ChannelSettings;
  /** The pages of a fax; as PDF unless told. */
  pages?: (packet: SentPacket, link: string, files: FileBytes) => Promise<Uint8Array<ArrayBuffer>>;
};

export type Leaving = {
  unit: Unit;
  session: Session;
  referral: Referral;
  assembled: AssembledPacket;
  files: FileBytes;
  transmissionId: string;
  now: Date;
  asked: SendPacket;
};

/** Whoever has the Task reads these beside it; the packet itself does not go this way. */
const IN_THE_EHR = ['demographics', 'order', 'referral note'];

/** A brief description of what was disclosed (45 CFR 164.528(b)(2)(iii)): kinds and numbers, no contents. */
function whatOf({ packet: { chart } }: AssembledPacket): string[] {
  const counted = new Map<string, number>();
  for (const { section } of chart.items) counted.set(section, (counted.get(section) ?? 0) + 1);
  return [
    'demographics',
    'reason for referral',
    'referral note',
    'coverage',
    ...[...counted].map(([section, count]) => `${section} (${count})`),
    ...filesDisclosed((chart.files?.enclosed ?? []).filter(({ page }) => page !== null)),
  ];
}

/**
 * What is to happen outside, asked for in the transaction of the event, and accounted for.
 *
 * @returns the link, where whoever sent hands it over themselves
 */
export async function askOutside(deps: LeavingDeps, leaving: Leaving): Promise<string | null> {
  const { channels } = deps;
  const { unit, session, referral, assembled, files, transmissionId, now, asked } = leaving;
  const at = now.toISOString();
  const { attempt, packet } = assembled;
  const transmission = { attempt: attempt.number, transmissionId };
  const effect = { referralId: referral.id, key: transmissionId, askedAt: at, dueAt: at };
  const disclose = ({ address, what, sha256 }: { address: string; what: string[]; sha256: string | null }): Promise<void> =>
    unit.disclosures.add({
      id: transmissionId,
      referralId: referral.id,
      patientId: referral.patientId,
      at,
      content: {
        to: { name: packet.specialist.name, npi: packet.specialist.npi, organization: packet.specialist.organization, address },
        what,
        purpose: 'treatment',
        way: asked.way,
        by: session.subject,
        transmissionId,
        sha256,
      },
    });
  // The Task in the EHR is moved with the referral; whoever it is with reads order and note there.
  if (asked.way === 'fhir') {
    await disclose({ address: `Task ${taskKey(referral.id, attempt.number)}`, what: [...IN_THE_EHR], sha256: null });
    return null;
  }
  if (asked.way !== 'fax') {
    const link = await insertLink(unit, session, { id: transmissionId, referral, attempt, now });
    if (asked.way === 'link') return link;
    const words = ownWords((await configurationIn(unit)).templates, 'office-mail', 'en');
    const content: Omit<OfficeMail, 'link'> = {
      transmission,
      to: asked.address ?? '',
      practice: packet.referring.practice,
      specialist: packet.specialist.name,
      callback: packet.chart.callback,
      ...(words === undefined ? {} : { words }),
    };
    const lane = mailLane(transmissionId);
    await unit.outbox.add({
      ...effect,
      kind: OFFICE_MAIL,
      content: toJson(content),
      secret: linkSecret(channels.publicUrl, link),
      lane,
      place: 1,
    });
    return null;
  }
  // Beside those that are open: who opened a letter goes on there, and pages may lie at the machine for days.
  const opens = await addLink(unit, { subject: session.subject, actor: actorOf(session) }, { id: transmissionId, referral, attempt, now });
  const bytes = await (deps.pages ?? packetPdf)(packet, linkSecret(channels.publicUrl, opens).link, files);
  const content: FaxContent = {
    transmission,
    number: faxNumber(packet.specialist.fax) ?? '',
    pdf: Buffer.from(bytes).toString('base64'),
    ...(packet.chart.consented?.length ? { consentReadAt: at } : {}),
  };
  if (faxesBy(channels) === 'mail') await unit.outbox.add({ ...effect, kind: FAX_BY_MAIL, content: toJson(content) });
  else {
    const lane = `fax/${transmissionId}`;
    await unit.outbox.add({ ...effect, kind: FAX, content: toJson(content), lane, place: 1 });
    await unit.outbox.add({ ...effect, kind: FAX_RECEIPT, content: toJson({ transmission } satisfies FaxReceipt), lane, place: 2 });
  }
  await disclose({ address: content.number, what: whatOf(assembled), sha256: createHash('sha256').update(bytes).digest('hex') });
  return null;
}
