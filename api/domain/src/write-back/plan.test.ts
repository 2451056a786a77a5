import { describe, expect, test } from 'vitest';
import { specialtyById } from '../clinical/specialty.ts';
import type { StepName } from '../referral/event.ts';
import { MESSAGE_IDENTIFIER_SYSTEM, NPI_SYSTEM, REFERRAL_IDENTIFIER_SYSTEM } from './identifiers.ts';
import { planWrites } from './plan.ts';
import type { ApprovedReferral, Json } from './resources.ts';
import { ALL, approved, launched } from './test-approved-referral.ts';

const stepOf = (writes: ReturnType<typeof planWrites>, name: StepName) => {
  const found = writes.find((write) => write.name === name);
  if (!found) throw new Error(`No ${name} in the plan`);
  return found;
};

describe('rung 1 updates the launched order', () => {
  const writes = planWrites(approved, 1, launched, ALL);
  const order = stepOf(writes, 'ServiceRequest');

  test('in the order a server without transactions needs', () => {
    expect(writes.map((write) => write.name)).toEqual(ALL);
  });

  test('against the version that was approved', () => {
    expect(order.action).toBe('update');
    expect(order.target).toEqual({ reference: 'ServiceRequest/order-1', versionId: '3' });
  });

  test('keeps all that is not ours: extensions, identifiers, notes, who ordered it and when', () => {
    expect(order.resource).toMatchObject({
      id: 'order-1',
      extension: launched.resource['extension'],
      note: launched.resource['note'],
      authoredOn: '2026-11-19T08:00:00Z',
      requester: { reference: 'Practitioner/moss' },
    });
    expect(order.resource['identifier']).toEqual([
      { system: 'urn:ehr', value: 'ORD-7' },
      expect.objectContaining({ value: '01JREFERRAL' }),
    ]);
  });

  test('sets status, priority, code, performer and the note', () => {
    expect(order.resource).toMatchObject({
      status: 'active',
      priority: 'stat',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }] },
      category: [{ coding: [{ code: '3457005' }] }],
      performer: [
        {
          type: 'PractitionerRole',
          identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' },
          display: 'Ana Rivera, MD',
        },
      ],
      insurance: [{ reference: 'Coverage/cov-1' }],
      supportingInfo: [{ reference: '{{DocumentReference}}' }],
    });
  });

  test('does not touch the order it was given', () => {
    expect(launched.resource['status']).toBe('draft');
  });
});

test('planning again on an order that was written already adds nothing twice', () => {
  const once = stepOf(planWrites(approved, 1, launched, ALL), 'ServiceRequest').resource;
  const again = planWrites(approved, 1, { reference: launched.reference, resource: once }, ALL);
  expect(stepOf(again, 'ServiceRequest').resource).toEqual(once);
});

describe('an order that says more than the referral', () => {
  const orderOf = (referral: Partial<ApprovedReferral>, more: Json) =>
    stepOf(planWrites({ ...approved, ...referral }, 1, { ...launched, resource: { ...launched.resource, ...more } }, ALL), 'ServiceRequest')
      .resource;
  const palpitations = { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'R00.2', display: 'Palpitations' };
  const palpitationsLocal = { system: 'urn:ehr:problem-list', code: 'PALP', display: 'Palpitations' };
  const hypertension = { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10', display: 'Essential (primary) hypertension' };

  test('two reasons are two concepts; codings of one concept are translations of each other and stay together', () => {
    const order = orderOf(
      { reasonCodes: [palpitations, palpitationsLocal, hypertension] },
      { reasonCode: [{ coding: [palpitations, palpitationsLocal], text: 'Fluttering' }] },
    );
    expect(order['reasonCode']).toEqual([{ coding: [palpitations, palpitationsLocal], text: 'Palpitations' }, { coding: [hypertension] }]);
  });

  test('a reason the clinician took out is gone, a text alone remains', () => {
    expect(orderOf({ reasonCodes: [] }, { reasonCode: [{ coding: [hypertension], text: 'High blood pressure' }] })['reasonCode']).toEqual([
      { text: 'Palpitations' },
    ]);
  });

  test('details of the order stay beside ours, and ours is replaced', () => {
    const theirs = { text: 'Bring the event recorder' };
    const order = orderOf({ visits: 3 }, { orderDetail: [theirs, { text: 'Consult; visits asked for: 1' }] });
    expect(order['orderDetail']).toEqual([theirs, { text: 'Consult; visits asked for: 3' }]);
  });

  test('ours is known again where the EHR gives texts back in capitals or with a space more', () => {
    const order = orderOf({ visits: 3 }, { orderDetail: [{ text: 'CONSULT; VISITS ASKED FOR: 1 ' }] });
    expect(order['orderDetail']).toEqual([{ text: 'Consult; visits asked for: 3' }]);
  });

  test('quantity is said once, whatever form it had', () => {
    const order = orderOf({}, { quantityRange: { low: { value: 1 } } });
    expect(order['quantityRange']).toBeUndefined();
    expect(order['quantityQuantity']).toMatchObject({ value: 1 });
  });

  test('the coverage is named once, with the words the order has for it', () => {
    const insurance = [{ reference: 'Coverage/cov-1', display: 'Blue plan' }];
    expect(orderOf({}, { insurance })['insurance']).toEqual(insurance);
  });

  test('our identifier is found again in the form the EHR keeps it', () => {
    const identifier = [{ use: 'usual', system: REFERRAL_IDENTIFIER_SYSTEM, value: approved.referralId }];
    expect(orderOf({}, { identifier })['identifier']).toEqual(identifier);
  });

  test('abbreviations in a specialty keep their capitals', () => {
    const specialty = specialtyById('otolaryngology');
    if (!specialty) throw new Error('otolaryngology is a specialty');
    expect((orderOf({ specialty }, {})['code'] as { text: string }).text).toBe('Referral to otolaryngology (ENT)');
  });
});

describe('rung 2 creates an order', () => {
  test('without one launched', () => {
    const order = stepOf(planWrites(approved, 2, null, ALL), 'ServiceRequest');
    expect(order).toMatchObject({
      action: 'create',
      target: null,
      resource: { status: 'active', subject: { reference: 'Patient/pat-1' }, requester: { reference: 'Practitioner/lee' } },
    });
    expect(order.resource['basedOn']).toBeUndefined();
  });

  test('that says which order it rests on where that one cannot be updated', () => {
    const order = stepOf(planWrites(approved, 2, launched, ALL), 'ServiceRequest');
    expect(order.resource['basedOn']).toEqual([{ reference: 'ServiceRequest/order-1' }]);
    expect(order.resource['id']).toBeUndefined();
  });
});

test('a performer the EHR knows is referenced there', () => {
  const writes = planWrites({ ...approved, performerInEhr: { reference: 'PractitionerRole/77', display: 'Rivera' } }, 1, launched, ALL);
  // The NPI stands beside it: whoever reads the order can check that the reference is the person who was approved.
  const expected = { reference: 'PractitionerRole/77', identifier: { system: NPI_SYSTEM, value: '1234567893' }, display: 'Rivera' };
  expect(stepOf(writes, 'ServiceRequest').resource['performer']).toEqual([expected]);
  expect(stepOf(writes, 'Task').resource['owner']).toEqual(expected);
});

test('the Task is a draft that names the order twice, as BSeR and CMS50 need', () => {
  const task = stepOf(planWrites(approved, 1, launched, ALL), 'Task');
  expect(task.resource).toMatchObject({
    status: 'draft',
    focus: { reference: '{{ServiceRequest}}' },
    basedOn: [{ reference: '{{ServiceRequest}}' }],
    for: { reference: 'Patient/pat-1' },
    groupIdentifier: { value: '01JREFERRAL' },
  });
  expect(task.lookUp.businessKey).toBe('01JREFERRAL-1');
});

test('Provenance names clinician, software and sources, and carries no AI label', () => {
  const { resource, lookUp } = stepOf(planWrites(approved, 1, launched, ALL), 'Provenance');
  expect(JSON.stringify(resource)).not.toContain('AIAST');
  expect(JSON.stringify(resource)).toContain(lookUp.businessKey);
  expect((resource['agent'] as Json[]).map((agent) => (agent['type'] as { coding: { code: string }[] }).coding[0]?.code)).toEqual([
    'author',
    'verifier',
    'assembler',
  ]);
});

describe('prepared by one person and signed by another', () => {
  const enterer = { reference: 'Practitioner/ortiz', display: 'Kim Ortiz, MA' };
  const writes = planWrites({ ...approved, enterer }, 1, launched, ALL);

  test('the order is the signing clinician’s, whoever the draft named', () => {
    expect(stepOf(writes, 'ServiceRequest').resource['requester']).toEqual({ reference: 'Practitioner/lee', display: 'Dr. Lee' });
  });

  test('Provenance names who prepared it as enterer on behalf of the clinician, and nowhere else', () => {
    const agents = stepOf(writes, 'Provenance').resource['agent'] as (Json & { type: { coding: { system: string; code: string }[] } })[];
    const ofOrtiz = agents.filter((agent) => JSON.stringify(agent['who']).includes('Practitioner/ortiz'));
    expect(ofOrtiz).toEqual([
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'enterer' }] },
        who: enterer,
        onBehalfOf: { reference: 'Practitioner/lee', display: 'Dr. Lee' },
      },
    ]);
    expect(agents.map(({ type }) => type.coding[0]?.code)).toEqual(['author', 'verifier', 'enterer', 'assembler']);
    const others = writes.filter(({ name }) => name !== 'Provenance');
    expect(JSON.stringify(others)).not.toContain('ortiz');
  });
});

test.each([
  [['ServiceRequest', 'Task', 'Provenance'] as StepName[], 'DocumentReference'],
  [['DocumentReference', 'ServiceRequest', 'Provenance'] as StepName[], 'Task'],
])('a step the EHR does not offer is left out with all that points to it', (offered, missing) => {
  const writes = planWrites(approved, 1, launched, offered);
  expect(writes.map((write) => write.name)).toEqual(offered);
  expect(JSON.stringify(writes)).not.toContain(`{{${missing}`);
});

describe('rung 3 files the note and writes no order', () => {
  const packet = { base64: 'JVBERi0=', bytes: 6 };
  const writes = planWrites({ ...approved, packet }, 3, launched, ALL);

  test('in its order, and ServiceRequest never, though it were offered', () => {
    expect(writes.map((write) => write.name)).toEqual(['DocumentReference', 'Task', 'Provenance']);
    expect(JSON.stringify(writes)).not.toContain('{{ServiceRequest');
  });

  test('the packet is first, the text second; it names the launched order and the referral', () => {
    const { resource, lookUp } = stepOf(writes, 'DocumentReference');
    expect((resource['content'] as { attachment: Json }[]).map((each) => each.attachment['contentType'])).toEqual([
      'application/pdf',
      'text/plain; charset=utf-8',
    ]);
    expect(resource).toMatchObject({
      type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }] },
      context: { related: [{ reference: 'ServiceRequest/order-1' }] },
      content: [{ attachment: { data: packet.base64, size: 6 } }, {}],
    });
    expect(resource['identifier']).toContainEqual(expect.objectContaining({ system: REFERRAL_IDENTIFIER_SYSTEM, value: '01JREFERRAL' }));
    expect(lookUp.businessKey).toBe('01JAPPROVAL');
  });

  test('the Task is about the launched order and carries the note; without an order it is about the note', () => {
    expect(stepOf(writes, 'Task').resource).toMatchObject({
      focus: { reference: 'ServiceRequest/order-1' },
      basedOn: [{ reference: 'ServiceRequest/order-1' }],
      input: [{ valueReference: { reference: '{{DocumentReference}}' } }],
    });
    const alone = stepOf(planWrites({ ...approved, packet }, 3, null, ALL), 'Task').resource;
    expect(alone['focus']).toEqual({ reference: '{{DocumentReference}}' });
    expect(alone['basedOn']).toBeUndefined();
  });

  test('Provenance is about the note alone', () => {
    const { resource, lookUp } = stepOf(writes, 'Provenance');
    expect(resource['target']).toEqual([{ reference: '{{DocumentReference:versioned}}' }]);
    expect(lookUp.query).toBe('Provenance?target={{DocumentReference}}');
  });

  test('what the EHR does not offer is left out', () => {
    expect(planWrites({ ...approved, packet }, 3, null, ['DocumentReference']).map((write) => write.name)).toEqual(['DocumentReference']);
  });
});

describe('rung 4 keeps the note in the chart as a message', () => {
  const packet = { base64: 'JVBERi0=', bytes: 6 };
  const every: StepName[] = [...ALL, 'Communication'];
  const writes = planWrites({ ...approved, packet }, 4, launched, every);
  const { resource, lookUp } = stepOf(writes, 'Communication');

  test('and writes neither order nor document, though they were offered', () => {
    expect(writes.map((write) => write.name)).toEqual(['Communication', 'Task', 'Provenance']);
    expect(JSON.stringify(writes)).not.toMatch(/\{\{(ServiceRequest|DocumentReference)/);
  });

  test('about the launched order, from the clinician to the specialist, found by the approval', () => {
    const order = [{ reference: 'ServiceRequest/order-1' }];
    expect(resource).toMatchObject({
      basedOn: order,
      about: order,
      subject: { reference: 'Patient/pat-1' },
      sender: { reference: 'Practitioner/lee' },
      recipient: [{ identifier: { system: NPI_SYSTEM, value: '1234567893' }, display: 'Ana Rivera, MD' }],
      priority: 'stat',
    });
    expect(resource['identifier']).toContainEqual(expect.objectContaining({ system: REFERRAL_IDENTIFIER_SYSTEM, value: '01JREFERRAL' }));
    expect(lookUp).toEqual({
      query: `Communication?patient=pat-1&identifier=${encodeURIComponent(`${MESSAGE_IDENTIFIER_SYSTEM}|01JAPPROVAL`)}`,
      businessKey: '01JAPPROVAL',
    });
    const { basedOn, about } = stepOf(planWrites(approved, 4, null, every), 'Communication').resource;
    expect([basedOn, about]).toEqual([undefined, undefined]);
  });

  test('with the words first, then the packet', () => {
    const words = Buffer.from(approved.note.base64, 'base64').toString('utf8');
    expect(resource['payload']).toEqual([
      { contentString: words },
      { contentAttachment: expect.objectContaining({ contentType: 'application/pdf', data: packet.base64, size: 6 }) },
    ]);
  });

  test('and never says that it was sent', () => {
    expect(resource['status']).toBe('preparation');
    expect(resource).not.toHaveProperty('sent');
    expect(JSON.stringify(resource['note'])).toContain('It was sent to nobody');
  });

  test('the Task carries it, and Provenance is about it alone', () => {
    expect(stepOf(writes, 'Task').resource).toMatchObject({
      focus: { reference: 'ServiceRequest/order-1' },
      input: [{ valueReference: { reference: '{{Communication}}' } }],
    });
    expect(stepOf(planWrites(approved, 4, null, every), 'Task').resource['focus']).toEqual({ reference: '{{Communication}}' });
    expect(stepOf(writes, 'Provenance').resource['target']).toEqual([{ reference: '{{Communication:versioned}}' }]);
  });
});

test('on rung 6 nothing is written', () => {
  expect(planWrites(approved, 6, launched, ALL)).toEqual([]);
});
