/** A header as contents of plug-ins may name it. */
export const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
