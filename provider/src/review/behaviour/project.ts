/** Account whose project has everything, for the length of a comparison. */
export const PROJECT_ID = 'a'.repeat(32);

/** What a gateway says of its owner. */
export const PROJECT = { projectId: PROJECT_ID, userName: 'review' } as const;
