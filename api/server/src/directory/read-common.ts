/** Reading that several Plan-Net resources share. Each reader answers with a record or with the reason to refuse the row. */
import type { Day } from '@refloop/domain/instant';
import type { AcceptingPatients } from '@refloop/domain/network/directory';
import { DIRECTORY_EXTENSION, PLAN_NET_CODES, PLAN_NET_EXTENSION, SYNTHETIC_TAG } from '@refloop/domain/network/plan-net';
import { type Result, refuse } from '@refloop/domain/result';
import { codesOf, day, extensions, type Loose, object, objects, text } from './loose-json.ts';
import type { NewPatientStatement, Period } from './records.ts';
import { type ReadReferences, referenceText } from './reference.ts';
import type { Place } from './report.ts';

/** `kind` is the reason without names, for counting. */
export type RowRefusal = { kind: string; reason: string };
export type RowResult<Value> = Result<Value, RowRefusal>;

export const refuseRow = (kind: string, reason: string = kind): { ok: false; refusal: RowRefusal } => refuse({ kind, reason });

/** What a reader needs besides the row. */
export type ReadContext = {
  place: Place;
  references: ReadReferences;
  /** Says what was left out of a row that is otherwise taken. */
  remark: (kind: string, reason: string) => void;
  /** Whether meta.lastUpdated counts as the day of verification where the payer states none. */
  trustLastUpdated: boolean;
};

export function rowOf(resource: Loose, place: Place): { place: Place; lastUpdated: string; synthetic: boolean } {
  const meta = object(resource['meta']);
  const synthetic = objects(meta['tag']).some((tag) => tag['system'] === SYNTHETIC_TAG.system && tag['code'] === SYNTHETIC_TAG.code);
  return { place, lastUpdated: text(meta['lastUpdated']) ?? '', synthetic };
}

/** First value of a telecom system, the lowest rank first. */
export function telecomOf(resource: Loose, system: 'phone' | 'fax'): string | undefined {
  const ranked = objects(resource['telecom'])
    .filter((telecom) => telecom['system'] === system && text(telecom['value']) !== undefined)
    .map((telecom) => ({ value: text(telecom['value']) ?? '', rank: typeof telecom['rank'] === 'number' ? telecom['rank'] : Infinity }));
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.value;
}

/** Undefined when the period runs backwards. */
export function periodOf(resource: Loose): Period | undefined {
  const period = object(resource['period']);
  const [from, until] = [day(period['start']), day(period['end'])];
  if (from !== undefined && until !== undefined && from > until) return undefined;
  return { ...(from && { from }), ...(until && { until }) };
}

export function verifiedOnOf(resource: Loose, trustLastUpdated: boolean): Day | undefined {
  const stated = extensions(resource, DIRECTORY_EXTENSION.verifiedOn).flatMap((extension) => day(extension['valueDate']) ?? []);
  const [newest] = stated.sort().reverse();
  if (newest !== undefined) return newest;
  return trustLastUpdated ? day(object(resource['meta'])['lastUpdated']) : undefined;
}

const ACCEPTING: readonly AcceptingPatients[] = ['newpt', 'nopt', 'existptonly', 'existptfam'];

/** The newpatients extensions (0..*): acceptingPatients 1..1, fromNetwork 0..1. */
export function newPatientsOf(resource: Loose, context: ReadContext): NewPatientStatement[] {
  return extensions(resource, PLAN_NET_EXTENSION.newPatients).flatMap((extension) => {
    const parts = objects(extension['extension']);
    const part = (url: string): Loose => parts.find((item) => item['url'] === url) ?? {};
    const [code] = codesOf(part('acceptingPatients')['valueCodeableConcept'], PLAN_NET_CODES.acceptingPatients);
    const accepting = ACCEPTING.find((known) => known === code);
    if (accepting === undefined) {
      context.remark('new-patients code unknown', `newpatients says "${code ?? 'nothing'}"; use a code of AcceptingPatientsCS`);
      return [];
    }
    const fromNetwork = part('fromNetwork')['valueReference'];
    if (fromNetwork === undefined) return [{ accepting }];
    const [networkKey] = context.references(fromNetwork);
    if (networkKey === undefined) {
      context.remark(
        'new-patients network unreadable',
        `newpatients.fromNetwork is ${referenceText(fromNetwork)}; refer to Organization/id`,
      );
      return [];
    }
    return [{ accepting, networkKey }];
  });
}
