/** What the token response says about this launch (SMART App Launch 2.2, launch context). */
import { parseReference } from '@refloop/domain/fhir/reference';

export type LaunchContext = {
  /** FHIR base of the EHR, exactly as the sites file has it. */
  iss: string;
  /** The launch's own state: everything the app holds is keyed by it. */
  key: string;
  patient: string | undefined;
  encounter: string | undefined;
  /** Relative reference of the launched order. */
  order: string | undefined;
  /** Whether only the card that the app was opened from names it: such an order need not be stored yet. */
  orderFromCard: boolean;
  /** Absent counts as true: better a second banner than none. */
  needsBanner: boolean;
  styleUrl: string | undefined;
  scopes: readonly string[];
  idToken: string | undefined;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** `fhirContext` names the launched order with no role or the role `launch`; absolute only where it lies under this EHR. */
function launchedOrder(iss: string, fhirContext: unknown): string | undefined {
  const base = `${iss.replace(/\/$/, '')}/`;
  if (!Array.isArray(fhirContext)) return undefined;
  for (const item of fhirContext as unknown[]) {
    // SMART 2.0 had plain reference objects, some servers still send bare strings.
    const entry = typeof item === 'string' ? { reference: item } : (item as { reference?: unknown; role?: unknown } | null);
    const named = text(entry?.reference) ?? '';
    const reference = parseReference(named.startsWith(base) ? named.slice(base.length) : named);
    const role = entry && 'role' in entry ? entry.role : undefined;
    if (reference?.type === 'ServiceRequest' && (role === undefined || role === 'launch')) return `ServiceRequest/${reference.id}`;
  }
  return undefined;
}

/** What our own CDS card handed to the launch (CDS Hooks 2.0, Link.appContext); whoever else wrote there says nothing to us. */
function orderOfCard(appContext: unknown): string | undefined {
  try {
    const said: unknown = JSON.parse(text(appContext) ?? '');
    const named = typeof said === 'object' && said !== null ? (said as { order?: unknown }).order : undefined;
    const reference = parseReference(text(named) ?? '');
    return reference?.type === 'ServiceRequest' ? `ServiceRequest/${reference.id}` : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param token the token response as the EHR sent it
 * @param asked the scopes that were asked for: those granted where the EHR says nothing of scopes (RFC 6749 §5.1)
 */
export function readLaunchContext(iss: string, key: string, token: Readonly<Record<string, unknown>>, asked = ''): LaunchContext {
  const launched = launchedOrder(iss, token['fhirContext']);
  const ofCard = launched === undefined ? orderOfCard(token['appContext']) : undefined;
  return {
    iss,
    key,
    patient: text(token['patient']),
    encounter: text(token['encounter']),
    order: launched ?? ofCard,
    orderFromCard: ofCard !== undefined,
    needsBanner: token['need_patient_banner'] !== false,
    styleUrl: text(token['smart_style_url']),
    scopes: (text(token['scope']) ?? asked).split(/\s+/).filter(Boolean),
    idToken: text(token['id_token']),
  };
}
