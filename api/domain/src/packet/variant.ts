/** Kinds of packets, as data (variants.json): what each has to hold beyond the standard one, and how soon it asks for an answer. */
import { specialtyById } from '../clinical/specialty.ts';
import type { ChecklistItem, ChecklistItemKind } from '../drafting/checklist.ts';
import type { Urgency } from '../matching/request.ts';
import type { Service } from '../referral/closure.ts';
import type { Span } from '../sla/service-levels.ts';
import rows from './variants.json' with { type: 'json' };

/** `tooth`: a tooth is named by number. `asked`: the question that is put to the recipient. The others are looked for in the chart. */
export type VariantItemKind = Exclude<ChecklistItemKind, 'reason-code' | 'note' | 'document'> | 'tooth' | 'asked';

export type VariantItem = Pick<ChecklistItem, 'id' | 'label' | 'loinc' | 'words' | 'maximumAgeDays'> & { readonly kind: VariantItemKind };

export type PacketVariant = {
  readonly id: string;
  readonly label: string;
  /** Specialties it is for, with those below them. */
  readonly specialties: readonly string[];
  /** What is asked for, whatever the specialty. */
  readonly services: readonly Service[];
  /** A person looks at the packet before it goes (R115). */
  readonly checkedBeforeSending: boolean;
  readonly answerWithin: Readonly<Record<Urgency, Span>>;
  readonly items: readonly VariantItem[];
};

export const PACKET_VARIANTS = rows.variants as readonly PacketVariant[];
export const PACKET_VARIANTS_VERSION = rows.version;

/** The kind of packet this referral goes with; undefined for the standard one. What is asked for goes before whom it is asked of. */
export function variantOf(
  { specialty, service }: { specialty: string; service: Service },
  variants: readonly PacketVariant[] = PACKET_VARIANTS,
): PacketVariant | undefined {
  const above = [specialty, specialtyById(specialty)?.parent];
  return (
    variants.find(({ services }) => services.includes(service)) ??
    variants.find(({ specialties }) => above.some((id) => id !== undefined && specialties.includes(id)))
  );
}

/** "2 business days", "4 hours": as it is asked for on the packet. */
export function spanWords(span: Span): string {
  const [amount, unit] = 'days' in span ? [span.days, 'day'] : [span.hours, 'hour'];
  return `${amount} ${span.clock === 'business' ? 'business ' : ''}${amount === 1 ? unit : `${unit}s`}`;
}
