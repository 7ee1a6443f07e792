import { stableId } from '../behaviour/configuration.ts';
import type { Finding } from '../model.ts';
import { rules } from './rules.ts';

/** What the file of a finding is: previews do not say where in a program a resource stands. */
const PROJECT_FILE = 'Pulumi.yaml';

/**
 * Findings in the form that code scanning reads. Source: OASIS, "Static Analysis Results Interchange Format (SARIF)
 * Version 2.1.0".
 *
 * @param file file that the findings are shown at, relative to the root of the repository
 */
export function toSarif(findings: readonly Finding[], file = PROJECT_FILE): string {
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'apig-review',
            rules: rules.map(({ name, title, severity }) => ({
              id: name,
              shortDescription: { text: title },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ rule, severity, message, urn }) => ({
          ruleId: rule,
          ruleIndex: rules.findIndex(({ name }) => name === rule),
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } },
              ...(urn !== undefined && {
                logicalLocations: [
                  { fullyQualifiedName: urn, name: urn.split('::').at(-1), kind: 'resource' },
                ],
              }),
            },
          ],
          // Findings stay the same when lines move.
          partialFingerprints: { 'finding/v1': stableId(rule, urn ?? '', message) },
        })),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
