/** A person as a grant names them: a Practitioner or a PractitionerRole of the EHR, relative. */
const FHIR_USER = /^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/;

export const isFhirUser = (text: string): boolean => FHIR_USER.test(text);
