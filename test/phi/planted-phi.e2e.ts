/** After all referrals of the suite: nothing about a patient is in the servers' log, nor in an address the browser asked Refloop for. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coverage, DocumentReference, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { expect, test } from '@playwright/test';
import { launches } from '../e2e/support/sandbox.ts';
import { openChart, textOf } from '../e2e/support/smart-client.ts';
import { requestLog } from '../e2e/support/test.ts';

/** Shorter texts could be a route or a number by chance. */
const LEAST_CHARACTERS = 5;
const LEAST_OF_A_SENTENCE = 25;

/** What is written in charts and must not be written anywhere else. */
async function plantedValues(): Promise<Map<string, string>> {
  const planted = new Map<string, string>();
  const plant = (text: string | undefined, what: string) => {
    if (text !== undefined && text.length >= LEAST_CHARACTERS) planted.set(text.toLowerCase(), what);
  };
  for (const { id } of (await launches()).patients) {
    plant(`Patient/${id}`, 'a reference to a patient');
    // An id that is also an English word ("child") proves nothing by itself.
    if (id.includes('-')) plant(id, 'the id of a patient');
    const chart = await openChart({ user: 'clinician', patient: id });
    const [person, coverages, orders, notes] = await Promise.all([
      chart.read<Patient>(`Patient/${id}`),
      chart.search<Coverage>(`Coverage?patient=${id}`),
      chart.search<ServiceRequest>(`ServiceRequest?patient=${id}`),
      chart.search<DocumentReference>(`DocumentReference?patient=${id}&_count=50`),
    ]);
    for (const name of person.name ?? []) {
      plant(name.family, 'a family name');
      plant(`${name.given?.join(' ')} ${name.family}`, 'a name');
    }
    for (const identifier of person.identifier ?? []) plant(identifier.value, 'an identifier of a patient');
    for (const address of person.address ?? []) plant(address.line?.[0], 'a street');
    for (const telecom of person.telecom ?? []) plant(telecom.value, 'a phone number or an address');
    plant(person.birthDate, 'a birth date');
    for (const coverage of coverages) {
      plant(coverage.subscriberId, 'a member number');
      for (const identifier of coverage.identifier ?? []) plant(identifier.value, 'a member number');
    }
    for (const order of orders) {
      plant(order.id, 'the id of an order');
      for (const reason of order.reasonCode ?? []) plant(reason.text, 'a reason');
      for (const note of order.note ?? []) plant(note.text, 'a question');
    }
    for (const sentence of notes.flatMap((note) => textOf(note).split(/\n|(?<=\.) /))) {
      // Shorter lines are headings.
      if (sentence.trim().length >= LEAST_OF_A_SENTENCE) plant(sentence.trim(), 'a sentence of a note');
    }
  }
  return planted;
}

/** Which planted values a text holds, each said once and never by its value. */
const found = (text: string, planted: ReadonlyMap<string, string>): string[] => {
  const lower = text.toLowerCase();
  return [...new Set([...planted].filter(([value]) => lower.includes(value)).map(([, what]) => what))];
};

test('no planted value is in the log of the product, nor in an address', async () => {
  const planted = await plantedValues();
  expect(planted.size).toBeGreaterThan(500);
  const log = readFileSync(join(process.env['REFLOOP_STATE'] ?? '', 'product.log'), 'utf8');
  expect(log.split('\n').length, 'the log was written').toBeGreaterThan(20);
  expect(found(log, planted), 'in the log').toEqual([]);
  const addresses = existsSync(requestLog()) ? readFileSync(requestLog(), 'utf8') : '';
  expect(addresses.split('\n').length, 'addresses were kept').toBeGreaterThan(5);
  expect(found(addresses, planted), 'in an address').toEqual([]);
});
