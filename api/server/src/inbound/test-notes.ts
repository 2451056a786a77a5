/**
 * For tests: notes of other systems. The C-CDA note is an excerpt of HL7's own sample "Consultation Note" (github.com/HL7/C-CDA-Examples,
 * Documents/Consultation Note/Consultation_Note.xml, written by Lantana Consulting Group about fictional people), its header whole where we read
 * it and four of its sections with their narrative; entries are left out.
 */
import Pdf from 'pdfkit';

export const HL7_CONSULTATION = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<?xml-stylesheet type="text/xsl" href="CDA.xsl"?>
<ClinicalDocument xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:hl7-org:v3" xmlns:cda="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">
	<realmCode code="US"/>
	<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
	<templateId root="2.16.840.1.113883.10.20.22.1.4" extension="2014-06-09"/>
	<id extension="TT988" root="2.16.840.1.113883.19.5.99999.1"/>
	<code codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" code="11488-4" displayName="Consultation Note"/>
	<title>Community Health Consult Note</title>
	<effectiveTime value="201308010500-0800"/>
	<recordTarget>
		<patientRole>
			<id extension="444-22-2222" root="2.16.840.1.113883.4.1"/>
			<addr use="HP">
				<streetAddressLine>2222 Home Street</streetAddressLine>
				<city>Beaverton</city>
				<state>OR</state>
				<postalCode>97867</postalCode>
				<country>US</country>
			</addr>
			<telecom value="tel:+1(555)555-2003" use="HP"/>
			<patient>
				<name use="L">
					<given>Eve</given>
					<family qualifier="SP">Betterhalf</family>
				</name>
				<name use="SRCH">
					<given>Eve</given>
					<family qualifier="BR">Everywoman</family>
				</name>
				<administrativeGenderCode code="F" displayName="Female" codeSystem="2.16.840.1.113883.5.1" codeSystemName="AdministrativeGender"/>
				<birthTime value="19750501"/>
				<raceCode code="2106-3" displayName="White" codeSystem="2.16.840.1.113883.6.238" codeSystemName="Race &amp; Ethnicity - CDC"/>
				<sdtc:raceCode code="2076-8" displayName="Hawaiian or Other Pacific Islander" codeSystem="2.16.840.1.113883.6.238"/>
			</patient>
		</patientRole>
	</recordTarget>
	<author>
		<time value="20130731"/>
		<assignedAuthor>
			<id extension="555555555" root="2.16.840.1.113883.4.6"/>
			<code code="207QA0505X" displayName="Adult Medicine" codeSystem="2.16.840.1.113883.6.101"/>
			<assignedPerson>
				<name>
					<given>Patricia</given>
					<given qualifier="CL">Patty</given>
					<family>Primary</family>
					<suffix qualifier="AC">M.D.</suffix>
				</name>
			</assignedPerson>
		</assignedAuthor>
	</author>
	<custodian>
		<assignedCustodian>
			<representedCustodianOrganization>
				<id extension="321CX" root="2.16.840.1.113883.4.6"/>
				<name>Good Health HIE</name>
			</representedCustodianOrganization>
		</assignedCustodian>
	</custodian>
	<inFulfillmentOf typeCode="FLFS">
		<order classCode="ACT" moodCode="RQO">
			<id root="2.16.840.1.113883.6.96" extension="1298989898"/>
		</order>
	</inFulfillmentOf>
	<componentOf>
		<encompassingEncounter>
			<id extension="9937012" root="2.16.840.1.113883.19"/>
			<effectiveTime>
				<low value="20130731"/>
				<high value="20130731"/>
			</effectiveTime>
		</encompassingEncounter>
	</componentOf>
	<component>
		<structuredBody>
			<component>
				<section>
					<code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/>
					<title>ALLERGIES AND ADVERSE REACTIONS</title>
					<text>
						<table border="1" width="100%">
							<thead>
								<tr>
									<th>Substance</th>
									<th>Reaction</th>
								</tr>
							</thead>
							<tbody>
								<tr>
									<td ID="substance1">Penicillin</td>
									<td ID="reaction1">Nausea</td>
								</tr>
							</tbody>
						</table>
					</text>
				</section>
			</component>
			<component>
				<section>
					<templateId root="2.16.840.1.113883.10.20.22.2.8"/>
					<code codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" code="51848-0" displayName="ASSESSMENT"/>
					<title>ASSESSMENT</title>
					<text>
						<list listType="ordered">
							<item>Uncontrolled brittle Type II diabetic.</item>
							<item>Obesity.</item>
						</list>
					</text>
				</section>
			</component>
			<component>
				<section>
					<code codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" code="10164-2" displayName="HISTORY OF PRESENT ILLNESS"/>
					<title>HISTORY OF PRESENT ILLNESS</title>
					<text>
						<paragraph> This is a 38-year-old white woman with years of uncontrolled diabetes who developed a pressure
              ulcer on her left knee that is slow to heal.</paragraph>
					</text>
				</section>
			</component>
			<component>
				<section>
					<code code="30954-2" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="RESULTS"/>
					<title>RESULTS</title>
					<text>
						<table>
							<thead>
								<tr>
									<th>Result Type</th>
									<th>Result Value</th>
									<th>Interpretation</th>
								</tr>
							</thead>
							<tbody>
								<tr>
									<td ID="result1">Hemoglobin</td>
									<td ID="resultvalue1">13.2 g/dL</td>
									<td>Normal</td>
								</tr>
								<tr>
									<td ID="result3">Platelets</td>
									<td ID="resultvalue3">123 10*9/L</td>
									<td>Low</td>
								</tr>
							</tbody>
						</table>
					</text>
				</section>
			</component>
		</structuredBody>
	</component>
</ClinicalDocument>
`;

export type NoteWords = { heading?: string; facts: readonly string[]; body: readonly string[] };

/** A PDF of whatever is drawn; the same drawing gives the same bytes. */
export function drawnPdf(
  draw: (pdf: PDFKit.PDFDocument) => void,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = new Pdf({ ...options, info: { CreationDate: new Date(0), ...options.info } });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Uint8Array<ArrayBuffer>>((made) => pdf.on('end', () => made(new Uint8Array(Buffer.concat(chunks)))));
  draw(pdf);
  pdf.end();
  return done;
}

/** A PDF as an office’s system prints it; each list of `pages` is a page. */
export const pdfNote = (pages: readonly (readonly string[])[], options: { password?: string } = {}): Promise<Uint8Array<ArrayBuffer>> =>
  drawnPdf(
    (pdf) => {
      for (const [at, lines] of pages.entries()) {
        if (at > 0) pdf.addPage();
        for (const line of lines) pdf.fontSize(11).text(line);
      }
    },
    options.password === undefined ? {} : { userPassword: options.password },
  );

/** A cardiologist’s note about the patient of the test referrals. */
export const CARDIOLOGY_NOTE: readonly (readonly string[])[] = [
  [
    'Bay Heart Cardiology Consultation',
    'Patient: Delgado, Marisol A',
    'DOB: 06/02/1984',
    'MRN: SYN-100200',
    'Sex: F',
    'Date of service: 11/19/2026',
    'Provider: Ana Rivera, MD',
    'NPI: 1234567893',
    'History of Present Illness:',
    'Palpitations for 2 weeks.',
    'Assessment',
    'Symptomatic premature ventricular contractions. Ejection fraction 60%.',
    'Plan:',
    '1. Metoprolol 25 mg twice daily.',
  ],
  ['2. Repeat Holter monitor in 3 months.', 'Electronically signed by: Ana Rivera, MD'],
];
