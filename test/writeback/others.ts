/** What others do in the chart while Refloop is at work: change the order, revoke or sign it, and write by hand what resembles ours. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { referenceOf, type Stored } from './chart.ts';
import type { Happening } from './choices.ts';
import { note, type World } from './world.ts';

export type OthersDo = Exclude<Happening['what'], 'opened-again' | 'duplicated' | 'colleague' | 'withdrawn'>;

const CLINICIAN = { reference: 'Practitioner/clinician', display: 'Maren Oduya, MD' };
const CARDIOLOGIST = { coding: [{ system: 'http://snomed.info/sct', code: '308447003' }], text: 'Referral to cardiology service' };

const subjectOf = (world: World) => ({ reference: `Patient/${world.patient.id}` });

/** What the one says can be read and told from ours; what the other says lies elsewhere, and a person has to look. */
const WRITTEN_BY_HAND = [
  { contentType: 'text/plain', data: Buffer.from('A note that somebody wrote by hand.').toString('base64') },
  { contentType: 'application/pdf', url: 'https://files.example.org/referral.pdf' },
];

const similarNote = (world: World): Resource => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code: '57133-1', display: 'Referral note' }], text: 'Referral note' },
  subject: subjectOf(world),
  date: world.lane.now().toISOString(),
  author: [CLINICIAN],
  content: [{ attachment: WRITTEN_BY_HAND[world.run % 2] }],
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

const CHANGES: Record<Exclude<OthersDo, 'similar-note' | 'similar-order'>, (order: Stored) => Resource> = {
  'order-edited': (order) => ({ ...order, priority: 'urgent', note: [{ text: 'Prefers mornings' }] }),
  'order-rewritten': (order) => ({ ...order, code: CARDIOLOGIST, performer: [{ display: 'Somebody else' }], supportingInfo: undefined }),
  'order-revoked': (order) => ({ ...order, status: 'revoked' }),
  'order-signed': signed,
};

export async function othersDo(world: World, what: OthersDo): Promise<void> {
  const { chart, patient } = world;
  if (what === 'similar-note' || what === 'similar-order') {
    const made = await chart.create(what === 'similar-note' ? similarNote(world) : similarOrder(world));
    world.others.add(referenceOf(made));
  } else {
    if (!patient.order) return;
    const changed = await chart.change(referenceOf(patient.order), CHANGES[what]);
    world.otherVersions.add(`${referenceOf(changed)}/_history/${changed.meta.versionId}`);
  }
  note(world, `others: ${what}`);
}
