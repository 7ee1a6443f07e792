/** Tests run the shipped source: types are stripped by Node's own stripper and nothing else is changed. */
export const testMatch = ['<rootDir>/test/**/*.test.ts'];
export const extensionsToTreatAsEsm = ['.ts'];
export const transform = { '\\.ts$': '<rootDir>/test/support/strip-types.cjs' };
export const testEnvironmentOptions = { customExportConditions: ['@apig/source', 'node', 'node-addons'] };
export const modulePathIgnorePatterns = ['/dist/'];
export const testTimeout = 30_000;
