/**
 * Guards of the product, each taken away by itself in a copy of the source that one process loads. A simulation that does not notice is no
 * proof of the guard. The text to be replaced stands once in its file: a guard that was written anew is found missing here.
 */

export type Mutant = {
  /** What is no longer done. */
  guard: string;
  file: string;
  from: string;
  to: string;
  /** The rule by which it is told; any of them. */
  told: readonly string[];
};

const DOMAIN = 'api/domain/src';
const SERVER = 'api/server/src';

export const MUTANTS: readonly Mutant[] = [
  {
    guard: 'a creation that may still arrive is not sent again within the minute',
    file: `${DOMAIN}/write-back/write-step.ts`,
    from: "if (step.action === 'create' && mayStillArrive(step, seenAt)) {",
    to: 'if (step === undefined) {',
    told: ['duplicate'],
  },
  {
    guard: 'nothing is settled within the minute in which the machine’s clock was set',
    file: `${DOMAIN}/write-back/settled.ts`,
    from: 'Math.min(Date.parse(at) - Date.parse(step.attemptedAt), sinceSet)',
    to: '(Date.parse(at) - Date.parse(step.attemptedAt))',
    told: ['duplicate'],
  },
  {
    guard: 'a window tells how long ago something was sent by the server’s clock, not by the laptop’s',
    file: 'smart-app/src/approval/server-clock.ts',
    from: 'machineTime: () => ({ at: new Date(serverNow()).toISOString(),',
    to: 'machineTime: () => ({ at: new Date(wall()).toISOString(),',
    told: ['duplicate'],
  },
  {
    guard: 'a write is put on record before it leaves',
    file: `${SERVER}/services/reconciliation.ts`,
    from: 'attempt: (step) => record(site, plan.id, by, (unit, stored) => recordAttempt(unit, stored, by, step, deps.now())),',
    to: 'attempt: async () => ok(plan),',
    told: ['unapproved', 'duplicate', 'lost'],
  },
  {
    guard: 'an approval is taken back only while no order can be in the chart',
    file: `${DOMAIN}/referral/command.ts`,
    from: "if (referral.order.status !== 'approved' || !certainlyNotThere) return refuse({ kind: 'order-may-be-written' });",
    to: "if (referral.order.status === 'draft' || certainlyNotThere === undefined) return refuse({ kind: 'order-may-be-written' });",
    told: ['unapproved', 'lost'],
  },
  {
    guard: 'only a clinician approves',
    file: `${SERVER}/services/prepared.ts`,
    from: "export const isClinician = ({ roles }: Session): boolean => roles.includes('clinician');",
    to: 'export const isClinician = ({ roles }: Session): boolean => roles.length > 0;',
    told: ['unauthorized'],
  },
  {
    guard: 'a note is reviewed by the clinician whose referral it is',
    file: `${SERVER}/services/reviews.ts`,
    from: 'placeOf(unit, session, referral.order.approval.requester, now)',
    to: 'placeOf(unit, session, session.subject, now)',
    told: ['unauthorized'],
  },
  {
    guard: 'a proposal is answered by the clinician whose referral it is',
    file: `${SERVER}/services/proposals.ts`,
    from: 'placeOf(unit, session, referral.order.approval.requester, now)',
    to: 'placeOf(unit, session, session.subject, now)',
    told: ['misapproved'],
  },
  {
    guard: 'a loop is closed by the final report alone',
    file: `${DOMAIN}/referral/closure.ts`,
    from: "report.status === 'reviewed' && report.form === 'final'",
    to: "report.status === 'reviewed'",
    told: ['closed'],
  },
  {
    guard: 'an office is told to stop where the patient chooses another',
    file: `${DOMAIN}/referral/care-command.ts`,
    from: "return ok(happened(now, { type: 'cancellation-requested', version: 1, attempt: number, reason: words }, next));",
    to: "return ok(happened(now, ...(words === '' ? [] : [next])));",
    told: ['duplicate'],
  },
  {
    guard: 'after a decline somebody has to ask another',
    file: `${DOMAIN}/sla/due.ts`,
    from: 'return [...noteToCome, ...toReroute(attempt, referral, owed)];',
    to: 'return [];',
    told: ['owner'],
  },
  {
    guard: 'nobody is asked whom no clinician approved',
    file: `${DOMAIN}/referral/options.ts`,
    from: 'approvedOptions(referral).some((each) => each.entryId === entryId && each.npi === npi);',
    to: 'approvedOptions(referral).length > 0 && entryId !== npi;',
    told: ['unapproved'],
  },
  {
    guard: 'the clinician owes a word on whom the coordinator proposed',
    file: `${DOMAIN}/sla/due.ts`,
    from: "if (referral.proposal.status === 'open') return toApprove(referral, owed);",
    to: "if (referral.proposal.status === 'open') return [];",
    told: ['owner'],
  },
  {
    guard: 'a referral is looked at again though nothing is heard of it',
    file: `${SERVER}/services/engine/engine.ts`,
    from: 'nextLookAt(referral, policy, now, owed) ?? null',
    to: 'null',
    told: ['deadline'],
  },
  {
    guard: 'each step of the policy is taken once',
    file: `${DOMAIN}/sla/escalate.ts`,
    from: 'if (referral.escalations.some((each) => each.rule === step.rule && each.stage === stage)) return;',
    to: '',
    told: ['duplicate'],
  },
  {
    guard: 'what was settled is no longer owed, and what is owed is owed once',
    file: `${SERVER}/services/engine/obligation-rows.ts`,
    from: "for (const row of open) if (!kept.has(row.id)) await unit.obligations.settle(row.id, { what: 'done', at: now, ...ending(row, now) });",
    to: 'for (const row of open) if (!kept.has(row.id)) await unit.obligations.get(row.id);',
    told: ['deadline', 'duplicate', 'owner'],
  },
  {
    guard: 'a press of the same key counts once',
    file: `${DOMAIN}/referral/by-hand.ts`,
    from: 'if (referral.factKeys.includes(factKey)) return ok([]);',
    to: '',
    // A press of which the answer was lost is refused, or fails.
    told: ['duplicate', 'failure'],
  },
  {
    guard: 'what is sent is put on record as begun before it leaves',
    file: `${SERVER}/outbox/worker.ts`,
    from: "return { kind: (await unit.outbox.begin(effect.id, deps.holder, at(), leased())) ? 'begun' : 'held-elsewhere' };",
    to: "return { kind: effect.id === '' ? 'held-elsewhere' : 'begun' };",
    told: ['duplicate'],
  },
  {
    guard: 'what may have left and cannot be repeated is not sent again',
    file: `${SERVER}/outbox/worker.ts`,
    from: 'if (!handler.repeatable) return record(',
    to: "if (handler.kind === '') return record(",
    told: ['duplicate'],
  },
  {
    guard: 'of a message in doubt a person is told',
    file: `${SERVER}/outbox/effect-obligation.ts`,
    from: 'if (!people) return;',
    to: 'if (people) return;',
    told: ['owner'],
  },
  {
    guard: 'nothing leaves whose order is not in force any more',
    file: `${SERVER}/outbox/worker.ts`,
    from: "if (detail !== undefined) return { kind: referral && opened.isOwed(referral) ? 'failed' : 'left-out', detail };",
    to: "if (referral === undefined) return { kind: 'left-out', detail: '' };",
    // Neither an order that is over nor a STOP holds it back.
    told: ['unapproved', 'consent'],
  },
  {
    guard: 'nobody works on a holiday',
    file: `${DOMAIN}/sla/business-time.ts`,
    from: 'isWeekday(startOfDay(wall)) && !holidaysOnWeekdays(calendar).has(startOfDay(wall));',
    to: 'isWeekday(startOfDay(wall)) || holidaysOnWeekdays(calendar).size < 0;',
    told: ['deadline'],
  },
  {
    guard: 'deadlines follow the wall over a change to or from summer time',
    file: `${DOMAIN}/sla/business-time.ts`,
    from: 'const wallOf = (ms: number, timeZone: string): number => ms + offsetOf(ms, timeZone);',
    to: 'const wallOf = (ms: number, timeZone: string): number => ms + offsetOf(0, timeZone);',
    told: ['deadline'],
  },
  {
    guard: 'an office that is not asked any more does nothing',
    file: `${DOMAIN}/referral/office-act.ts`,
    from: "if (referral.order.status !== 'active' || !asked || closedBy(referral) || referral.attempts.at(-1) !== asked) return undefined;",
    to: "if (referral.order.status !== 'active' || !asked || closedBy(referral)) return undefined;",
    told: ['unauthorized'],
  },
  {
    guard: 'what the projection keeps is what its events say',
    file: `${SERVER}/services/referral-log.ts`,
    from: 'if (after) await unit.referrals.put(projectionOf(after, now));',
    to: "if (after && happenings.at(-1)?.fact.type !== 'patient-contacted') await unit.referrals.put(projectionOf(after, now));",
    told: ['refold'],
  },
  {
    guard: 'a packet that lacks something goes only where somebody answered for it',
    file: `${SERVER}/services/packets.ts`,
    from: "if (hold) throw new Refused(problem('conflict', `The packet was not sent.",
    to: "if (hold === null) throw new Refused(problem('conflict', `The packet was not sent.",
    told: ['unapproved'],
  },
  {
    guard: 'a packet goes only where it was said whether the payer has to authorize it, or why it goes without',
    file: `${DOMAIN}/packet/readiness.ts`,
    from: "if (packet.authorization.kind === 'open') holds.push",
    to: "if (packet.authorization.kind === 'open' && packet.contents === '') holds.push",
    told: ['unapproved'],
  },
  {
    guard: 'what the payer approved for one office is asked anew of the next',
    file: `${DOMAIN}/referral/payer-word.ts`,
    from: 'if (before === undefined || before === npi) return',
    to: 'if (before === undefined || before !== npi) return',
    told: ['unapproved'],
  },
  {
    guard: 'what was sent by hand is put on record with a word on the payer’s authorization',
    file: `${SERVER}/services/sent-by-hand.ts`,
    from: "else if (authorization.kind === 'open') {",
    to: "else if (authorization.kind === 'open' && sequence < 0) {",
    told: ['unapproved'],
  },
  {
    guard: 'a packet is addressed to whoever is asked now',
    file: `${SERVER}/packet/addressed-to.ts`,
    from: 'if (packet.specialist.npi === performer.npi) return packet;',
    to: "if (performer.npi !== '') return packet;",
    told: ['unauthorized'],
  },
  {
    guard: 'nothing of the patient stands in a mail',
    file: `${SERVER}/services/packet-leaving.ts`,
    from: 'specialist: packet.specialist.name,\n      callback',
    to: 'specialist: packet.patient.name,\n      callback',
    told: ['privacy'],
  },
  {
    guard: 'a fax is handed over under one key each time',
    file: `${SERVER}/channels/fax-gateway.ts`,
    from: "'idempotency-key': id }",
    to: "'idempotency-key': `${id}${Math.random()}` }",
    told: ['duplicate'],
  },
  {
    guard: 'what was asked for before STOP does not leave after it',
    file: `${SERVER}/channels/text-message.ts`,
    from: 'if (!isWanted(referral, channel, content.to, contact)) return `The patient wants no more ${NAMES[channel]} there.`;',
    to: '',
    told: ['consent'],
  },
  {
    guard: 'a text message keeps its hours, also when it is tried again',
    file: `${SERVER}/channels/text-message.ts`,
    from: '(timeZone === undefined ? now : sendAt(now, timeZone))',
    to: "(timeZone === '' ? sendAt(now, timeZone) : now)",
    told: ['consent'],
  },
  {
    guard: 'an emergency is answered with the fixed words',
    file: `${SERVER}/services/patient/incoming-texts.ts`,
    from: 'if (emergencyIn(incoming.text) !== undefined) {',
    to: "if (emergencyIn(incoming.text) === undefined && incoming.text === '') {",
    told: ['patient'],
  },
  {
    guard: 'a patient’s page opens with the date of birth alone',
    file: `${SERVER}/services/patient/patient-page.ts`,
    from: 'birthDateOf(packet) !== undefined && birthDateOf(packet) === given.born;',
    to: 'birthDateOf(packet) !== undefined;',
    told: ['privacy'],
  },
  {
    guard: 'an office’s page opens with the NPI alone',
    file: `${SERVER}/services/office.ts`,
    from: 'boolean => npi === link.npi;',
    to: "boolean => npi !== '' || link.npi === '';",
    told: ['privacy'],
  },
  {
    guard: 'a note by an office’s link that names another patient is held',
    file: `${SERVER}/inbound/keep-note.ts`,
    from: "if (chart && namesAnother(reading, chart)) return 'another-patient';",
    to: "if (!chart && namesAnother(reading, { given: [] })) return 'another-patient';",
    told: ['misfiled'],
  },
  {
    guard: 'a note that came in is filed only where its patient is certain',
    file: `${SERVER}/inbound/route-document.ts`,
    from: 'const match = matchAmong(header.patient, charts);',
    to: "const match = charts[0] ? { kind: 'accepted', patientId: charts[0].patientId } : { kind: 'nobody' };",
    told: ['misfiled'],
  },
  {
    guard: 'what Refloop itself makes in the chart and may still arrive is not made again',
    file: `${SERVER}/channels/ehr-write.ts`,
    from: 'return sentMayArrive(sent, seenAt) ?',
    to: "return seenAt.at === '' ?",
    told: ['duplicate'],
  },
];
