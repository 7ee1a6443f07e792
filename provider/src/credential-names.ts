/** Names that credentials go by. */
export const CREDENTIAL = /password|passwd|secret|token|api-?_?key|authorization|credential|private-?_?key/i;
