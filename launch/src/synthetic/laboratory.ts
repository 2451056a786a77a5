/**
 * What the synthetic laboratory reports: digits and reference intervals. The intervals are those of ordinary adult
 * reports in US conventional units; every real laboratory states its own, and so does this invented one.
 */
export type Analyte = {
  loinc: string;
  /** As people read it on a report; the code carries the LOINC name. */
  name: string;
  digits: number;
  /** Where a healthy value is drawn from. */
  usual: readonly [low: number, high: number];
  /** What is printed beside the result; an open side is absent. */
  reference?: { low?: number; high?: number };
  /** Women's interval where it differs. */
  female?: { usual: readonly [low: number, high: number]; reference: { low?: number; high?: number } };
};

const analytes: readonly Analyte[] = [
  { loinc: '6690-2', name: 'White blood cells', digits: 1, usual: [4.8, 9.6], reference: { low: 4.0, high: 11.0 } },
  {
    loinc: '718-7',
    name: 'Hemoglobin',
    digits: 1,
    usual: [13.9, 16.4],
    reference: { low: 13.5, high: 17.5 },
    female: { usual: [12.4, 14.9], reference: { low: 12.0, high: 15.5 } },
  },
  {
    loinc: '4544-3',
    name: 'Hematocrit',
    digits: 1,
    usual: [41.5, 48],
    reference: { low: 40, high: 51 },
    female: { usual: [37, 44], reference: { low: 36, high: 46 } },
  },
  { loinc: '787-2', name: 'MCV', digits: 0, usual: [84, 95], reference: { low: 80, high: 100 } },
  { loinc: '777-3', name: 'Platelets', digits: 0, usual: [180, 340], reference: { low: 150, high: 400 } },
  {
    loinc: '2276-4',
    name: 'Ferritin',
    digits: 0,
    usual: [60, 220],
    reference: { low: 30, high: 400 },
    female: { usual: [30, 120], reference: { low: 15, high: 150 } },
  },
  { loinc: '2498-4', name: 'Iron', digits: 0, usual: [70, 140], reference: { low: 60, high: 170 } },
  { loinc: '2500-7', name: 'Iron binding capacity', digits: 0, usual: [270, 400], reference: { low: 250, high: 450 } },
  { loinc: '2502-3', name: 'Iron saturation', digits: 0, usual: [24, 42], reference: { low: 20, high: 50 } },
  { loinc: '2132-9', name: 'Vitamin B12', digits: 0, usual: [300, 720], reference: { low: 200, high: 900 } },
  { loinc: '2284-8', name: 'Folate', digits: 1, usual: [6, 18], reference: { low: 4 } },
  { loinc: '14196-0', name: 'Reticulocytes', digits: 0, usual: [40, 90], reference: { low: 25, high: 100 } },
  { loinc: '2951-2', name: 'Sodium', digits: 0, usual: [137, 143], reference: { low: 135, high: 145 } },
  { loinc: '2823-3', name: 'Potassium', digits: 1, usual: [3.8, 4.8], reference: { low: 3.5, high: 5.1 } },
  { loinc: '2075-0', name: 'Chloride', digits: 0, usual: [99, 106], reference: { low: 98, high: 107 } },
  { loinc: '2028-9', name: 'Carbon dioxide', digits: 0, usual: [23, 28], reference: { low: 22, high: 29 } },
  { loinc: '3094-0', name: 'Urea nitrogen (BUN)', digits: 0, usual: [9, 19], reference: { low: 7, high: 20 } },
  {
    loinc: '2160-0',
    name: 'Creatinine',
    digits: 2,
    usual: [0.8, 1.1],
    reference: { low: 0.74, high: 1.35 },
    female: { usual: [0.62, 0.92], reference: { low: 0.59, high: 1.04 } },
  },
  { loinc: '98979-8', name: 'eGFR (CKD-EPI 2021)', digits: 0, usual: [75, 110], reference: { low: 60 } },
  { loinc: '2345-7', name: 'Glucose', digits: 0, usual: [78, 98], reference: { low: 70, high: 99 } },
  { loinc: '17861-6', name: 'Calcium', digits: 1, usual: [8.9, 10], reference: { low: 8.6, high: 10.3 } },
  { loinc: '2885-2', name: 'Total protein', digits: 1, usual: [6.5, 7.7], reference: { low: 6.0, high: 8.3 } },
  { loinc: '1751-7', name: 'Albumin', digits: 1, usual: [3.8, 4.7], reference: { low: 3.5, high: 5.0 } },
  { loinc: '1975-2', name: 'Total bilirubin', digits: 1, usual: [0.3, 0.9], reference: { low: 0.1, high: 1.2 } },
  { loinc: '1742-6', name: 'ALT', digits: 0, usual: [12, 38], reference: { low: 7, high: 56 } },
  { loinc: '1920-8', name: 'AST', digits: 0, usual: [14, 32], reference: { low: 10, high: 40 } },
  { loinc: '6768-6', name: 'Alkaline phosphatase', digits: 0, usual: [48, 105], reference: { low: 44, high: 147 } },
  { loinc: '2777-1', name: 'Phosphate', digits: 1, usual: [2.8, 4.2], reference: { low: 2.5, high: 4.5 } },
  { loinc: '2731-8', name: 'Parathyroid hormone', digits: 0, usual: [18, 60], reference: { low: 15, high: 65 } },
  { loinc: '2093-3', name: 'Total cholesterol', digits: 0, usual: [155, 198], reference: { high: 199 } },
  { loinc: '2085-9', name: 'HDL cholesterol', digits: 0, usual: [44, 66], reference: { low: 40 } },
  { loinc: '2571-8', name: 'Triglycerides', digits: 0, usual: [70, 145], reference: { high: 149 } },
  { loinc: '13457-7', name: 'LDL cholesterol, calculated', digits: 0, usual: [70, 99], reference: { high: 99 } },
  { loinc: '4548-4', name: 'Hemoglobin A1c', digits: 1, usual: [5.0, 5.6], reference: { high: 5.6 } },
  { loinc: '3016-3', name: 'TSH', digits: 2, usual: [0.9, 3.4], reference: { low: 0.45, high: 4.5 } },
  { loinc: '3024-7', name: 'Free T4', digits: 1, usual: [0.9, 1.5], reference: { low: 0.8, high: 1.8 } },
  { loinc: '8099-4', name: 'Thyroid peroxidase antibody', digits: 0, usual: [2, 8], reference: { high: 34 } },
  { loinc: '62292-8', name: 'Vitamin D, 25-hydroxy', digits: 0, usual: [30, 52], reference: { low: 30, high: 100 } },
  { loinc: '1988-5', name: 'C-reactive protein', digits: 1, usual: [0.4, 4.2], reference: { high: 8 } },
  { loinc: '4537-7', name: 'Erythrocyte sedimentation rate', digits: 0, usual: [4, 17], reference: { high: 20 } },
  { loinc: '3084-1', name: 'Uric acid', digits: 1, usual: [4.0, 6.4], reference: { low: 3.4, high: 7.0 } },
  { loinc: '11572-5', name: 'Rheumatoid factor', digits: 0, usual: [4, 11], reference: { high: 14 } },
  { loinc: '53027-9', name: 'Anti-CCP antibody', digits: 0, usual: [2, 12], reference: { high: 20 } },
  { loinc: '4485-9', name: 'Complement C3', digits: 0, usual: [95, 150], reference: { low: 90, high: 180 } },
  { loinc: '4498-2', name: 'Complement C4', digits: 0, usual: [16, 35], reference: { low: 10, high: 40 } },
  { loinc: '19113-0', name: 'IgE, total', digits: 0, usual: [12, 90], reference: { high: 100 } },
  { loinc: '42637-9', name: 'BNP', digits: 0, usual: [12, 70], reference: { high: 100 } },
  { loinc: '9318-7', name: 'Urine albumin to creatinine ratio', digits: 0, usual: [4, 20], reference: { high: 29 } },
  { loinc: '5811-5', name: 'Urine specific gravity', digits: 3, usual: [1.008, 1.022], reference: { low: 1.005, high: 1.03 } },
  { loinc: '5803-2', name: 'Urine pH', digits: 1, usual: [5.5, 6.8], reference: { low: 5, high: 8 } },
  { loinc: '5804-0', name: 'Urine protein', digits: 0, usual: [0, 0], reference: { high: 14 } },
  { loinc: '2857-1', name: 'PSA', digits: 1, usual: [0.5, 2.6], reference: { high: 4 } },
  { loinc: '6301-6', name: 'INR', digits: 1, usual: [0.9, 1.1], reference: { low: 0.9, high: 1.1 } },
  { loinc: '1834-1', name: 'Alpha-fetoprotein', digits: 1, usual: [1.5, 6], reference: { high: 8.3 } },
  { loinc: '44261-6', name: 'PHQ-9 score', digits: 0, usual: [0, 4] },
  { loinc: '75626-2', name: 'AUDIT-C score', digits: 0, usual: [0, 2] },
  { loinc: '72514-3', name: 'Pain severity, 0 to 10', digits: 0, usual: [0, 2] },
  { loinc: '72172-0', name: 'MoCA score', digits: 0, usual: [27, 30], reference: { low: 26 } },
  { loinc: '20150-9', name: 'FEV1', digits: 2, usual: [2.8, 3.8] },
  { loinc: '19868-9', name: 'FVC', digits: 2, usual: [3.6, 4.7] },
  { loinc: '19926-5', name: 'FEV1/FVC', digits: 0, usual: [74, 84], reference: { low: 70 } },
];

const byLoinc = new Map(analytes.map((analyte) => [analyte.loinc, analyte]));

/** @throws Error naming the code when the laboratory does not run it. */
export function analyteOf(loinc: string): Analyte {
  const found = byLoinc.get(loinc);
  if (!found) throw new Error(`laboratory.ts has no analyte ${loinc}; add its digits and reference interval.`);
  return found;
}

/** What the laboratory calls panels, and results that are only ever reported in words. */
const otherNames: Readonly<Record<string, string>> = {
  '58410-2': 'Complete blood count',
  '57021-8': 'Complete blood count with differential',
  '24321-2': 'Basic metabolic panel',
  '24323-8': 'Comprehensive metabolic panel',
  '24331-1': 'Lipid panel',
  '24356-8': 'Urinalysis',
  '5794-3': 'Urine blood',
  '5799-2': 'Urine leukocyte esterase',
  '5802-4': 'Urine nitrite',
  '29771-3': 'Fecal immunochemical test (FIT)',
  '630-4': 'Urine culture',
  '5048-4': 'Antinuclear antibody (ANA)',
  '13955-0': 'Hepatitis C antibody',
  '11259-9': 'Hepatitis C RNA',
  '5195-3': 'Hepatitis B surface antigen',
  '56888-1': 'HIV 1 and 2 antigen and antibody',
};

/** The printed name of a panel or result. @throws Error naming the code when the laboratory has none. */
export function printedName(loinc: string): string {
  const name = byLoinc.get(loinc)?.name ?? otherNames[loinc];
  if (name === undefined) throw new Error(`laboratory.ts has no printed name for ${loinc}.`);
  return name;
}

/** What a panel is made of, in the order it is printed. */
export const panels: Readonly<Record<string, readonly string[]>> = {
  '58410-2': ['6690-2', '718-7', '4544-3', '787-2', '777-3'],
  '57021-8': ['6690-2', '718-7', '4544-3', '787-2', '777-3'],
  '24321-2': ['2951-2', '2823-3', '2075-0', '2028-9', '3094-0', '2160-0', '98979-8', '2345-7', '17861-6'],
  '24323-8': [
    '2951-2',
    '2823-3',
    '2075-0',
    '2028-9',
    '3094-0',
    '2160-0',
    '98979-8',
    '2345-7',
    '17861-6',
    '2885-2',
    '1751-7',
    '1975-2',
    '1742-6',
    '1920-8',
    '6768-6',
  ],
  '24331-1': ['2093-3', '2085-9', '2571-8', '13457-7'],
  '24356-8': ['5811-5', '5803-2', '5804-0', '5794-3', '5799-2', '5802-4'],
};

/** Results in words of a urinalysis that shows nothing. */
export const usualWords: Readonly<Record<string, string>> = {
  '5804-0': 'Negative',
  '5794-3': 'Negative',
  '5799-2': 'Negative',
  '5802-4': 'Negative',
};

/**
 * Estimated glomerular filtration rate, mL/min/1.73 m², CKD-EPI 2021 creatinine equation without race
 * (Inker et al., N Engl J Med 2021;385:1737). Adults only.
 */
export function estimatedFiltrationRate(creatinine: number, age: number, sex: 'female' | 'male'): number {
  const [kappa, alpha, factor] = sex === 'female' ? [0.7, -0.241, 1.012] : [0.9, -0.302, 1];
  const ratio = creatinine / kappa;
  return Math.round(142 * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** -1.2 * 0.9938 ** age * factor);
}

/** LDL cholesterol, mg/dL, by Friedewald's formula (Clin Chem 1972;18:499); valid for triglycerides below 400 mg/dL. */
export const calculatedLdl = (total: number, hdl: number, triglycerides: number): number => Math.round(total - hdl - triglycerides / 5);
