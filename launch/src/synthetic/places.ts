import type { Address, Extension } from '@medplum/fhirtypes';
import zipcodes from 'zipcodes';
import type { Random } from './random.ts';

export type Place = { zip: string; city: string; state: string; latitude: number; longitude: number };

/** The centroid of a ZIP code, from the npm package zipcodes. @throws Error when it does not know the code. */
export function placeOf(zip: string): Place {
  const found = zipcodes.lookup(zip);
  if (!found) throw new Error(`ZIP code ${zip} is not in the zipcodes package.`);
  return { zip: found.zip, city: found.city, state: found.state, latitude: found.latitude, longitude: found.longitude };
}

/** FHIR R4 extension geolocation, WGS 84 degrees. */
const geolocation = (latitude: number, longitude: number): Extension => ({
  url: 'http://hl7.org/fhir/StructureDefinition/geolocation',
  extension: [
    { url: 'latitude', valueDecimal: latitude },
    { url: 'longitude', valueDecimal: longitude },
  ],
});

/** A street address whose position lies within about half a mile of its ZIP code's centroid. */
export function streetAddress(line: string, zip: string, random: Random): Address {
  const place = placeOf(zip);
  return {
    extension: [
      geolocation(
        random.decimal(place.latitude - 0.007, place.latitude + 0.007, 5),
        random.decimal(place.longitude - 0.007, place.longitude + 0.007, 5),
      ),
    ],
    use: 'home',
    type: 'physical',
    line: [line],
    city: place.city,
    state: place.state,
    postalCode: place.zip,
    country: 'US',
  };
}

/** An address known only by its ZIP code. */
export function zipAddress(zip: string): Address {
  const place = placeOf(zip);
  return { use: 'home', city: place.city, state: place.state, postalCode: place.zip, country: 'US' };
}
