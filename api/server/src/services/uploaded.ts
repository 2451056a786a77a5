/** The type of a reference to a document that Refloop itself keeps; every other type is of the chart. */
export const UPLOADED = 'Document';
