/** What of a packet needs the patient’s consent, as it stands when it is looked at, sent and read. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { readPdf } from '../packet/test-read-pdf.ts';
import type { Session } from '../sessions/session.ts';
import { sendAnew } from './packet-anew.ts';
import { ADDRESS, fullChart, NPI, PLANTED, packetDesk, secret, subject } from './test-packet-desk.ts';
import type { Body } from './test-referral-input.ts';

const desk = packetDesk();
const { written, packetOf, prepare, send, carryOut, later, threadOf } = desk;

describe('what needs the patient’s consent', () => {
  const consent = (status = 'active'): FhirResource => ({
    resourceType: 'Consent',
    id: 'consent',
    status,
    patient: subject,
    provision: {
      type: 'permit',
      actor: [{ reference: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI } } }],
      securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SUD' }],
    },
  });
  const consents = (...now: FhirResource[]): void => void desk.api.consents.splice(0, desk.api.consents.length, ...now);
  afterEach(() => consents());
  const holdsSecret = async (id: string): Promise<boolean> =>
    (await packetOf(id)).items.some(({ id: item }) => item === 'Condition/secret');
  const opened = async (): Promise<unknown> => {
    const link = /office#([A-Za-z0-9_-]{43})/.exec(desk.mail.received.at(-1)?.mail.text ?? '')?.[1];
    return (await desk.api.call('POST', '/office/open', '', { link, npi: NPI })).body['opened'];
  };

  test('goes by a consent that the EHR has now, and by none that came with the chart when it was approved', async () => {
    const id = await written([...fullChart(), secret, consent() as Body]);
    expect(await holdsSecret(id)).toBe(false);
    consents(consent());
    expect(await holdsSecret(id)).toBe(true);
  });

  test('withdrawn between looking and sending it is not sent: the packet is another one, which somebody looks through first', async () => {
    const id = await written([...fullChart(), secret]);
    consents(consent());
    const { sequence, revision, holds } = await packetOf(id);
    expect(holds).toEqual([]);
    consents(consent('inactive'));
    const sent = await desk.api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, desk.coordinator, {
      key: 'press-withdrawn-1',
      sequence,
      revision,
      way: 'mail',
      address: ADDRESS,
    });
    expect([sent.status, String(sent.body['detail'])]).toEqual([409, expect.stringContaining('looked through')]);
  });

  test('withdrawn after the link was mailed: the office does not read it any more, and reads what is sent anew', async () => {
    const id = await written([...fullChart(), secret]);
    consents(consent());
    expect((await send(id, 'mail')).status).toBe(200);
    await carryOut();
    const page = await opened();
    const read = await desk.api.download('/office/packet', '', { opened: page });
    expect((await readPdf(read.bytes)).text).toContain(PLANTED);
    consents();
    const after = await desk.api.download('/office/packet', '', { opened: page });
    expect([after.status, new TextDecoder().decode(after.bytes)]).toEqual([
      409,
      expect.stringContaining('Ask the practice to send it anew'),
    ]);
    expect((await prepare(id, { change: 'check' })).status).toBe(200);
    expect((await send(id, 'mail')).status).toBe(200);
    await carryOut();
    const anew = await desk.api.download('/office/packet', '', { opened: await opened() });
    expect((await readPdf(anew.bytes)).text).not.toContain(PLANTED);
  });

  describe('a packet from before packets said what they hold by a consent', () => {
    /** What was sent last, kept as it was kept then. */
    async function olden(id: string): Promise<void> {
      const owner = new pg.Client({ connectionString: desk.api.url });
      await owner.connect();
      const { rows } = await owner.query<{ id: string }>(`select id from document where referral_id = $1 and id like 'packet-%'`, [id]);
      const documentId = rows[0]?.id ?? '';
      const kept = await desk.api.store.transaction(desk.api.scope, (unit) => unit.documents.get(documentId));
      const { chart: part, ...packet } = JSON.parse(new TextDecoder().decode(kept?.bytes)) as { chart: { consented?: string[] } };
      const { consented: _, ...chartPart } = part;
      await owner.query('delete from document where id = $1', [documentId]);
      await owner.end();
      const bytes = new TextEncoder().encode(JSON.stringify({ ...packet, chart: chartPart }));
      if (kept) await desk.api.store.transaction(desk.api.scope, (unit) => unit.documents.insert({ ...kept, bytes }));
    }
    const read = async (): Promise<number> => (await desk.api.download('/office/packet', '', { opened: await opened() })).status;

    test('is read by the consent that is in force when it is read, and not once that is withdrawn', async () => {
      const id = await written([...fullChart(), secret]);
      consents(consent());
      expect((await send(id, 'mail')).status).toBe(200);
      await carryOut();
      await olden(id);
      expect(await read()).toBe(200);
      consents(consent('inactive'));
      expect(await read()).toBe(409);
    });

    test('that holds nothing of the kind is read without asking for any consent', async () => {
      const id = await written([...fullChart(), secret]);
      expect((await prepare(id, { change: 'check' })).status).toBe(200);
      expect((await send(id, 'mail')).status).toBe(200);
      await carryOut();
      await olden(id);
      expect(await read()).toBe(200);
    });

    test('whose pages never left does not leave anew without its consents being asked', async () => {
      const id = await written([...fullChart(), secret]);
      consents(consent());
      expect((await send(id, 'fax')).status).toBe(200);
      await olden(id);
      const at = desk.api.clock.now.toISOString();
      const again = desk.api.store.transaction(desk.api.scope, async (unit) => {
        const session = { subject: 'kim' } as unknown as Session;
        for (const effect of await unit.outbox.ofReferral(id)) {
          if (effect.kind !== 'fax') continue;
          const { consentReadAt: _, ...content } = effect.content as { consentReadAt?: string };
          await sendAnew(unit, session, { ...effect, content }, { transmissionId: 'anew', publicUrl: '', at });
        }
      });
      await expect(again).rejects.toMatchObject({ refusal: { detail: expect.stringContaining('send the packet anew') } });
    });
  });

  test('pages that had to wait do not leave by a consent of then, nor are they sent again: somebody sends the packet anew', async () => {
    const id = await written([...fullChart(), secret]);
    consents(consent());
    const before = desk.gateway.faxes.length;
    expect((await send(id, 'fax')).status).toBe(200);
    await later(16);
    await carryOut();
    expect(desk.gateway.faxes.length).toBe(before);
    const { effects, obligations } = await threadOf(id);
    expect(obligations.map(({ detail }) => detail).join()).toContain('Send the packet anew');
    const [effect] = effects;
    const again = await desk.api.call('POST', `/worklist/referrals/${id}/effects`, desk.coordinator, {
      effectId: effect?.effectId,
      doubt: effect?.doubt,
      decision: 'send-again',
    });
    expect([again.status, String(again.body['detail'])]).toEqual([409, expect.stringContaining('send the packet anew')]);
    expect((await send(id, 'fax')).status).toBe(200);
    await carryOut();
    expect(desk.gateway.faxes.length).toBe(before + 1);
  });
});
