/** What others do in the chart while Refloop is at work: change the order, revoke or sign it, and write by hand what resembles ours. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { referenceOf, type Stored } from './chart.ts';
import type { OthersDo } from './choices.ts';
import { note, type World } from './world.ts';

const CLINICIAN = { reference: 'Practitioner/clinician', display: 'Maren Oduya, MD' };
const CARDIOLOGIST = { coding: [{ system: 'http://snomed.info/sct', code: '308447003' }], text: 'Referral to cardiology service' };

const subjectOf = (world: World) => ({ reference: `Patient/${world.patient.id}` });

/** What it says can be read and told from ours. */
const THERE = [{ attachment: { contentType: 'text/plain', data: Buffer.from('A note that somebody wrote by hand.').toString('base64') } }];
/** What it says cannot be read from here, so that a person has to look. */
const ELSEWHERE = [{ attachment: { contentType: 'application/pdf', url: 'https://files.example.org/referral.pdf' } }];

const similarNote = (world: World, content: Resource['content']): Resource => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code: '57133-1', display: 'Referral note' }], text: 'Referral note' },
  subject: subjectOf(world),
  date: world.lane.now().toISOString(),
  author: [CLINICIAN],
  content,
});

const similarOrder = (world: World): Resource => ({
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  subject: subjectOf(world),
  code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }], text: 'Referral to cardiologist' },
  authoredOn: world.lane.now().toISOString(),
  requester: CLINICIAN,
});

/** An order's tags are the EHR's own, and say that it waits for a signature. */
const signed = ({ meta: _meta, ...order }: Stored): Resource => ({ ...order, status: 'active' });

const MADE: Record<Extract<OthersDo, `similar-${string}`>, (world: World) => Resource> = {
  'similar-order': similarOrder,
  'similar-note': (world) => similarNote(world, THERE),
  'similar-note-elsewhere': (world) => similarNote(world, ELSEWHERE),
};

const isMade = (what: OthersDo): what is keyof typeof MADE => what in MADE;

const CHANGES: Record<Exclude<OthersDo, keyof typeof MADE>, (order: Stored) => Resource> = {
  'order-edited': (order) => ({ ...order, priority: 'urgent', note: [{ text: 'Prefers mornings' }] }),
  'order-rewritten': (order) => ({ ...order, code: CARDIOLOGIST, performer: [{ display: 'Somebody else' }], supportingInfo: undefined }),
  'order-revoked': (order) => ({ ...order, status: 'revoked' }),
  'order-signed': signed,
};

export async function othersDo(world: World, what: OthersDo): Promise<void> {
  const { chart, patient } = world;
  if (isMade(what)) {
    const made = await chart.create(MADE[what](world));
    world.others.add(referenceOf(made));
  } else {
    if (!patient.order) return;
    const changed = await chart.change(referenceOf(patient.order), CHANGES[what]);
    world.otherVersions.add(`${referenceOf(changed)}/_history/${changed.meta.versionId}`);
  }
  note(world, `others: ${what}`);
}
