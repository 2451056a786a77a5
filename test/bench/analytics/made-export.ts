/** A Bulk export of made-up referrals, patients and appointments, as many as one likes, in the shape an EHR sends: the same for the same number. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const SCT = 'http://snomed.info/sct';
const day = (at: number): string => new Date(Date.UTC(2025, 0, 1) + (at % 600) * 86_400_000).toISOString().slice(0, 10);

const patient = (at: number) => ({
  resourceType: 'Patient',
  id: `p${at}`,
  name: [{ family: `Family${at}`, given: ['Given', 'Second'] }],
  birthDate: '1961-02-03',
  identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: `MRN-${at}` }],
  address: [{ line: [`${at} Main Street`], city: 'Oakland', state: 'CA', postalCode: `94${600 + (at % 60)}` }],
  communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: at % 5 === 0 ? 'es' : 'en' }] } }],
});

const order = (at: number) => ({
  resourceType: 'ServiceRequest',
  id: `r${at}`,
  status: 'active',
  intent: 'order',
  category: [{ coding: [{ system: SCT, code: '3457005', display: 'Patient referral' }] }],
  code: { coding: [{ system: SCT, code: '308471005', display: 'Referral to cardiologist' }], text: 'Referral to cardiologist' },
  priority: at % 7 === 0 ? 'urgent' : 'routine',
  subject: { reference: `Patient/p${Math.floor(at / 3)}` },
  authoredOn: `${day(at)}T10:00:00Z`,
  requester: { reference: `Practitioner/d${at % 36}` },
  performer: [{ reference: `Practitioner/s${at % 300}` }],
  note: [{ text: 'Chest pain on exertion since spring; please see and advise. '.repeat(4) }],
  meta: { lastUpdated: `${day(at)}T11:00:00Z` },
});

const appointment = (at: number) => ({
  resourceType: 'Appointment',
  id: `a${at}`,
  status: at % 4 === 0 ? 'noshow' : 'fulfilled',
  basedOn: [{ reference: `ServiceRequest/r${at}` }],
  created: day(at + 2),
  start: `${day(at + 20)}T15:00:00Z`,
  participant: [{ actor: { reference: `Patient/p${Math.floor(at / 3)}` }, status: 'accepted' }],
  meta: { lastUpdated: `${day(at + 21)}T10:00:00Z` },
});

function* lines(count: number, made: (at: number) => object): Iterable<string> {
  for (let at = 0; at < count; at += 1) yield `${JSON.stringify(made(at))}\n`;
}

/** One file for each type. */
export async function writeExport(folder: string, referrals: number): Promise<{ resources: number }> {
  await mkdir(folder, { recursive: true });
  const patients = Math.ceil(referrals / 3);
  const files = { Patient: lines(patients, patient), ServiceRequest: lines(referrals, order), Appointment: lines(referrals, appointment) };
  for (const [type, text] of Object.entries(files))
    await pipeline(Readable.from(text), createWriteStream(join(folder, `${type}.ndjson`), { mode: 0o644 }));
  return { resources: patients + 2 * referrals };
}
