/** Name under which the engine looks for the plugin that runs dynamic providers. */
export const LAUNCHER_NAME = 'pulumi-resource-pulumi-nodejs';

/**
 * The program which starts a project's dynamic providers. The engine runs it in the folder of the Pulumi
 * program, so the SDK is looked up from there and every program gets the one it was written for.
 * Whatever it prints before the plugin's port number would be taken for that number.
 */
export const LAUNCHER_TEXT = `#!/bin/sh
script=$(node -e "process.stdout.write(require('node:module').createRequire(process.cwd() + '/').resolve('@pulumi/pulumi/cmd/dynamic-provider'))") || {
  echo "$0: @pulumi/pulumi is not installed for the program in $PWD" >&2
  exit 1
}
exec node "$script" "$@"
`;
