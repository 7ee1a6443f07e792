import type { ResourceValidationPolicy } from '@pulumi/policy';
import { isKind, known, matches, stackOf } from './declared.ts';

/** What the pack's configuration can say. */
interface Settings {
  readonly stacks: readonly string[];
  readonly except: readonly string[];
}

/** In production nobody calls without showing who it is. Preflights carry no credentials, so APIs for OPTIONS may be anonymous. */
export const noAnonymousApi: ResourceValidationPolicy = {
  name: 'apig-no-anonymous-api',
  description: 'In production, callers show who they are.',
  enforcementLevel: 'mandatory',
  configSchema: {
    properties: {
      stacks: {
        type: 'array',
        items: { type: 'string' },
        default: ['prod*'],
        description: 'Stacks that are production; * stands for anything.',
      },
      except: {
        type: 'array',
        items: { type: 'string' },
        default: [],
        description: 'Names of APIs that are meant for everybody.',
      },
    },
  },
  validateResource: (args, report) => {
    const { type, props, urn } = args;
    if (!isKind('api', type) || known(props, 'authentication') !== 'NONE') return;
    if (known(props, 'method') === 'OPTIONS') return;
    const { stacks, except } = args.getConfig<Settings>();
    const name = String(known(props, 'name'));
    if (except.includes(name) || !stacks.some((pattern) => matches(stackOf(urn), pattern))) return;
    report(`authentication: expected APP, IAM or AUTHORIZER in production; NONE lets everybody call ${name}`);
  },
};
