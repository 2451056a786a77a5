/** Charts that were merged into others (FHIR R4 Patient.link, type replaced-by). */

/**
 * The chart that stands for this one today, over any number of merges. A ring, which no EHR should keep, leads to its first chart by id, the
 * same from wherever one enters it.
 * @param replacedBy of each merged chart the one it was merged into
 */
export function chartInForce(patientId: string, replacedBy: ReadonlyMap<string, string>): string {
  const passed: string[] = [];
  let current = patientId;
  for (let next = replacedBy.get(current); next !== undefined; next = replacedBy.get(current)) {
    passed.push(current);
    current = next;
    const ring = passed.indexOf(current);
    if (ring >= 0) return passed.slice(ring).sort()[0] ?? current;
  }
  return current;
}
