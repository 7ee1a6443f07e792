import { resources, type Kind } from '../resources/index.ts';
import { splitSource, type Comments } from './comments.ts';
import { blocks, code, table } from './markdown.ts';
import { pageOf, type ProviderNames } from './resource-page.ts';

/** The page that leads to those of all kinds. */
export function resourcesPage(comments: Comments, names: ProviderNames): string {
  const kinds = Object.keys(resources) as Kind[];
  return blocks([
    '# Resources',
    'A kind is a class of `@apig/provider`, a collection of the client of `@apig/sdk`, and a few operations of the management API ([openapi.json](openapi.json) has them in full). Each has a page with an example, its arguments and outputs, how to find what exists, its operations and their errors.',
    table(
      ['Class', 'Client', 'Meaning'],
      kinds.map((kind) => [
        `[${names.classes[kind]}](resources/${pageOf(kind, names)})`,
        code(`client.${kind}`),
        splitSource(comments[kind].text).text,
      ]),
    ),
    'Secret values are secret in the state of a stack. In the examples, a variable named after a kind is another object of the program, and `config` is a `Config` of Pulumi; each page has the whole program too.',
  ]);
}
