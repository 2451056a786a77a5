/** A played office that has a fax machine alone: it reads the very packet that Refloop faxes, and Refloop reads what comes back for what it is. */
import type { KeptMail } from '@refloop/launch/mail/mail-server';
import { createFaxOffices } from '@refloop/launch/players/fax-offices';
import { createTelephone } from '@refloop/launch/players/telephone';
import { readPdf } from '@refloop/server/inbound/read-pdf';
import { packetPdf } from '@refloop/server/packet/packet-pdf';
import { sentPacket } from '@refloop/server/packet/test-packet';
import { expect, test } from 'vitest';

const HOUR_MS = 3_600_000;
const STEP_HOURS = 4;
const packet = { ...sentPacket(), patient: { ...sentPacket().patient, name: 'Núñez, María José' } };
const { npi } = packet.specialist;
const pages = packetPdf(packet);
const START = Date.parse('2026-11-30T15:00:00.000Z');

async function play(seed: string, days: number, whenCalled?: (at: Date, telephone: ReturnType<typeof createTelephone>) => void) {
  const faxed: Uint8Array[] = [];
  let taken = true;
  const telephone = createTelephone();
  const mail = {
    number: 1,
    at: new Date(START),
    to: ['15105550101@fax.sandbox.example'],
    mail: { attachments: [{ content: await pages }] },
  };
  const office = createFaxOffices({
    // The same fax twice is one request.
    mails: () => [{ ...mail, number: 2 }, mail] as unknown as KeptMail[],
    fax: {
      send: async (sent) => {
        taken = !taken;
        if (taken) faxed.push(sent);
        return taken ? 'arrived' : 'not-taken';
      },
    },
    telephone,
  });
  const acts: string[] = [];
  for (let hours = 1; hours < days * 24; hours += STEP_HOURS) {
    const now = new Date(START + hours * HOUR_MS);
    whenCalled?.(now, telephone);
    acts.push(...(await office.work(seed, now)).map(({ act }) => act));
  }
  return { acts, faxed, office };
}

const seedWith = async (acts: readonly string[]): Promise<string> => {
  for (let number = 0; number < 60; number += 1) {
    const played = await play(`seed-${number}`, 100);
    if (JSON.stringify(played.acts) === JSON.stringify(acts)) return `seed-${number}`;
  }
  throw new Error(`No seed plays ${acts.join(', ')}.`);
};

test('it accepts, books and sends its note; each is read back as the same patient’s, and only the note as a note', async () => {
  const { faxed, office } = await play(await seedWith(['accept', 'book', 'note']), 100);
  const read = await Promise.all(faxed.map((bytes) => readPdf(bytes)));
  for (const document of read) {
    if (document.kind !== 'read') throw new Error('It cannot be read.');
    const { patient, npis, orders } = document.header;
    expect([patient.born, npis, orders]).toEqual([packet.patient.born, [npi], [packet.referralId]]);
    expect(packet.patient.name.toLowerCase()).toContain(patient.family.toLowerCase());
  }
  expect(read.map((document) => document.kind === 'read' && document.nature)).toEqual(['unsaid', 'unsaid', 'consult-note']);
  expect(office.wasFaxed(npi, packet.patient.name)).toBe(true);
});

test('what it says when it declines is never taken for a note', async () => {
  const { faxed } = await play(await seedWith(['decline']), 100);
  const [document, ...others] = await Promise.all(faxed.map((bytes) => readPdf(bytes)));
  expect([document?.kind, others]).toEqual(['read', []]);
  expect(document?.kind === 'read' && document.nature).not.toBe('consult-note');
});

test('one that keeps silent answers once it is called, and does nothing more once it is told to stop', async () => {
  const silent = await seedWith([]);
  const called = await play(silent, 40, (now, telephone) => {
    if (now.getUTCHours() === 16) telephone.call(npi, 'Nobody Else', now);
    if (now.getUTCHours() === 20) telephone.call(npi, packet.patient.name, now);
  });
  expect(called.acts[0]).toBe('accept');
  const stopped = await play(silent, 40, (now, telephone) => {
    telephone.callOff(npi, packet.patient.name);
    telephone.call(npi, packet.patient.name, now);
  });
  expect(stopped.acts).toEqual([]);
});
